"""The work-arounds for the SDK's costs, under the real engine and on a program of a few lines."""

import pytest
from engine_runs import ROOT, Offline

PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import pulumi
from components.core import sdk_performance

sdk_performance.apply()
late = pulumi.Output.from_input("first").apply(lambda _: pulumi.ComponentResource("test:index:Late", "late").urn)
pulumi.export("late", late.apply(lambda urn: urn.rpartition("::")[2]))
"""
FAILING = PROGRAM + 'late.apply(lambda _: {}["no such subnet"])\n'


@pytest.fixture
def project(tmp_path):
    """Gives the runner for a project of one file."""

    def of(program):
        folder = tmp_path / "program"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text("name: few-lines\nruntime: python\n")
        (folder / "__main__.py").write_text(program)
        return Offline(tmp_path / "offline", folder)

    return of


def test_update_waits_for_what_is_registered_late_and_debug_lines_are_shown_to_who_asks_for_them(project):
    program = project(PROGRAM)
    assert "debug:" not in program.succeeds("up", "--stack", "one", "--yes", "--skip-preview")
    assert program.resources("one")[0]["outputs"] == {"late": "late"}
    line = "debug: resource registration prepared: ty=test:index:Late"
    assert line in program.succeeds("preview", "--stack", "one", "-d")


def test_failing_output_fails_the_program(project):
    done = project(FAILING).pulumi("preview", "--stack", "one")
    assert done.returncode
    assert "KeyError: 'no such subnet'" in done.stdout + done.stderr

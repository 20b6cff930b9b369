"""The packs under the real engine: what is blocked, what fails, and what the operator reads.

The program registers component resources under AWS type tokens, so that no provider is needed.
"""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from guardrails.engine.audit import Rules, configuration_of, judge
from guardrails.engine.state import load
from guardrails.testing.judging import DECIDED
from tests.project_copy import copy_environment, share_bytecode

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="no pulumi on PATH"),
]

PROGRAM = """
import os
import signal
import pulumi

signal.signal(signal.SIGINT, signal.SIG_DFL)  # or the engine waits five seconds for it: components.core.sdk_performance
rotates = os.environ["ROTATES"] == "yes"
pulumi.ComponentResource("aws:kms/key:Key", "key", {"enableKeyRotation": rotates, "policy": "{}"})
"""

DUPLICATE = """
from guardrails.shapes.properties import forbid_type

forbid_type("x", id="ENC-KMS-001", title="x", why="x", fix="x", severity="low", types=())
"""


class Project:
    """A tiny project with a state of its own, and the packs: the project's own, or a copy that a test may break."""

    def __init__(self, root: Path, policies: Path) -> None:
        self.root, self.policies = root, policies
        (root / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
        (root / "__main__.py").write_text(PROGRAM)
        for name in ("state", "home"):
            (root / name).mkdir()
        self.pulumi("stack", "init", "dev")

    def copy_packs(self) -> None:
        """Put a copy beside the program, with this Python's environment."""
        for folder in (self.policies, self.policies.parent / "aws_facts"):
            shutil.copytree(folder, self.root / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        copy_environment(self.root / ".venv" / "bin")
        share_bytecode(self.root)
        self.policies = self.root / "policies"

    def pulumi(self, *arguments: str, rotates: str = "yes") -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_HOME": str(self.root / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.root / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
            "ROTATES": rotates,
        }
        return subprocess.run(
            ["pulumi", "--non-interactive", *arguments], cwd=self.root, env=environment, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip

    def run(self, command: str, *arguments: str, pack: str = "encryption", **options: str) -> tuple[int, str]:
        result = self.pulumi(command, "--policy-pack", str(self.policies / pack), *arguments, **options)
        return result.returncode, result.stdout + result.stderr

    def config(self, **policies: object) -> tuple[str, str]:
        path = self.root / "config.json"
        path.write_text(json.dumps(policies))
        return "--policy-pack-config", str(path)


@pytest.fixture
def project(tmp_path: Path, pytestconfig: pytest.Config) -> Project:
    return Project(tmp_path, pytestconfig.rootpath / "policies")


def test_a_compliant_program_passes_and_a_violation_fails_the_preview(project):
    code, said = project.run("preview")
    assert code == 0, said
    code, said = project.run("preview", rotates="no")
    assert code != 0
    for part in (
        "[mandatory]",
        "[severity: high]",
        "ENC-KMS-001",
        "aws:kms/key:Key: key",
        "Fix: Set enableKeyRotation",
    ):
        assert part in said


def test_the_combined_pack_says_of_which_family_a_finding_is(project):
    code, said = project.run("preview", pack="all", rotates="no")
    assert code != 0
    assert "all@v" in said
    assert "ENC-KMS-001" in said
    assert "Pack: encryption." in said


def test_one_key_cannot_disable_every_control(project):
    code, said = project.run("preview", *project.config(all="disabled"), pack="all", rotates="no")
    assert code != 0
    assert "every control is disabled" in said
    assert "ENC-KMS-001: disabled, by default mandatory: reason, owner, until missing" in said


def test_a_violation_blocks_the_creation_without_a_preview(project):
    code, said = project.run("up", "--yes", "--skip-preview", rotates="no")
    assert code != 0, said
    exported = project.pulumi("stack", "export").stdout
    assert "aws:kms/key:Key" not in exported


def test_a_level_set_by_the_operator_holds(project):
    code, said = project.run(
        "preview", *project.config(**{"ENC-KMS-001": {"enforcementLevel": "advisory"} | DECIDED}), rotates="no"
    )
    assert code == 0, said
    assert "[advisory]" in said


def test_an_export_and_a_preview_are_judged_as_the_engine_has_them_judged(project):
    accepted = {"enforcementLevel": "advisory"} | DECIDED
    words = project.config(**dict.fromkeys(("ENC-KMS-001", "LP-KMS-004"), accepted))
    configuration, _ = configuration_of(project.root / "config.json")
    log, file = project.root / "events.json", project.root / "state.json"
    told = project.pulumi("preview", "--json", rotates="no").stdout
    code, said = project.run("up", "--yes", "--skip-preview", *words, "--event-log", str(log), pack="all", rotates="no")
    assert code == 0, said
    events = [json.loads(line) for line in log.read_text().splitlines()]
    expected = {
        (event["policyName"], event.get("resourceUrn", ""), event["message"].partition("\n")[0])
        for event in (each["policyEvent"] for each in events if "policyEvent" in each)
    }
    assert "ENC-KMS-001" in {control for control, *_ in expected}
    passed = [
        {*each.get("passed", ())} for line in events for name, each in line.items() if name.startswith("policyAnalyze")
    ]
    assert not set().union(*passed[:-1])  # for each resource
    assert "ENC-KMS-004" in passed[-1]
    assert not passed[-1] & {"ENC-KMS-001", "RSL-KMS-001", "ENC-SQS-001"}  # broken, or of nothing that is here
    of_tags = ("RES-STACK-001",)  # the stack's tags and configuration, which files don't tell
    for text in (project.pulumi("stack", "export").stdout, told):
        file.write_text(text)
        found = judge(load(file), Rules(configuration), datetime.now(UTC).date()).reports
        said = {(each.control.id, each.urn, each.message.partition("\n")[0]) for each in found}
        assert {each for each in said if each[0] not in of_tags} == {
            each for each in expected if each[0] not in of_tags
        }


def test_a_bad_configuration_fails_the_preview(project):
    code, said = project.run("preview", *project.config(**{"ENC-KMS-002": {"maximumDays": 1}}))
    assert code != 0
    assert "ENC-KMS-002: maximumDays: Must be greater than or equal to 90" in said
    code, said = project.run("preview", *project.config(settings={"colour": "red"}))
    assert code != 0
    assert "settings.colour: no such parameter" in said


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("exemptions.yaml", "- {control: ENC-KMS-001}\n", "resource, reason, owner, expires missing or empty"),
        ("guardrails/controls/extra.py", "import nowhere\n", "No module named 'nowhere'"),
        ("guardrails/controls/extra.py", DUPLICATE, "control ENC-KMS-001 is defined twice"),
    ],
    ids=["exemptions", "import", "duplicate"],
)  # fmt: skip
def test_a_pack_that_cannot_load_fails_the_preview_with_its_reason(project, file, text, expected):
    project.copy_packs()
    (project.policies / file).write_text(text)
    code, said = project.run("preview")
    assert code != 0
    assert expected in said
    assert "policy pack encryption can't be loaded" in said


def test_a_control_that_raises_fails_the_preview(project):
    project.copy_packs()
    kms = project.policies / "guardrails/controls/security/kms/keys.py"
    kms.write_text(kms.read_text().replace('key.get("enableKeyRotation")', 'key.get("a[")'))
    code, said = project.run("preview")
    assert code != 0
    assert "the control itself failed on aws:kms/key:Key key: ValueError" in said

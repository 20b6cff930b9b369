"""The PDF ETL lives and dies offline, with every control, in all stacks, and is told all mistakes of its settings."""

import shutil
from functools import cache

import pytest
from engine_runs import ROOT, Offline
from judgement import JudgedProgram
from platform_lives import lives_and_dies

FOLDER = ROOT / "platforms" / "pdfetl"
STACKS = ("dev", "staging", "prod")

pytestmark = [pytest.mark.platforms, pytest.mark.xdist_group("pdfetl-engine")]


@pytest.fixture(scope="module")
def pdfetl(tmp_path_factory):
    return Offline(tmp_path_factory.mktemp("pdfetl") / "offline", FOLDER)


@pytest.fixture(scope="module")
def resources(pdfetl):
    """Those of a stack, made and destroyed once for all tests."""
    return cache(lambda stack: lives_and_dies(pdfetl, FOLDER, stack))


@pytest.mark.parametrize("stack", STACKS)
def test_stack_is_made_without_a_violation_stays_unchanged_is_refreshed_and_goes(resources, stack):
    assert len(resources(stack)) > 150


@pytest.mark.requirement("ETL-OPS-04")
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_role_may_do_what_it_is_for_and_nothing_else(resources, stack):
    judged = JudgedProgram("pdfetl", stack, resources(stack))
    assert judged.needs.without_entry() == []
    assert len(judged.answers) > 20
    assert {str(request): answer.why for request, answer in judged.answers.items() if answer.why} == {}
    assert judged.excess() == []


@pytest.mark.parametrize("stack", STACKS)
def test_smile_previews_each_stack_green_from_anywhere(tmp_path, stack):
    done = Offline(tmp_path / "offline").smile("preview", "--platform", "pdfetl", stack)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.splitlines()[-1].split()
    assert (verdict[0], verdict[-1]) == (f"pdfetl-{stack}", "green")


def test_program_is_told_all_that_is_wrong_with_its_settings(tmp_path):
    folder = tmp_path / "platforms" / "pdfetl"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for library in ("aws_facts", "components"):
        (tmp_path / library).symlink_to(ROOT / library)
    file = folder / "Pulumi.dev.yaml"
    wrong = [
        "pdfetl:processing: {memory_mib: 100}",
        "pdfetl:embedding: {region: us-east-7}",
        "pdfetl:phasse: {}",
    ]
    text = file.read_text().replace("  pdfetl:processing: {concurrency: 2}\n", "")
    file.write_text(text + "".join(f"  {line}\n" for line in wrong))
    done = Offline(tmp_path / "offline", folder).pulumi("preview", "--stack", "dev")
    assert done.returncode
    said = done.stdout + done.stderr
    assert "the settings of stack 'dev' have 3 mistakes; nothing was changed" in said
    assert "pdfetl:processing.memory_mib: got 100" in said
    assert 'pdfetl:embedding.region: got "us-east-7"' in said
    assert "did you mean" in said

"""Educounsel lives and dies offline, with every control, and is told all mistakes of its settings."""

import shutil

import pytest
from engine_runs import ROOT, Offline
from judgement import JudgedProgram
from platform_lives import lives_and_dies

FOLDER = ROOT / "platforms" / "educounsel"

pytestmark = [pytest.mark.platforms, pytest.mark.xdist_group("educounsel-engine")]


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    """Those of the stack, made and destroyed once for all tests."""
    return lives_and_dies(Offline(tmp_path_factory.mktemp("educounsel") / "offline", FOLDER), FOLDER, "prod")


def test_stack_is_made_without_a_violation_stays_unchanged_is_refreshed_and_goes(resources):
    assert len(resources) > 400


def test_every_role_may_do_what_it_is_for_and_nothing_else(resources):
    judged = JudgedProgram("educounsel", "prod", resources, master="masterUserSecrets of instance educounsel-database")
    assert judged.needs.without_entry() == []
    assert len(judged.answers) > 200
    assert {str(request): answer.why for request, answer in judged.answers.items() if answer.why} == {}
    assert judged.excess() == []


def test_smile_previews_the_stack_green_from_anywhere(tmp_path):
    done = Offline(tmp_path / "offline").smile("preview", "--platform", "educounsel", "prod")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.splitlines()[-1].split()
    assert (verdict[0], verdict[-1]) == ("educounsel-prod", "green")


def test_program_is_told_all_that_is_wrong_with_its_settings(tmp_path):
    folder = tmp_path / "platforms" / "educounsel"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for library in ("aws_facts", "components"):
        (tmp_path / library).symlink_to(ROOT / library)
    file = folder / "Pulumi.prod.yaml"
    wrong = [
        "educounsel:web: {min_instances: 6}",
        "educounsel:cost: {budget_usd: 152}",
        "educounsel:notificatons: {}",
    ]
    text = file.read_text().replace("  educounsel:cost: {budget_usd: 151}\n", "")
    file.write_text(text + "".join(f"  {line}\n" for line in wrong))
    done = Offline(tmp_path / "offline", folder).pulumi("preview", "--stack", "prod")
    assert done.returncode
    said = done.stdout + done.stderr
    assert "the settings of stack 'prod' have" in said
    assert "less than min_instances, 6" in said
    assert "educounsel:notificatons" in said
    assert "did you mean" in said

"""EpicVibe lives and dies offline, with every control, in both stacks, and is told all mistakes of its settings."""

import shutil
from functools import cache

import pytest
from engine_runs import ROOT, Offline
from judgement import JudgedProgram
from platform_lives import lives_and_dies

from cli.program import programs

FOLDER = ROOT / "platforms" / "epicvibe"
STACKS = ("production", "staging")
MASTER = {
    "production": "secret epicvibe-database-master",
    "staging": "masterUserSecrets of instance epicvibe-database",
}
"""Stack -> where the master password is: AWS keeps none of a database with replicas."""

pytestmark = [pytest.mark.platforms, pytest.mark.xdist_group("epicvibe-engine")]


@pytest.fixture(scope="module")
def epicvibe(tmp_path_factory):
    return Offline(tmp_path_factory.mktemp("epicvibe") / "offline", FOLDER)


@pytest.fixture(scope="module")
def resources(epicvibe):
    """Those of a stack, made and destroyed once for all tests."""
    return cache(lambda stack: lives_and_dies(epicvibe, FOLDER, stack))


@pytest.mark.parametrize("stack", STACKS)
def test_stack_is_made_without_a_violation_stays_unchanged_is_refreshed_and_goes(resources, stack):
    assert len(resources(stack)) > 400


@pytest.mark.parametrize("stack", STACKS)
def test_every_role_may_do_what_it_is_for_and_nothing_else(resources, stack):
    judged = JudgedProgram("epicvibe", stack, resources(stack), documents="media", master=MASTER[stack])
    assert judged.needs.without_entry() == []
    assert len(judged.answers) > 200
    assert {str(request): answer.why for request, answer in judged.answers.items() if answer.why} == {}
    assert judged.excess() == []


@pytest.mark.parametrize("stack", STACKS)
def test_smile_previews_each_stack_green_from_anywhere(tmp_path, stack):
    done = Offline(tmp_path / "offline").smile("preview", "--platform", "epicvibe", stack)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.splitlines()[-1].split()
    assert (verdict[0], verdict[-1]) == (f"epicvibe-{stack}", "green")


def test_program_is_told_all_that_is_wrong_with_its_settings(tmp_path):
    folder = tmp_path / "platforms" / "epicvibe"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for library in ("aws_facts", "components"):
        (tmp_path / library).symlink_to(ROOT / library)
    file = folder / "Pulumi.staging.yaml"
    wrong = [
        "epicvibe:web: {memory_mib: 700, min_tasks: 1, max_tasks: 2}",
        "epicvibe:cache: {replicas_per_shard: 9}",
        "epicvibe:databse: {}",
    ]
    text = "".join(
        line
        for line in file.read_text().splitlines(keepends=True)
        if not line.startswith(("  epicvibe:web", "  epicvibe:cache"))
    )
    file.write_text(text + "".join(f"  {line}\n" for line in wrong))
    done = Offline(tmp_path / "offline", folder).pulumi("preview", "--stack", "staging")
    assert done.returncode
    said = done.stdout + done.stderr
    assert "the settings of stack 'staging' have 3 mistakes; nothing was changed" in said
    assert "epicvibe:web.memory_mib: got 700" in said
    assert "epicvibe:cache.replicas_per_shard: got 9" in said
    assert "did you mean" in said


def test_all_programs_with_a_stack_are_platforms():
    assert {"epicvibe", "parcels"} <= set(programs())

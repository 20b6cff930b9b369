"""What an account of a platform has before its stack, on the engine and under the stack's own packs."""

import shutil

import pytest
from engine_runs import ROOT, Offline

from cli.preview import policy_arguments
from cli.program import program_of

STACKS = {"educounsel": "prod", "learning_hub": "staging"}

pytestmark = [pytest.mark.platforms, pytest.mark.xdist_group("platform-accounts-engine")]


@pytest.mark.parametrize("name", STACKS)
def test_bucket_and_key_of_the_state_are_the_programs_own_and_break_no_control(tmp_path, name):
    folder, stack = tmp_path / "platforms" / "account", STACKS[name]
    shutil.copytree(ROOT / "platforms" / "account", folder, ignore=shutil.ignore_patterns("__pycache__"))
    for each in ("aws_facts", "components"):
        (tmp_path / each).symlink_to(ROOT / each)
    (tmp_path / "platforms" / name).symlink_to(ROOT / "platforms" / name)
    label, program = f"{name}-{stack}", program_of(name)
    about = f"smile-account:platform: {name}, smile-account:stack: {stack}"
    (folder / f"Pulumi.{label}.yaml").write_text(f"config: {{{about}, smile-account:existing: []}}\n")
    offline = Offline(tmp_path / "offline", folder)
    words = ("up", "--stack", label, "--yes", "--skip-preview")
    said = offline.succeeds(*words, *policy_arguments(stack, program=program))
    assert "Policies:" in said
    assert "[mandatory]" not in said
    made = offline.resources(label)
    account, project = program.settings(stack).account.id, program.loader.project
    assert {each["inputs"]["bucket"] for each in made if each["type"] == "aws:s3/bucket:Bucket"} == {
        f"{project}-state-{account}",
        f"{project}-state-logs-{account}",
    }
    assert [each["inputs"]["name"] for each in made if each["type"] == "aws:kms/alias:Alias"] == [
        f"alias/{project}-state"
    ]
    offline.succeeds(*words, "--expect-no-changes")

"""The stacks of another commit, that a change is shown against."""

import subprocess

import pytest

from cli import preview_base
from cli.sandbox import SandboxError


@pytest.fixture
def runs(monkeypatch):
    """Commands that were run; each ends with the next of the codes, or 0."""
    seen, codes = [], []

    def run(words, **given):
        seen.append((words[words.index("--stack") + 1], given["cwd"], given["env"]["SMILE_OFFLINE_FOLDER"]))
        return subprocess.CompletedProcess(words, codes.pop(0) if codes else 0, "said", "why")

    monkeypatch.setattr(preview_base.subprocess, "run", run)
    seen.append(codes)
    return seen


def base_with(folder, *stacks):
    (folder / "program").mkdir()
    for stack in stacks:
        (folder / "program" / f"Pulumi.{stack}.yaml").touch()


def test_a_stack_is_brought_up_once_and_one_that_the_base_lacks_not_at_all(runs, tmp_path):
    base_with(tmp_path, "dev")
    for stack in ("dev", "qa", "dev"):
        preview_base.bring_up(stack, "0123456789abcdef", tmp_path)
    assert runs[1:] == [("dev", tmp_path / "program", str(tmp_path))]


def test_a_base_that_fails_says_what_the_engine_said_and_is_tried_again(runs, tmp_path):
    base_with(tmp_path, "dev")
    runs[0].append(255)
    with pytest.raises(SandboxError, match="dev can't be brought up as of 0123456789ab:\nsaidwhy"):
        preview_base.bring_up("dev", "0123456789abcdef", tmp_path)
    preview_base.bring_up("dev", "0123456789abcdef", tmp_path)
    assert len(runs[1:]) == 2


def test_the_clouds_of_other_commits_are_taken_away(tmp_path):
    for commit in ("old", "new"):
        (tmp_path / commit / "state").mkdir(parents=True)
    preview_base.keep_only(tmp_path / "new")
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new" / "state").is_dir()

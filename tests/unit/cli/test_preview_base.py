"""The stacks of another commit, that a change is shown against."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli import preview_base
from cli.program import smile
from cli.sandbox import SandboxError


@pytest.fixture
def runs(monkeypatch):
    """Commands that were run; each ends with the next of the codes, or 0."""
    seen, codes = [], []

    def run(words, **given):
        seen.append((words[words.index("--stack") + 1], given["cwd"], given["env"]["SMILE_OFFLINE_FOLDER"]))
        if "--event-log" in words:
            Path(words[words.index("--event-log") + 1]).write_text("{}\n")
        return subprocess.CompletedProcess(words, codes.pop(0) if codes else 0, "said", "why")

    monkeypatch.setattr(preview_base.subprocess, "run", run)
    seen.append(codes)
    return seen


@pytest.mark.parametrize("name", ["nowhere", "", "--all", "HEAD:README.md"])
def test_a_commit_that_there_is_not_is_told_with_what_is_valid(name):
    with pytest.raises(SandboxError, match=f"^no commit '{name}'.*; valid: a branch, a tag or a hash of this clone$"):
        preview_base.commit_of(name)


def base_with(folder, *stacks):
    (folder / "program").mkdir()
    for stack in stacks:
        (folder / "program" / f"Pulumi.{stack}.yaml").touch()


def test_a_stack_is_brought_up_once_and_one_that_the_base_lacks_not_at_all(runs, tmp_path):
    base_with(tmp_path, "dev")
    for stack in ("dev", "qa", "dev"):
        preview_base.bring_up(smile(), stack, "0123456789abcdef", tmp_path)
    assert runs[1:] == [("dev", tmp_path / "program", str(tmp_path))]


def test_a_base_that_fails_says_what_the_engine_said_and_is_tried_again(runs, tmp_path):
    base_with(tmp_path, "dev")
    runs[0].append(255)
    with pytest.raises(SandboxError, match="dev can't be brought up as of 0123456789ab:\nsaidwhy"):
        preview_base.bring_up(smile(), "dev", "0123456789abcdef", tmp_path)
    preview_base.bring_up(smile(), "dev", "0123456789abcdef", tmp_path)
    assert len(runs[1:]) == 2


def test_the_clouds_of_other_commits_are_taken_away(tmp_path):
    for commit in ("old", "new"):
        (tmp_path / commit / "state").mkdir(parents=True)
    preview_base.keep_only(tmp_path / "new")
    assert [each.name for each in tmp_path.iterdir()] == ["new"]
    assert (tmp_path / "new" / "state").is_dir()


def test_the_stack_as_it_was_is_judged_again_when_the_packs_change(runs, tmp_path, monkeypatch):
    base_with(tmp_path, "dev")
    for packs in ("v1", "v1", "v2"):
        monkeypatch.setattr(preview_base, "digest", lambda *_, now=packs: now)
        preview_base.judge(smile(), "dev", ["all"], tmp_path)
    assert len(runs[1:]) == 2 * 2  # its configuration, and its preview
    assert preview_base.base_log(tmp_path, "dev").is_file()


def test_what_was_found_before_is_forgotten_where_the_packs_cannot_judge_any_more(runs, tmp_path, monkeypatch, capsys):
    base_with(tmp_path, "dev")
    preview_base.judge(smile(), "dev", ["all"], tmp_path)
    monkeypatch.setattr(preview_base, "digest", lambda *_: "other")
    runs[0].append(1)
    preview_base.judge(smile(), "dev", ["all"], tmp_path)
    assert not preview_base.base_log(tmp_path, "dev").is_file()
    assert "dev can't be judged as it was; all that is found counts as new" in capsys.readouterr().err


def test_a_stack_that_is_new_is_not_judged_as_it_was(runs, tmp_path):
    base_with(tmp_path, "dev")
    preview_base.judge(smile(), "qa", ["all"], tmp_path)
    assert runs[1:] == []


def test_whatever_judges_is_in_the_digest(tmp_path, monkeypatch):
    monkeypatch.setattr(preview_base, "ROOT", tmp_path)
    file = tmp_path / "policies" / "config" / "base.json"
    file.parent.mkdir(parents=True)
    seen = set()
    for text in ("{}", "{ }"):
        file.write_text(text)
        seen.add(preview_base.digest(tmp_path / "policies"))
    assert len(seen) == 2


@pytest.mark.parametrize(("options", "data"), [([], None), (["--json"], {"stacks": ["dev", "--json"]})])
def test_what_the_preview_of_the_change_says_is_what_is_said(monkeypatch, tmp_path, capfd, options, data):
    program = "import json, sys; print(json.dumps({'stacks': sys.argv[2:]})); sys.exit(3)"
    monkeypatch.setattr(preview_base, "SMILE", (sys.executable, "-c", program))
    monkeypatch.setattr(preview_base, "folder_of", lambda _: tmp_path)
    monkeypatch.setattr(preview_base, "base_of", lambda _: "1" * 40)
    for step in ("keep_only", "extract", "bring_up", "judge"):
        monkeypatch.setattr(preview_base, step, lambda *_: None)
    answer = preview_base.against("main", smile(), ["dev"], ["all"], options)
    assert (answer.data, answer.code) == (data, 3)
    assert capfd.readouterr().out == ("" if data else '{"stacks": ["dev"]}\n')

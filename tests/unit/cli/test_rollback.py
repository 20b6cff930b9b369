"""``smile rollback``: what it refuses, whom it asks, and what it runs."""

import io
import json
import os
import signal
from pathlib import Path

import pytest

from cli import rollback
from cli.__main__ import main
from cli.deploy import Target
from cli.program import smile
from cli.rollback import Rollback, RollbackError
from report.run import Run, Step

COMMIT = "0123456789abcdef"
URN = "urn:pulumi:prod::p::{}::{}"
DATABASE = URN.format("aws:rds/instance:Instance", "smile-database")
ALARM = URN.format("aws:cloudwatch/metricAlarm:MetricAlarm", "smile-alarm")
END = {"summaryEvent": {"durationSeconds": 3, "isPreview": True}}


def run_of(*steps, errors=()):
    return Run(stack="prod", steps=steps, findings=(), errors=errors, seconds=1, is_preview=True, is_finished=True)


def event(op, urn):
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": urn, "old": {"inputs": {}}, "new": {"inputs": {}}}}}


@pytest.mark.parametrize("op", ["delete", "replace", "discard"])
def test_what_loses_data_is_refused_by_name_even_where_the_engine_refuses_it_too(op):
    run = run_of(Step(urn=DATABASE, op=op, because=("username",), protected=True), errors=("protected",))
    with pytest.raises(RollbackError) as error:
        rollback.check(run, 255)
    assert "aws:rds/instance:Instance smile-database since username changed (holds data)" in str(error.value)
    assert "docs/runbooks/deployment.md, Rollback" in str(error.value)


def test_what_holds_no_data_may_be_replaced():
    rollback.check(run_of(Step(urn=ALARM, op="replace"), Step(urn=DATABASE, op="update")), 0)


@pytest.mark.parametrize(("errors", "code"), [(("no credentials",), 0), ((), 255)])
def test_a_preview_that_fails_is_refused(errors, code):
    with pytest.raises(RollbackError, match="the preview failed, or breaks a mandatory control"):
        rollback.check(run_of(errors=errors), code)


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """A rollback whose preview finds an update; gives it and the commands that were run."""
    commands = []

    def pulumi(words, output):
        commands.append(list(words))
        if "preview" in words:
            output.write(b"said\n")
            events = [event("update", ALARM), END]
            Path(words[words.index("--event-log") + 1]).write_text("\n".join(map(json.dumps, events)))
            Path(words[words.index("--save-plan") + 1]).write_text(json.dumps({"resourcePlans": {}}))
        return 0

    made = Rollback(program=smile(), stack="prod", commit=COMMIT, folder=tmp_path, pulumi=pulumi)
    monkeypatch.setattr(rollback, "prepared", lambda *_, **__: made)
    return made, commands


def asked(*options):
    return main(["rollback", "--to", "HEAD~1", "--stack", "prod", "--offline", *options])


def test_exactly_what_was_previewed_is_applied_with_every_pack(prepared):
    made, commands = prepared
    assert asked("--yes") == 0
    preview, up = commands
    assert preview[:2] == ["pulumi", "preview"]
    assert up[:5] == ["pulumi", "up", "--yes", "--plan", str(made.plan)]
    assert all("--policy-pack" in words and "--non-interactive" in words for words in commands)
    assert "--skip-preview" not in up  # which would change things before it sees that the plan doesn't fit


def test_a_preview_alone_applies_nothing(prepared, capsys):
    assert asked("--preview-only") == 0
    assert len(prepared[1]) == 1
    assert "prod as of 0123456789ab: ~ 1 updated" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "applied"), [("--yes", True), ("--preview-only", False)])
def test_the_answer_says_which_commit_and_what_it_changed(prepared, capsys, option, applied):
    assert asked(option, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"stack": "prod", "commit": COMMIT, "changes": {"update": 1}, "applied": applied}


@pytest.mark.parametrize(("answer", "code", "ran"), [("prod\n", 0, 2), ("yes\n", 1, 1), ("\n", 1, 1)])
def test_the_stacks_name_is_asked_for(prepared, monkeypatch, answer, code, ran):
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True
    monkeypatch.setattr("sys.stdin", terminal)
    assert asked() == code
    assert len(prepared[1]) == ran


def test_nothing_is_applied_where_nobody_can_be_asked(prepared, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("prod\n"))  # no terminal
    assert asked() == 1
    assert len(prepared[1]) == 1
    assert "smile rollback: nobody is there to ask; say --yes" in capsys.readouterr().err


def test_nothing_is_applied_where_pulumi_could_not_keep_to_the_plan(prepared):
    made, commands = prepared
    reference = {"4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", "id": ""}
    made.plan.write_text(json.dumps({"resourcePlans": {"urn::web": {"state": {"group": reference}}}}))
    with pytest.raises(RollbackError, match="no plan can hold, since this makes web"):
        made.apply()
    assert commands == []


def test_what_pulumi_said_is_told_where_it_came_to_nothing(tmp_path):
    def fails(_, output):
        output.write(b"error: no credentials")
        return 255

    with pytest.raises(RollbackError, match="pulumi ended with 255:\nerror: no credentials"):
        Rollback(program=smile(), stack="prod", commit=COMMIT, folder=tmp_path, pulumi=fails).preview()


GIT = {"status": "", "merge-base": f"{COMMIT}\n", "ls-tree": "Pulumi.prod.yaml\n"}


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({}, None),
        (
            {"status": " M layers/data.py\n M README.md\n"},
            "2 files are changed, such as layers/data.py; commit or stash",
        ),
        ({"merge-base": "fedcba\n"}, "v1 isn't an ancestor of HEAD; valid: a commit of git log"),
        ({"ls-tree": ""}, "v1 has no Pulumi.prod.yaml"),
    ],
)
def test_only_a_commit_of_our_history_is_gone_back_to(monkeypatch, answers, says):
    monkeypatch.setattr(rollback, "commit_of", lambda _: COMMIT)
    monkeypatch.setattr(rollback, "git", lambda *words: (GIT | answers)[words[0]].encode())
    if says is None:
        assert rollback.checked(smile(), "v1", "prod") == COMMIT
    else:
        with pytest.raises(RollbackError, match=says):
            rollback.checked(smile(), "v1", "prod")


@pytest.fixture
def in_account(tmp_path, monkeypatch):
    """Runs a script in place of pulumi, in the folder of a commit."""

    def made(script):
        program, tools = tmp_path / "program", tmp_path / "tools"
        for folder in (program, tools):
            folder.mkdir()
        (tools / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
        (tools / "pulumi").chmod(0o755)
        environment = {"PATH": f"{tools}:{os.defpath}", "PULUMI_BACKEND_URL": "s3://state"}
        monkeypatch.setattr(rollback, "target_of", lambda *_: Target(where=None, environment=environment))
        monkeypatch.setenv("PATH", environment["PATH"])
        return rollback.in_account(smile(), "prod", program), program

    before = signal.getsignal(signal.SIGINT)
    yield made
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_left_to_pulumi_which_finishes_what_it_is_at(in_account, capsys):
    pulumi, _ = in_account("kill -INT $PPID; sleep 0.2; echo done")
    assert pulumi(["pulumi", "up"], None) == 0
    assert capsys.readouterr().out == "done\n"


def test_in_an_account_pulumi_runs_in_the_folder_of_the_commit_with_the_stacks_state(in_account, tmp_path, capsys):
    pulumi, program = in_account('echo "$PWD $PULUMI_BACKEND_URL $*"; exit 3')
    with (tmp_path / "output").open("wb") as file:
        assert pulumi(["pulumi", "preview"], file) == 3
    assert (tmp_path / "output").read_text() == f"{program} s3://state preview\n"
    assert pulumi(["pulumi", "up"], None) == 3
    said = capsys.readouterr()
    assert said.out == f"{program} s3://state up\n"
    assert "$ PULUMI_BACKEND_URL='s3://state' pulumi up" in said.err

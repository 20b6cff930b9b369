"""The command line: what was mistyped is named in one line, and nothing runs."""

import json
import os
import pty
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cli import __main__ as smile
from cli import preview, program
from cli.answer import Answer
from cli.progress import MovingLine
from cli.sandbox import Project, SandboxError
from report.finding import Finding
from report.run import EventLogError, Run, Step
from tests.paths import ROOT
from tests.unit.cli.documents import documented

OPERATIONS = (("create", 1), ("create", 2), ("replace", 1), ("delete", 1), ("same", 1))


def run_smile(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["smile", *words])
    return smile.main()


@pytest.fixture
def previewed(monkeypatch):
    """Previews that end when the test says so: the event of their stack."""
    events = {stack: threading.Event() for stack in ("dev", "prod")}

    def wait(_, stack, *, diff):
        assert events[stack].wait(timeout=10)
        return preview.Outcome(stack, int(diff), f"output of {stack}", 1.0)

    monkeypatch.setattr(preview, "preview", wait)
    return events


def test_mistyped_command_gets_one_line_with_a_suggestion(monkeypatch, capsys):
    assert run_smile(monkeypatch, "previw") == 2
    assert capsys.readouterr().err == "smile: no command 'previw'; did you mean 'preview'?\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("settings", "--stak", "prod"), "no option --stak; did you mean '--stack'?"),
        (("settings", "--zzz=1"), "no option --zzz; valid: --stack, --platform, --json, --help"),
        (("settings", "--json"), "missing option '--stack' / '-s'; next: smile settings --help"),
    ],
)
def test_mistyped_option_is_named(monkeypatch, capsys, words, said):
    assert run_smile(monkeypatch, *words) == 2
    assert capsys.readouterr().err == f"smile settings: {said}\n"


def test_unlike_command_gets_the_list(monkeypatch, capsys):
    assert run_smile(monkeypatch, "zzz") == 2
    assert capsys.readouterr().err == f"smile: no command 'zzz'; valid: {', '.join(smile.COMMANDS)}\n"


def test_program_that_is_not_there_gets_one_line(monkeypatch, capsys):
    monkeypatch.setattr("cli.offline.run", lambda *_: subprocess.call(["pulumii"]))
    assert run_smile(monkeypatch, "offline", "--", "pulumii", "up") == 1
    assert capsys.readouterr().err == "smile offline: pulumii: No such file or directory\n"


def test_version_is_the_projects(monkeypatch, capsys):
    assert run_smile(monkeypatch, "--version") == 0
    assert f'\nversion = "{capsys.readouterr().out.split()[1]}"' in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("words", [["prod"], ["--stack", "prod"], ["-s", "prod"], ["--stack=prod"]])
def test_preview_takes_a_stack_as_all_commands_do(monkeypatch, words):
    asked = []
    monkeypatch.setattr(preview, "run", lambda stacks, *_, **__: asked.append(sorted(stacks)) or Answer())
    assert run_smile(monkeypatch, "preview", *words) == run_smile(monkeypatch, "preview", *words, "dev") == 0
    assert asked == [["prod"], ["dev", "prod"]]


def test_preview_of_an_unknown_stack_is_refused(tmp_path):
    (tmp_path / "Pulumi.dev.yaml").touch()
    with pytest.raises(SandboxError, match=r"no stack 'qa'; valid: dev \(one Pulumi\.STACK\.yaml each\)"):
        preview.checked(program.Smile(Project(tmp_path, "p")), ["qa"])
    assert preview.checked(program.Smile(Project(tmp_path, "p")), ["dev", "dev"]) == ["dev"]


@pytest.mark.parametrize("words", [["STACK=prod"], ["stack=prod"]])
def test_make_passes_the_stack_on_in_either_case(words):
    done = subprocess.run(["make", "-n", "preview", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ".venv/bin/smile preview prod"


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("{}/*.events.json", "--events {0}/dev.events.json --events {0}/prod.events.json"),
        ("{}/no.json", "--events {0}/no.json"),
    ],
)
def test_make_reports_on_each_log_that_a_pattern_finds(tmp_path, pattern, given):
    for stack in ("dev", "prod"):
        (tmp_path / f"{stack}.events.json").touch()
    words = ["make", "-n", "report", f"EVENTS={pattern.format(tmp_path)}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"smile report {given.format(tmp_path)} --format sarif" in done.stdout


def test_output_appears_as_stacks_finish_and_outcomes_keep_their_order(previewed, capsys, tmp_path):
    found = []
    run = threading.Thread(
        target=lambda: found.extend(
            preview.preview_all(program.Smile(Project(tmp_path, "p")), ["dev", "prod"], full=True)
        )
    )
    run.start()
    previewed["prod"].set()
    seen = ""
    for _ in range(100):
        seen += capsys.readouterr().out
        if seen:
            break
        run.join(timeout=0.1)
    assert seen == "output of prod\n"
    previewed["dev"].set()
    run.join(timeout=10)
    assert [outcome.stack for outcome in found] == ["dev", "prod"]


def test_event_log_that_is_cut_off_is_named_with_the_room_there_is(monkeypatch, tmp_path):
    def fill(_project, command, *, output, variables):
        os.write(output, b"no space left on device")
        Path(command[command.index("--event-log") + 1]).write_text(json.dumps({"sequence": 1}) + '\n{"policyEv')
        return 255

    monkeypatch.setattr(preview, "execute", fill)
    monkeypatch.setattr(preview, "FOLDER", tmp_path)
    with pytest.raises(EventLogError, match=r"dev\.events\.json:2: cut off, .*; [0-9]+ MiB are free there"):
        preview.preview(program.smile(), "dev")


def test_summary_says_where_all_of_it_is_and_a_run_that_did_not_start_says_why(monkeypatch, tmp_path):
    def find(_project, command, *, output, variables):
        os.write(output, b"as the engine says it")
        Path(command[command.index("--event-log") + 1]).write_text(json.dumps({"summaryEvent": {}}))
        return 0

    monkeypatch.setattr(preview, "execute", find)
    monkeypatch.setattr(preview, "FOLDER", tmp_path)
    outcome = preview.preview(program.smile(), "dev")
    assert outcome.told() == f"dev: green: nothing\n\nAll of it: {tmp_path}/previews/dev.txt\n"
    assert (tmp_path / "previews" / "dev.txt").read_text() == outcome.output == "as the engine says it"
    assert preview.Outcome("dev", 1, "smile:dns: wrong", 0.1).told() == "dev: FAILED (exit 1)\n\nsmile:dns: wrong"


@pytest.mark.parametrize(
    ("terminal", "said", "colour"), [(True, "", "always"), (True, "1", "never"), (False, "", "never")]
)
def test_pulumi_colours_what_it_says_on_a_terminal_without_no_color(monkeypatch, terminal, said, colour):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", said)
    assert preview.color() == colour


def test_nothing_moves_where_no_terminal_is(capfd):
    with MovingLine(lambda: "previewing dev") as line, line.paused():
        pass
    assert capfd.readouterr() == ("", "")


def test_line_moves_on_a_terminal_and_makes_way_for_output():
    program = (
        "import time; from cli.progress import MovingLine\n"
        "with MovingLine(lambda: 'previewing dev') as line:\n"
        "    time.sleep(0.3)\n"
        "    with line.paused(): print('output of dev', flush=True)\n"
    )
    ours, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "80"}
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=ROOT, stderr=terminal, stdout=subprocess.PIPE, check=True, env=environment)
    os.close(terminal)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert shown.count("previewing dev · ") > 1
    assert done.stdout == b"output of dev\n"


def test_verdict_counts_what_changes_what_is_found_what_is_exempted_and_what_is_laxer(capsys):
    steps = [Step(urn=f"urn:pulumi:prod::p::aws:sqs/queue:Queue::{op}-{n}", op=op) for op, n in OPERATIONS]
    found = {"control": "LP-SG-011", "urn": "", "level": "advisory", "severity": "low", "message": ""}
    findings = (Finding(**found), Finding(**found, exempted="until 2027-01-01"))
    run = Run(
        stack="prod", steps=tuple(steps), findings=findings, errors=(), seconds=1, is_preview=True, is_finished=True
    )
    names, counts = (
        line.split() for line in preview.verdicts([preview.Outcome("prod", 0, "", 1.0, run, laxer=5)]).splitlines()
    )
    asked = Answer({"stacks": [preview.Outcome("prod", 0, "", 1.0, run, laxer=5).data]})
    asked.tell(as_json=True)
    assert documented("preview", capsys.readouterr().out)["stacks"][0]["laxer"] == 5
    assert dict(zip(names, counts, strict=True)) == {
        "stack": "prod", "resources": "4", "create": "2", "update": "0", "replace": "1", "delete": "1",
        "mandatory": "0", "advisory": "2", "exempted": "1", "laxer": "5", "seconds": "1.0", "verdict": "green",
    }  # fmt: skip

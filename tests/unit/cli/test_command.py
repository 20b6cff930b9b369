"""Every command: its help, its examples, its JSON and its exit codes, and what a shell completes."""

import contextlib
import json
import os
import pty
import re
import shlex
import subprocess
import sys
from importlib import import_module

import pytest

from cli.__main__ import COMMANDS, main
from cli.answer import Answer, CommandError
from cli.command import EXITS
from components.core.settings.problems import SettingsError
from tests.paths import ROOT
from tests.unit.cli.documents import documented

WITH_DOCUMENT = [each for each in COMMANDS.values() if each.json]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
OF_PAGES = {
    line for page in PAGES for line in re.findall(r"^\$ (?:\S*/)?(smile [a-z].*)$", page.read_text(), re.MULTILINE)
}
EXAMPLES = sorted(OF_PAGES | {example for each in COMMANDS.values() for example in each.examples})
SMILE = (sys.executable, "-m", "cli")


def named(command):
    return command.name


def words_of(example):
    """What smile gets in an example: without what runs before it, and what reads its output."""
    return shlex.split(re.search(r"(?:^| )smile ([^|]*)", example)[1], comments=True)


def runs_instead(monkeypatch, name, function):
    """Let a function run in place of all that a command runs."""
    for module in map(import_module, (f"cli.{name}",)):
        for each in vars(module):
            if re.match(r"run(_|$)", each):
                monkeypatch.setattr(module, each, function)


def on_a_terminal(*words, **variables):
    """What a terminal gets of a run of smile."""
    ours, terminal = pty.openpty()
    clean = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR"}}
    environment = clean | {"TERM": "xterm-256color", "COLUMNS": "80", **variables}
    with subprocess.Popen([*SMILE, *words], cwd=ROOT, stdout=terminal, stderr=terminal, env=environment):
        os.close(terminal)
        return b"".join(read(ours)).decode()


def read(terminal):
    """What is written to a terminal until nobody has it open."""
    with os.fdopen(terminal, "rb", buffering=0) as shown, contextlib.suppress(OSError):
        while text := shown.read(65536):
            yield text


def completed(*words, **variables):
    """What smile answers a shell."""
    environment = os.environ | variables
    return subprocess.run(
        [*SMILE, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def completions(line):
    """The words that bash offers at the end of a line."""
    asked = {"_SMILE_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(f"{line}.".split()) - 1)}
    return completed(**asked).split()


@pytest.mark.parametrize("command", COMMANDS.values(), ids=named)
def test_help_has_purpose_examples_and_exit_codes(command, capsys):
    assert main([command.name, "--help"]) == 0
    said = capsys.readouterr().out
    assert " ".join(command.purpose.split()) in " ".join(said.split())
    assert [line.strip() for line in said.splitlines() if line.startswith("    smile ")] == [
        each for each in command.examples if each.startswith("smile ")
    ]
    assert all(f"    {code:<4} {text}" in said for code, text in (EXITS | command.exits).items())
    assert ("--json" in said.partition("Examples:")[0]) == bool(command.json)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_help_or_of_a_page_is_what_the_command_takes(example, monkeypatch):
    words = words_of(example)
    runs_instead(monkeypatch, words[0], lambda *_, **__: Answer(code=42))
    assert main(words) == 42


@pytest.mark.parametrize("command", COMMANDS.values(), ids=named)
def test_a_command_has_a_document_or_a_reason(command):
    assert bool(command.json) != bool(command.no_json)


@pytest.mark.parametrize("command", WITH_DOCUMENT, ids=named)
def test_a_document_comes_alone_whatever_is_printed_meanwhile(command, monkeypatch, capfd):
    def noisy(*_, **__):
        print("from us")
        subprocess.run(["echo", "from a process"], check=True)
        return Answer({"a": [1]}, "for a person", 3)

    runs_instead(monkeypatch, command.name, noisy)
    assert main([*words_of(command.examples[0]), "--json"]) == 3
    said = capfd.readouterr()
    assert json.loads(said.out) == {"a": [1]}
    assert sorted(said.err.splitlines()) == ["from a process", "from us"]
    assert main(words_of(command.examples[0])) == 3
    assert sorted(capfd.readouterr().out.splitlines()) == ["for a person", "from a process", "from us"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (CommandError("no; valid: yes"), "no; valid: yes"),
        (SettingsError("stack 'x'", []), str(SettingsError("stack 'x'", []))),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
    ],
)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=named)
def test_a_refusal_is_said_on_standard_error_alone(command, error, said, monkeypatch, capfd):
    def refuse(*_, **__):
        raise error

    runs_instead(monkeypatch, command.name, refuse)
    words = words_of(command.examples[0])
    assert main([*words, "--json"] if command.json else words) == command.refused
    assert capfd.readouterr() == ("", f"smile {command.name}: {said}\n")


@pytest.mark.parametrize(
    "words",
    [
        "preview prd",
        "preview --platform epicvibes",
        "report prd",
        "settings --stack prd",
        "policies --stack prd",
        "cost --stack prd",
        "diagram --stack prd --output a.svg",
        "drift --stack prd --offline",
        "controls --stack prd",
        "deploy plan --stack prd",
        "tunnel --stack prd",
        "explain ENC-KMS-01",
    ],
)
def test_a_value_that_there_is_not_ends_as_documented_for_all_commands(words, capsys):
    assert main(words.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "; valid: " in said.err or "? valid: " in said.err


def test_an_interrupted_command_ends_as_a_shell_says_it(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.settings.run", interrupt)
    assert main(["settings", "--stack", "dev"]) == 130


def test_a_reader_that_has_seen_enough_is_no_mistake():
    ended = "set -o pipefail; " + shlex.join([*SMILE, "settings", "--stack", "dev"]) + " | true"
    done = subprocess.run(["bash", "-c", ended], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("release --stack prod", "got none; valid: one of --canary, --promote, --rollback"),
        ("release --stack prod --canary 10 --rollback", "got --canary and --rollback; valid: one of"),
        ("publish --stack prod", "got none; valid: one of FOLDER, --rollback"),
        ("dashboard", "got none; valid: one of --stack, --file"),
        ("diagram --output a.svg --stack dev --file x", "got --stack and --file; valid: one of --stack, --file"),
        ("exemptions", "missing argument 'step'. Choose from: list, add, check"),
        ("deploy paln --stack prod", "'paln' is not one of 'plan', 'apply', 'update'"),
        ("tunnel --stack prod --port x", "invalid value for '--port'"),
        ("settings --stack", "option '--stack' requires an argument"),
        ("settings prod", "missing option '--stack'"),
    ],
)
def test_what_is_mistyped_is_one_line_with_what_is_valid_and_runs_nothing(words, said, monkeypatch, capsys):
    name = words.partition(" ")[0]
    runs_instead(monkeypatch, name, lambda *_, **__: pytest.fail("ran"))
    assert main(words.split()) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"smile {name}: ")
    assert said in line
    assert line.endswith(f"; next: smile {name} --help")


@pytest.mark.parametrize(
    "words", [["--help"], ["preview", "--help"], ["settings", "--stack", "dev"], ["policies", "--stack", "dev"]]
)
def test_what_is_asked_often_imports_no_sdk(words):
    program = f"""
import sys
from cli.__main__ import main
assert main({words}) == 0
sys.exit(" ".join({{"boto3", "botocore", "pulumi", "pulumi_aws"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == "\n"


def test_in_a_pipe_each_setting_is_one_line_with_all_of_its_value(capsys):
    assert main(["settings", "--stack", "prod", "--json"]) == 0
    rows = [{**row, "value": None} for row in json.loads(capsys.readouterr().out)]
    assert documented("settings", json.dumps(rows))
    assert main(["settings", "--stack", "prod"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [row["key"] for row in rows]
    assert max(map(len, lines)) > 500
    assert "\x1b" not in "".join(lines)


def test_policies_are_the_same_document_with_and_without_json(capsys):
    assert main(["policies", "--stack", "dev"]) == main(["policies", "--stack", "dev", "--json"]) == 0
    text = capsys.readouterr().out
    first, end = json.JSONDecoder().raw_decode(text)
    assert json.loads(text[end:]) == first
    assert first["RSL-KMS-001"].keys() >= {"enforcementLevel"}


def test_in_a_pipe_the_list_of_commands_is_whole(capsys):
    assert main([]) == main(["--help"]) == 0
    said = capsys.readouterr().out
    for command in COMMANDS.values():
        assert re.search(rf"^  {command.name} +{re.escape(command.purpose)}$", said, re.MULTILINE)


def test_on_a_terminal_a_long_value_goes_on_below_itself():
    head, *lines = on_a_terminal("settings", "--stack", "dev", COLUMNS="220").splitlines()
    assert max(map(len, lines)) <= 220
    further = [line for line in lines if line.startswith(" ")]
    assert further
    assert {len(line) - len(line.lstrip()) for line in further} == {head.index("VALUE")}


def test_help_is_drawn_in_colours_on_a_terminal_alone_and_not_with_no_color(capsys):
    coloured = re.compile(r"\x1b\[[0-9;]*3\d")
    assert coloured.search(on_a_terminal("--help"))
    assert not coloured.search(on_a_terminal("--help", NO_COLOR="1"))
    assert main(["--help"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("smile se", ["settings"]),
        ("smile settings --s", ["--stack"]),
        ("smile settings --stack p", ["prod"]),
        ("smile preview --stack dev st", ["staging"]),
        ("smile report --format j", ["junit", "json"]),
        ("smile deploy a", ["apply"]),
        ("smile tunnel --to ", ["application", "data", "database"]),
        ("smile release --service ord", ["orders"]),
        ("smile cost --against d", ["dev"]),
        ("smile preview --platform pa", ["parcels"]),
    ],
)
def test_a_shell_completes_commands_options_and_values(line, words):
    assert completions(line) == words


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script_and_its_answers(shell):
    assert "_SMILE_COMPLETE=complete_" + shell in completed(_SMILE_COMPLETE=f"source_{shell}")
    asked = {"_TYPER_COMPLETE_ARGS": "smile settings --stack p", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    of_bash = {"COMP_WORDS": "smile settings --stack p", "COMP_CWORD": "3"}
    assert "prod" in completed(_SMILE_COMPLETE=f"complete_{shell}", **asked, **of_bash)


def test_bash_takes_the_script_that_is_installed(tmp_path):
    (tmp_path / "smile").write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m cli "$@"\n')
    (tmp_path / "smile").chmod(0o755)
    environment = os.environ | {"HOME": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    script = """
smile --install-completion > /dev/null
. ~/.bashrc
COMP_WORDS=(smile settings --stack st) COMP_CWORD=3
_smile_completion smile
echo "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "staging\n"

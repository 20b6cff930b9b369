"""`smile cost`: estimates and differences from files, and one line for whatever is wrong."""

import json
import socket
import subprocess

import pytest

from cli import cost
from cli.__main__ import main
from cli.cost.resources import parse
from cli.offline import BANNER
from tests.unit.cli.cost.conftest import exported, state
from tests.unit.cli.cost.test_estimate import ADDRESS, CLUSTER
from tests.unit.cli.documents import documented


@pytest.fixture
def smile(capsys):
    """Run the command; gives its exit code, output and errors."""

    def run(*words):
        code = main(["cost", *map(str, words)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def file(tmp_path):
    def write(name, *states):
        path = tmp_path / name
        path.write_text(exported(*states))
        return path

    return write


def test_an_export_is_estimated_with_the_table_that_ships(smile, file):
    code, out, _ = smile("--stack", "prod", "--file", file("state.json", ADDRESS, CLUSTER), "--json")
    assert code == 0
    assert (
        documented("cost", out, free=["no_price_model"])["known_usd"] == 76.65 + 100
    )  # and transfer between zones, by use


def test_use_of_a_stacks_own_is_counted(smile, file, tmp_path):
    usage = tmp_path / "usage.yaml"
    usage.write_text("between_zones_gb: 0\n")
    state = file("state.json", ADDRESS, CLUSTER)
    code, out, _ = smile("--stack", "prod", "--file", state, "--usage", usage, "--json")
    assert (code, json.loads(out)["known_usd"]) == (0, 76.65)


def test_an_export_of_another_stack_is_not_priced_with_the_use_of_this_one(smile, file):
    code, out, err = smile("--stack", "dev", "--file", file("state.json", ADDRESS))
    assert (code, out) == (1, "")
    assert err.endswith("state.json: is of the stack prod; valid: one of dev, or --stack prod\n")


def test_two_exports_are_compared(smile, file):
    words = ("--stack", "prod", "--file", file("new.json", ADDRESS, CLUSTER), "--against", file("old.json", ADDRESS))
    code, out, _ = smile(*words)
    assert (code, out.strip().splitlines()[-1]) == (
        0,
        "known part of prod 3.65 -> prod 176.65: +173.00 USD a month",
    )
    assert {each["item"] for each in documented("cost", smile(*words, "--json")[1])["changes"]} >= {"eks.hours"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--stack is missing; valid: dev, prod, staging"),
        (("--stack", "prod", "--file", "gone.json"), "gone.json: No such file or directory"),
        (("--file", "gone.json"), "gone.json: No such file or directory"),
        (("--stack", "prod", "--file", "gone.json", "--usage", "gone.yaml"), "gone.yaml: no such file; valid: YAML"),
        (("--stack", "prod", "--prices", "gone.csv"), "gone.csv: No such file or directory"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(smile, words, said):
    code, out, err = smile(*words)
    assert (code, out) == (1, "")
    assert err.startswith("smile cost: ")
    assert said in err


def test_what_an_estimate_is_compared_with_is_a_file_or_a_stack_that_there_is(smile, file):
    code, out, err = smile("--stack", "prod", "--file", file("state.json", ADDRESS), "--against", "prd")
    assert (code, out) == (2, "")
    assert err.startswith("smile cost: --against: no file, and no stack 'prd', did you mean prod? valid: dev, prod")


def test_a_budget_whose_warning_comes_every_month_is_told(smile, file, tmp_path):
    state, usage = file("state.json", ADDRESS, CLUSTER), tmp_path / "usage.yaml"
    assert "smile:cost.budget_usd" not in smile("--stack", "prod", "--file", state)[1]
    usage.write_text("between_zones_gb: 1000000\n")
    out = smile("--stack", "prod", "--file", state, "--usage", usage)[1]
    assert "smile:cost.budget_usd: got 8000, whose warning comes at 6,400 USD, below the known part; valid: over" in out


def test_the_stack_that_is_missing_is_the_files(smile, file):
    assert smile("--file", file("state.json", ADDRESS))[2] == "smile cost: --stack is missing; valid: prod\n"


def test_a_price_list_out_of_reach_leaves_the_table_alone(smile, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    table = tmp_path / "prices.csv"
    table.write_text(cost.FILE.read_text())
    code, out, err = smile("--refresh", "--prices", table, "--price-list", f"http://127.0.0.1:{port}")
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "AWS's price list can't be read" in err
    assert "Connection refused" in err
    assert table.read_text() == cost.FILE.read_text()


@pytest.mark.parametrize(
    ("out", "errors", "says"),
    [
        (
            json.dumps(
                {
                    "diagnostics": [
                        {"severity": "warning", "message": "old"},
                        {"severity": "error", "message": "no zone\n"},
                    ]
                }
            ),
            f"{BANNER}\n",
            "no zone",
        ),
        ("", f"error: no engine\n{BANNER}\n", "error: no engine"),
        ("Diagnostics:\n  no zone\n", f"{BANNER}\n", "Diagnostics:\n  no zone"),
        ("", f"{BANNER}\n", "pulumi exits with 255"),
    ],
    ids=["diagnostics", "errors", "text", "nothing"],
)
def test_a_preview_that_fails_says_why(smile, monkeypatch, out, errors, says):
    failed = subprocess.CompletedProcess([], 255, out, errors)
    monkeypatch.setattr(cost, "pulumi", lambda *_: failed)
    code, _, said = smile("--stack", "dev")
    assert (code, said.strip()) == (1, f"smile cost: stack dev can't be previewed: {says}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--stack", "dev"], "here SMILE's of development, cli/cost/usage.yaml"),
        (["--stack", "prod", "--platform", "pdfetl"], "here of platforms/pdfetl/usage.yaml"),
        (["--stack", "production", "--platform", "epicvibe"], "here of platforms/epicvibe/usage.yaml"),
    ],
    ids=["SMILE", "pdfetl", "epicvibe"],
)
def test_whose_use_is_assumed_is_said(smile, monkeypatch, words, says):
    monkeypatch.setattr(cost, "previewed", lambda _, stack: parse(exported(ADDRESS).replace("prod", stack), "a test"))
    assert says in smile(*words)[1]


def test_a_state_machines_tasks_and_tokens_are_counted_or_said_to_have_no_price(smile, monkeypatch):
    states = [state(f"aws:{kind}", "etl") for kind in ("sfn/stateMachine:StateMachine", "lambda/function:Function")]
    monkeypatch.setattr(cost, "previewed", lambda *_: parse(exported(*states), "a test"))
    said = smile("--stack", "prod", "--platform", "pdfetl")[1]
    assert "fargate.vcpu-hours" in said
    assert "bedrock.embedding-tokens" in said.partition("without a price")[2]

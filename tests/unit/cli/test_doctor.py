"""``smile doctor``: what it prints, as text and as JSON, and what it ends with."""

import pytest

from cli.__main__ import main
from doctor import examination
from doctor.result import NOT_ASKED, Result, fine
from tests.unit.cli.documents import documented

BLOCK = Result(subject="vCPUs", found="5", needed="36", fix="smile bootstrap --stack prod", check="quotas")
WARNING = Result(subject="AWS Config", found="off", verdict="warning", needed="on", check="config")
UNCHECKED = Result(subject="charts", found="no answer", verdict="not checked", check="charts")
UNASKED = Result(subject="VPCs", found=NOT_ASKED, verdict="not checked", check="VPCs")


@pytest.fixture
def says(monkeypatch, capsys):
    """Run the command with given results; gives exit code and output."""

    def run(*results, stack="prod", as_json=False):
        monkeypatch.setattr(examination, "examine", lambda *_: list(results))
        code = main(["doctor", "--stack", stack, *(["--json"] if as_json else [])])
        return code, capsys.readouterr()

    return run


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([fine("a", "b")], 0),
        ([WARNING], 1),
        ([UNCHECKED], 1),
        ([fine("a", "b"), UNASKED], 1),
        ([BLOCK, WARNING], 2),
    ],
)
def test_exit_code_is_the_worst_and_nothing_unknown_is_fine(says, results, code):
    assert says(*results)[0] == code
    assert says(*results, as_json=True)[0] == code


def test_the_worst_comes_last_with_what_is_needed_and_how_to_get_it(says):
    said = says(BLOCK, UNASKED, fine("Region", "enabled"), WARNING)[1].out.splitlines()
    assert said[0] == "fine       Region: enabled"
    assert said[-5:] == [
        "blocks     vCPUs: 5",
        "           needed: 36",
        "           fix:    smile bootstrap --stack prod",
        "not asked  VPCs",
        "1 fine, 1 not checked, 1 warning, 1 blocks",
    ]


def test_as_json_it_has_account_exit_code_and_every_result(says):
    said = documented("doctor", says(BLOCK, UNASKED, as_json=True)[1].out)
    assert (said["stack"], said["account"], said["region"], said["exit"]) == (
        "prod",
        "123456789012",
        "ap-southeast-3",
        2,
    )
    assert said["results"][0] == {
        "subject": "vCPUs",
        "verdict": "blocks",
        "found": "5",
        "needed": "36",
        "fix": "smile bootstrap --stack prod",
        "check": "quotas",
    }
    assert len(said["results"]) == 2


def test_a_stack_without_settings_is_refused(says):
    code, said = says(stack="nowhere")
    assert code == 2
    assert "no stack 'nowhere'; valid: dev, prod, staging" in said.err

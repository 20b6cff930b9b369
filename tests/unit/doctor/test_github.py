"""GitHub's side is asked by gh or by a token, and not checked where there is neither."""

import json
import sys

import pytest

from doctor.checks import github, operator
from doctor.examination import run

(GITHUB,) = github.CHECKS
PLACE = "repos/example/smile-infrastructure"
THERE = {
    f"{PLACE}/environments/prod": {"protection_rules": [{"type": "required_reviewers"}, {"type": "branch_policy"}]},
    f"{PLACE}/actions/variables/ACCOUNT_PROD": {"value": "210987654321"},
    f"{PLACE}/actions/variables/RUNNER_PROD": {"value": "vpc"},
    f"{PLACE}/actions/runners?per_page=100": {
        "runners": [{"name": "one", "status": "online", "labels": [{"name": "vpc"}]}]
    },
}


@pytest.fixture
def gh(tmp_path, monkeypatch):
    """A gh command that answers as the test says; nothing else is on PATH."""

    def make(answers, refusal="gh: Not Found (HTTP 404)"):
        file = tmp_path / "gh"
        file.write_text(
            f"#!{sys.executable}\nimport json, sys\nanswers = json.loads({json.dumps(json.dumps(answers))})\n"
            f"path = sys.argv[2]\nsys.exit({refusal!r}) if path not in answers else print(json.dumps(answers[path]))\n"
        )
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


def told(account):
    return {result.subject: result for result in run(GITHUB, account)}


def test_environment_variables_and_runner_are_there(gh, account_of):
    gh(THERE)
    results = told(account_of())
    assert {each.verdict for each in results.values()} == {"fine"}
    assert results["runner vpc"].found == "online: one"


@pytest.mark.parametrize(
    ("change", "subject", "fix"),
    [
        ({f"{PLACE}/environments/prod": None}, "GitHub environment prod", "gh api --method PUT"),
        ({f"{PLACE}/environments/prod": {}}, "approval in GitHub environment prod", "Required reviewers"),
        ({f"{PLACE}/actions/variables/ACCOUNT_PROD": None}, "GitHub variable ACCOUNT_PROD", "gh variable set"),
        (
            {f"{PLACE}/actions/variables/ACCOUNT_PROD": {"value": "1"}},
            "GitHub variable ACCOUNT_PROD",
            "gh variable set",
        ),
        ({f"{PLACE}/actions/variables/RUNNER_PROD": None}, "runner RUNNER_PROD", "cluster.md"),
        ({f"{PLACE}/actions/runners?per_page=100": {"runners": []}}, "runner vpc", "cluster.md"),
    ],
)
def test_what_the_pipeline_lacks_holds_up_no_update_by_hand_and_says_how_to_get_it(
    gh, account_of, change, subject, fix
):
    gh({path: answer for path, answer in (THERE | change).items() if answer is not None})
    result = told(account_of())[subject]
    assert result.verdict == "warning"
    assert fix in result.fix


def test_no_runner_is_needed_without_workloads(gh, account_of):
    gh({path: answer for path, answer in THERE.items() if "unner" not in path})
    assert told(account_of(workloads={"enabled": False}))["GitHub variable RUNNER_PROD"].verdict == "fine"


def test_nobody_signed_in_is_not_checked(tmp_path, monkeypatch, account_of, gh):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    (result,) = run(GITHUB, account_of())
    assert result.verdict == "not checked"
    assert "gh auth login" in result.found
    gh({}, refusal="gh: Bad credentials (HTTP 401)")
    (result,) = run(GITHUB, account_of())
    assert (result.verdict, "HTTP 401" in result.found) == ("not checked", True)


def test_programs_and_recipients_of_this_machine(tmp_path, monkeypatch, account_of):
    monkeypatch.setenv("PATH", str(tmp_path))
    programs, recipients = operator.CHECKS
    found = {each.subject: each for each in run(programs, account_of())}
    assert {name: each.verdict for name, each in found.items()} == {
        "Pulumi engine": "blocks",
        "aws": "blocks",
        "session-manager-plugin": "warning",
    }
    assert found["Pulumi engine"].fix == "make setup"
    for addresses, verdict in (((), "warning"), (("on-call@smile.example",), "warning"), (("a@health.id",), "fine")):
        (told_of,) = run(recipients, account_of(observability={"recipients": {"critical": addresses}}))
        assert told_of.verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("aws-cli/2.27.1 Python/3.13.3 Linux/6.8 exe/x86_64", "fine"),
        ("aws-cli/2.7.0 Python/3.9.11", "fine"),
        ("aws-cli/2.6.4 Python/3.9.11", "blocks"),
        ("aws-cli/1.46.3 md/Botocore#1.44.3", "warning"),
        ("aws-cli/1.23.9 Python/3.9.11", "blocks"),
        ("something else", "not checked"),
    ],
)
def test_the_aws_command_is_one_that_signs_in_and_that_pulumi_eks_takes(
    tmp_path, monkeypatch, account_of, said, verdict
):
    (tmp_path / "aws").write_text(f"#!{sys.executable}\nprint({said!r})\n")
    (tmp_path / "aws").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    programs, _ = operator.CHECKS
    found = {each.subject: each for each in run(programs, account_of())}
    assert (found.get("aws") or found["programs"]).verdict == verdict


def test_a_command_that_never_ends_is_not_checked(tmp_path, monkeypatch, account_of):
    monkeypatch.setattr(github, "READ_SECONDS", 0.2)
    (tmp_path / "gh").write_text(f"#!{sys.executable}\nimport time; time.sleep(30)\n")
    (tmp_path / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (result,) = run(GITHUB, account_of())
    assert (result.verdict, "timed out" in result.found) == ("not checked", True)

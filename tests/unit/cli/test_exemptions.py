"""``smile exemptions``: what is listed, what is warned of, and what is written."""

import json
import sys
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from cli import __main__, exemptions, program

TODAY = datetime.now(UTC).date()
MARK = "0123456789abcdef0123456789abcdef"
URN = "urn:pulumi:prod::smile::aws:kms/key:Key::old"
KEPT = """\
# who may break what
- control: ENC-KMS-001
  resource: "urn:pulumi:*::smile::*::old"
  reason: migration
  owner: Ani
  expires: {expires}
"""
ASKED = {"--finding": MARK[:8], "--reason": 'until "x" is done', "--owner": "Ani", "--until": str(TODAY)}


@pytest.fixture
def smile(tmp_path, monkeypatch, capfd):
    """Runs the command on files of its own."""
    monkeypatch.setattr(exemptions, "EXEMPTIONS", file := tmp_path / "exemptions.yaml")
    monkeypatch.setattr(exemptions, "ROOT", tmp_path)
    monkeypatch.setattr(program, "CONFIG", tmp_path)
    monkeypatch.setattr(exemptions, "FOLDER", tmp_path / "offline")

    def run(*words, ends=None):
        if ends is not None:
            file.write_text(KEPT.format(expires=TODAY + timedelta(days=ends)))
        monkeypatch.setattr(sys, "argv", ["smile", "exemptions", *words])
        return __main__.main(), capfd.readouterr()

    run.file, run.folder = file, tmp_path
    return run


@pytest.fixture
def findings(smile):
    """A file of two findings, as a report has them."""
    resource = {"urn": URN, "type": "aws:kms/key:Key", "name": "old"}
    found = [
        {"control": "ENC-KMS-001", "fingerprint": MARK, "resource": resource},
        {"control": "RES-STACK-001", "fingerprint": "f" * 32, "resource": None},
        {"control": "ENC-KMS-001", "fingerprint": "01230000" * 4, "resource": resource},
    ]
    (file := smile.folder / "findings.json").write_text(json.dumps({"version": 1, "runs": [{"findings": found}]}))
    return str(file)


def words(findings, /, **changed):
    asked = {**ASKED, "--findings": findings, **{f"--{name}": value for name, value in changed.items()}}
    return ["add", *(word for pair in asked.items() for word in pair)]


@pytest.mark.parametrize(
    ("days", "state", "code"), [(31, "holds", 0), (30, "ends soon", 0), (0, "ends soon", 0), (-1, "over", 1)]
)
def test_what_ends_within_thirty_days_is_warned_of_and_what_is_over_fails(smile, days, state, code):
    answer, said = smile("check", ends=days)
    assert answer == code
    assert ("exemptions.yaml:2: ENC-KMS-001 on urn:pulumi" in said.out) is (state != "holds")
    (listed,) = json.loads(smile("list", "--json")[1].out)
    assert (listed["state"], listed["place"]) == (state, "exemptions.yaml:2")


def test_decisions_of_the_configuration_are_among_them(smile):
    until = str(TODAY - timedelta(days=1))
    text = json.dumps(
        {
            "ENC-ALB-005": {"enforcementLevel": "mandatory"},
            "RSL-ALB-002": {"until": until, "owner": "Budi", "reason": "x"},
        },
        indent=1,
    )
    (smile.folder / "base.json").write_text(text)
    code, said = smile("check")
    assert code == 1
    assert (
        said.out
        == f"base.json:5: RSL-ALB-002 on stacks of base is over since {until}: mend it, or decide again (Budi)\n"
    )


def test_one_finding_is_exempted_beside_what_stands_there(smile, findings):
    code, said = smile(*words(findings), ends=90)
    assert (code, said.err) == (0, "")
    assert said.out == f"exemptions.yaml:7: ENC-KMS-001 on {URN}\n"
    text = smile.file.read_text()
    assert text.startswith(KEPT.format(expires=TODAY + timedelta(days=90)))
    (_, added) = yaml.safe_load(text)
    assert added == {
        "control": "ENC-KMS-001", "resource": URN, "finding": MARK, "reason": 'until "x" is done', "owner": "Ani",
        "expires": str(TODAY),
    }  # fmt: skip
    assert json.loads(smile("list", "--json")[1].out)[0]["finding"] == MARK


def test_the_first_exemption_makes_the_file(smile, findings):
    assert smile(*words(findings))[0] == 0
    assert len(yaml.safe_load(smile.file.read_text())) == 1


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"finding": "abcdef"}, "abcdef: 0 findings in"),
        ({"finding": "0123"}, "0123: 2 findings in"),
        ({"finding": "ffffff"}, "it is about the stack, not a resource"),
        ({"until": "soon"}, "expires: got soon, valid: a day of the calendar"),
        ({"until": "2999-01-01"}, "valid: at most 366 days ahead"),
        ({"owner": " "}, "owner missing or empty"),
        ({"findings": "gone.json"}, "gone.json: No such file or directory; valid: what `smile audit"),
    ],
)
def test_what_would_not_be_valid_is_refused_and_nothing_is_written(smile, findings, changed, problem):
    code, said = smile(*words(findings, **changed), ends=90)
    assert (code, said.out) == (1, "")
    assert problem in said.err
    assert smile.file.read_text() == KEPT.format(expires=TODAY + timedelta(days=90))
    assert [each.name for each in smile.folder.glob(".exemptions*")] == []


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (["add", "--finding", MARK], "add: --reason, --owner, --until missing; valid: with --finding, --reason"),
        (["list", "--owner", "Ani"], "list: takes no --owner; valid: with add"),
        (["remove"], "'remove' is not one of 'list', 'add', 'check'"),
    ],
)
def test_options_that_do_not_go_together_are_named(smile, given, problem):
    code, said = smile(*given)
    assert (code, said.out) == (2, "")
    assert problem in said.err


def test_without_a_preview_it_says_how_to_get_one(smile):
    given = [word for word in words("") if word not in ("--findings", "")]
    code, said = smile(*given)
    assert code == 1
    assert "run: smile preview, or name a file with --findings" in said.err


def test_findings_of_the_last_preview_are_known(smile):
    event = {
        "policyName": "ENC-KMS-001",
        "resourceUrn": URN,
        "enforcementLevel": "mandatory",
        "message": "ENC-KMS-001 A: b (at c).",
    }
    (folder := smile.folder / "offline" / "previews").mkdir(parents=True)
    (folder / "prod.events.json").write_text(json.dumps({"policyEvent": event}) + "\n")
    (run,) = exemptions.documents([program.smile()], None)
    given = [word for word in words("", finding=run["findings"][0]["fingerprint"]) if word not in ("--findings", "")]
    assert smile(*given)[0] == 0
    assert yaml.safe_load(smile.file.read_text())[0]["resource"] == URN


def test_a_file_that_is_not_valid_is_named_with_its_problems(smile):
    smile.file.write_text("- {control: ENC-KMS-001}\n")
    code, said = smile("check")
    assert (code, said.out) == (1, "")
    assert said.err.startswith("smile exemptions: exemptions.yaml is not valid:\n  - line 1: resource, reason")

"""``smile report`` on event logs."""

import json
import sys

import pytest

from cli import __main__, report
from cli.sandbox import ROOT

URN = "urn:pulumi:dev::smile::aws:s3/bucket:Bucket::smile-data"
STEP = {"resourcePreEvent": {"metadata": {"op": "create", "urn": URN, "old": None, "new": {"inputs": {}}}}}
END = {"summaryEvent": {"durationSeconds": 3, "isPreview": True}}


def policy(level):
    said = {"policyName": "LP-S3-001", "resourceUrn": URN, "severity": "high", "message": "LP-S3-001 A: b (at acl)."}
    return {"policyEvent": said | {"enforcementLevel": level}}


@pytest.fixture
def smile(tmp_path, monkeypatch, capsys):
    """Runs the command on a log of these events."""

    def run(*events, words=()):
        log = tmp_path / "dev.events.json"
        log.write_text("".join(json.dumps(event) + "\n" for event in events))
        monkeypatch.setattr(sys, "argv", ["smile", "report", "--events", str(log), *words])
        code = __main__.main()
        return code, capsys.readouterr()

    run.folder = tmp_path
    return run


@pytest.mark.parametrize("format_", report.FORMATS)
def test_each_format_is_written_whatever_was_found(smile, format_):
    file = smile.folder / "made"
    code, said = smile(STEP, policy("mandatory"), END, words=("--format", format_, "--output", str(file)))
    assert (code, said.out) == (1, "")
    assert "LP-S3-001" in file.read_text()


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((STEP, END), 0),
        ((STEP, policy("advisory"), END), 0),
        ((STEP, policy("mandatory"), END), 1),
        ((STEP,), 1),
        ((STEP, {"diagnosticEvent": {"severity": "error", "message": "it fails"}}, END), 1),
    ],
)
def test_the_exit_code_says_whether_it_may_go_on(smile, events, code):
    assert smile(*events, words=("--format", "json"))[0] == code


def test_a_run_that_came_to_no_resource_is_of_the_stack_that_its_file_names(smile):
    code, said = smile({"diagnosticEvent": {"severity": "error", "message": "no credentials"}})
    assert code == 1
    assert said.out.startswith("## Refused: the preview of dev failed\n\n- `dev` **Error**: no credentials\n")


def test_without_a_log_there_is_no_report(smile):
    code, said = smile(STEP, END, words=("--positions", "nowhere.json"))
    assert (code, said.out) == (2, "")
    assert "nowhere.json" in said.err
    code, said = smile([1])
    assert code == 2
    assert "dev.events.json:1: no event" in said.err


def test_a_format_that_there_is_not_is_refused_with_those_that_there_are(smile):
    code, said = smile(STEP, END, words=("--format", "pdf"))
    assert (code, said.out) == (2, "")
    assert all(repr(each) in said.err for each in report.FORMATS)


def test_lines_come_from_beside_the_log_or_from_a_state(smile):
    (smile.folder / "dev.positions.json").write_text(json.dumps({URN: [f"{ROOT}/layers/data.py:12"]}))
    words = ("--format", "json")
    (found,) = json.loads(smile(STEP, policy("advisory"), END, words=words)[1].out)["runs"][0]["findings"]
    assert found["places"] == [{"file": "layers/data.py", "line": 12}]
    state = smile.folder / "state.json"
    resource = {"urn": URN, "sourcePosition": "project:///layers/base.py#7"}
    state.write_text(json.dumps({"deployment": {"resources": [resource]}}))
    words += ("--positions", str(state))
    (found,) = json.loads(smile(STEP, policy("advisory"), END, words=words)[1].out)["runs"][0]["findings"]
    assert found["places"] == [{"file": "layers/base.py", "line": 7}]


def test_rules_come_with_what_the_catalogue_says(smile):
    said = json.loads(smile(STEP, policy("advisory"), END, words=("--format", "sarif"))[1].out)
    rules = {rule["id"]: rule for rule in said["runs"][0]["tool"]["driver"]["rules"]}
    assert len(rules) > 400
    assert rules["LP-S3-001"]["help"]["text"].startswith("Why: ")
    assert "SOC 2 CC6.1" in rules["LP-S3-001"]["properties"]["tags"]


def test_what_the_base_has_too_is_no_news(smile):
    base = smile.folder / "base.json"
    base.write_text("".join(json.dumps(event) + "\n" for event in (STEP, policy("advisory"), END)))
    _, said = smile(STEP, policy("advisory"), END, words=("--base-events", str(base)))
    assert said.out.startswith("## Green: 1 change, nothing destroyed\n")
    assert "Violations that were there before: 1" in said.out
    assert smile(STEP, policy("advisory"), END)[1].out.startswith("## Green: 1 new advisory violation\n")


def test_stacks_are_those_that_were_previewed_each_beside_its_base(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "FOLDER", tmp_path)
    (tmp_path / "previews").mkdir()
    monkeypatch.setattr(sys, "argv", ["smile", "report"])
    assert __main__.main() == 2
    assert f"no preview of any stack in {tmp_path}; run: smile preview" in capsys.readouterr().err
    for name in ("dev.events.json", "dev.base.events.json"):
        text = "".join(json.dumps(event) + "\n" for event in (STEP, policy("advisory"), END))
        (tmp_path / "previews" / name).write_text(text)
    assert __main__.main() == 0
    said = capsys.readouterr().out
    assert "Violations that were there before: 1" in said
    assert "| `dev` | 1 |" in said
    monkeypatch.setattr(sys, "argv", ["smile", "report", "prod"])
    assert __main__.main() == 2
    assert "no preview of prod" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["smile", "report", "prd"])
    assert __main__.main() == 2
    assert "no stack 'prd', did you mean prod? valid: dev, prod, staging" in capsys.readouterr().err


def test_a_preview_that_is_missing_is_asked_for_with_the_words_that_make_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(report, "folder_of", lambda _: tmp_path)
    monkeypatch.setattr(sys, "argv", ["smile", "report", "dev", "prod", "--against", "HEAD"])
    assert __main__.main() == 2
    assert capsys.readouterr().err.endswith("; run: smile preview dev prod --against HEAD\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--events", "gone.json"), "gone.json: No such file or directory; valid: an event log of pulumi"),
        (("--positions", "gone.json"), "gone.json: No such file or directory; valid: STACK.positions.json of"),
        (("--base-events", "."), ".: Is a directory; valid: an event log of pulumi"),
        (("--output", "."), ".: is a folder; valid: the name of a file"),
        (("--output", "dev.events.json/made"), "dev.events.json: File exists; valid: the name of a file"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line_that_says_what_is_valid(smile, monkeypatch, words, said):
    monkeypatch.chdir(smile.folder)
    code, told = smile(STEP, END, words=words)
    assert (code, told.out) == (2, "")
    assert told.err.startswith(f"smile report: {said}")
    assert len(told.err.splitlines()) == 1


def test_a_folder_that_is_missing_is_made(smile):
    file = smile.folder / "a" / "b.md"
    assert smile(STEP, END, words=("--output", str(file)))[0] == 0
    assert file.is_file()


def test_a_base_without_what_changed_is_refused(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["smile", "report", "dev", "--base-events", "base.json"])
    assert __main__.main() == 2
    assert "--base-events: has no effect alone; valid: with --events" in capsys.readouterr().err


def test_what_a_stack_of_ours_costs_is_in_its_comment(smile):
    address = "urn:pulumi:dev::smile::aws:ec2/eip:Eip::a"
    made = {"resourcePreEvent": {"metadata": {"op": "create", "urn": address, "old": None, "new": {"inputs": {}}}}}
    assert "`dev` **Cost**: its known part 0.00 → 3.65 USD a month" in smile(made, END)[1].out
    assert "**Cost**" not in smile(made)[1].out  # it came to no end

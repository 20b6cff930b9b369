"""``smile audit`` on exports: what is found, what fails, and what is refused."""

import json
import sys
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from cli import __main__
from guardrails.commands import audit, verdicts

QUEUE = "aws:sqs/queue:Queue"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2hunter2"'}


def key(stack, *, rotates):
    urn = f"urn:pulumi:{stack}::shop::aws:kms/key:Key::key"
    inputs = {"enableKeyRotation": rotates, "description": SECRET}
    return {"urn": urn, "type": "aws:kms/key:Key", "custom": True, "id": "k", "inputs": inputs}


@pytest.fixture
def smile(tmp_path, monkeypatch, capfd):
    """Runs the command in a folder of exports: name -> whether its key rotates."""
    monkeypatch.chdir(tmp_path)

    def run(*words, **stacks):
        for stack, rotates in stacks.items():
            content = {"version": 3, "deployment": {"resources": [key(stack, rotates=rotates)]}}
            (tmp_path / f"{stack}.json").write_text(json.dumps(content))
        monkeypatch.setattr(sys, "argv", ["smile", "audit", *words])
        return __main__.main(), capfd.readouterr()

    run.folder = tmp_path
    return run


def test_a_stack_is_told_with_its_findings(smile):
    code, said = smile("prod.json", prod=False)
    assert (code, said.err) == (1, "")
    assert "ENC-KMS-001 high: aws:kms/key:Key key at enableKeyRotation" in said.out
    assert "Fix: Set enableKeyRotation to true" in said.out
    assert "hunter2" not in said.out


def test_a_folder_is_judged_side_by_side_with_one_summary(smile):
    code, said = smile(".", dev=True, staging=False, prod=False)
    assert code == 1
    (row,) = (line.split() for line in said.out.splitlines() if line.startswith("ENC-KMS-001"))
    assert row[-2:] == ["2", "2"]  # findings, stacks
    assert "3 stacks, 3 resources" in said.out


def test_it_fails_on_what_was_asked_for(smile):
    smile("prod.json", prod=False)
    assert smile("prod.json", "--fail-on", "high")[0] == 1
    assert smile("prod.json", "--fail-on", "critical")[0] == 0
    assert smile("prod.json", "--fail-on", "never")[0] == 0


def test_levels_are_those_of_the_configuration(smile):
    until = str(datetime.now(UTC).date() + timedelta(days=1))
    decided = {"enforcementLevel": "advisory", "reason": "a", "owner": "b", "until": until}
    (smile.folder / "config").write_text(json.dumps({"ENC-KMS-001": decided, "RSL-KMS-001": decided}))
    code, said = smile("prod.json", "--policy-pack-config", "config", "--format", "json", prod=False)
    (found,) = (each for each in json.loads(said.out)["runs"][0]["findings"] if each["control"] == "ENC-KMS-001")
    assert found["level"] == "advisory"
    assert found["accepted"] == {"until": until, "owner": "b", "reason": "a"}
    (smile.folder / "wrong").write_text('{"ENC-KMS-999": "advisory"}')
    code, said = smile("prod.json", "--policy-pack-config", "wrong")
    assert (code, said.out) == (2, "")
    assert "ENC-KMS-999: no such control" in said.err


def test_shards_are_all_files_each_once(smile):
    stacks = {f"s{number}": True for number in range(7)}
    smile(".", **stacks)
    shards = [audit.part(audit.files_in([smile.folder]), (number, 3)) for number in (1, 2, 3)]
    assert sorted(file.stem for shard in shards for file in shard) == sorted(stacks)
    assert {len(shard) for shard in shards} == {2, 3}
    assert smile(".", "--shard", "4/3")[1].err.endswith("such as 3/20; next: smile audit --help\n")


@pytest.mark.parametrize("format_", ["markdown", "sarif", "junit", "json"])
def test_each_format_is_written(smile, format_):
    code, said = smile("prod.json", "--format", format_, "--output", "made/report", prod=False)
    assert (code, said.out) == (1, "")
    assert "ENC-KMS-001" in (text := (smile.folder / "made" / "report").read_text())
    assert "hunter2" not in text


def test_findings_are_those_of_the_schema_with_the_same_fingerprint_in_every_stack(smile):
    said = json.loads(smile(".", "--format", "json", staging=False, prod=False)[1].out)
    schema = json.loads(files("report").joinpath("findings.schema.json").read_text())
    Draft202012Validator(schema).validate(said)
    of = [{each["fingerprint"] for each in run["findings"]} for run in said["runs"]]
    assert of[0]
    assert of[0] == of[1]


def test_a_file_that_is_no_export_is_named_and_the_others_are_judged(smile):
    (smile.folder / "other.json").write_text('{"name": "package"}')
    code, said = smile(".", prod=False)
    assert code == 2
    assert said.err == (
        "smile audit: other.json: neither deployment.resources nor steps is a list; "
        "valid: what `pulumi stack export` or `pulumi preview --json --show-sames` writes\n"
    )
    assert "ENC-KMS-001" in said.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["gone.json"], "gone.json: no such file or folder; valid: what"),
        (["empty"], "empty: no file in this folder ends in .json or .json.gz; valid: exports"),
        (["prod.json", "--format", "pdf"], "'pdf' is not one of"),
        ([], "missing argument 'FILE'"),
    ],
)
def test_what_cannot_be_judged_is_one_line(smile, words, problem):
    (smile.folder / "empty").mkdir()
    code, said = smile(*words)
    assert (code, said.out) == (2, "")
    assert problem in said.err
    assert len(said.err.splitlines()) == 1


def test_a_stack_that_no_control_looks_at_is_said_to_be_so(smile):
    resource = {"urn": "urn:pulumi:a::b::random:index:Nothing::x", "type": "random:index:Nothing"}
    (smile.folder / "a.json").write_text(json.dumps({"deployment": {"resources": [resource]}}))
    assert verdicts.SILENT in smile("a.json")[1].out


def test_the_packs_exemptions_hold_for_their_finding_alone(smile):
    type_, within = "aws:ec2/securityGroup:SecurityGroup", "platform:network:Network$platform:network:SecurityGroups$"
    verdicts = {}
    for path in (within, ""):
        urn = f"urn:pulumi:prod::smile::{path}{type_}::smile-runner"
        group = {"urn": urn, "custom": True, "type": type_, "inputs": {"description": "x"}}
        (smile.folder / "a.json").write_text(json.dumps({"deployment": {"resources": [group]}}))
        found = json.loads(smile("a.json", "--format", "json")[1].out)["runs"][0]["findings"]
        verdicts[path] = {each["verdict"] for each in found if each["control"] == "LP-SG-011" and each["resource"]}
    assert verdicts == {within: {"exempted"}, "": {"violation"}}

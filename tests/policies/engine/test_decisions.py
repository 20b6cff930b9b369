"""A control that is made laxer needs a reason, an owner and an end, and is itself again afterwards."""

from datetime import date

import pytest

from guardrails.engine.configuration import ConfigurationError, configure
from guardrails.engine.decisions import laxer
from guardrails.engine.evaluation import Evaluator
from guardrails.engine.exemptions import Exemptions
from guardrails.engine.packs import load_controls
from guardrails.model.control import Level
from guardrails.model.resource import Resource

TODAY = date(2027, 1, 1)
DECISION = {"reason": "A test", "owner": "somebody", "until": "2027-06-30"}
OFF = Level.DISABLED


def configured(control_id, level=None, **values):
    return configure("all", [load_controls()[control_id]], {control_id: (level, values)}, today=TODAY)


@pytest.mark.parametrize(
    ("control_id", "level", "values"),
    [
        ("ENC-KMS-001", Level.ADVISORY, {}),
        ("LP-RDS-007", OFF, {}),
        ("RSL-KMS-001", None, {"minimumDays": 7}),
        ("ENC-KMS-002", None, {"maximumDays": 366}),
        ("RSL-EKS-002", None, {"deletionProtection": False}),
        ("ENC-CLOUDFRONT-002", None, {"withAliasesOnly": True}),
        ("LP-SG-005", None, {"authorisedTcpPorts": [80, 443, 8080]}),
        ("RSL-EKS-006", None, {"logs": ["api"]}),
        ("RSL-TAGGING-001", None, {"requiredTags": {"Owner": "."}}),
        ("RSL-BACKUP-002", None, {"mode": "compliance"}),
    ],
)
def test_a_laxer_control_needs_all_three(control_id, level, values):
    control = load_controls()[control_id]
    (what,) = laxer(control, level, values)
    assert str(level or next(iter(values))) in what
    for key in DECISION:
        others = {name: value for name, value in DECISION.items() if name != key}
        with pytest.raises(ConfigurationError, match=rf"{control_id}: .*: {key} missing; valid: with reason, owner"):
            configure(
                "all", [control, load_controls()["LP-IAM-001"]], {control_id: (level, values | others)}, today=TODAY
            )
    assert configured("LP-IAM-001")  # nothing is asked of a control as it is
    made = configure(
        "all", [control, load_controls()["LP-IAM-001"]], {control_id: (level, values | DECISION)}, today=TODAY
    )
    assert made.levels[control_id] is (level or control.level)
    assert not made.lapsed


@pytest.mark.parametrize(
    ("control_id", "level", "values"),
    [
        ("RSL-KMS-001", Level.MANDATORY, {}),
        ("RSL-KMS-001", None, {"minimumDays": 30, "protect": True}),
        ("ENC-KMS-002", None, {"maximumDays": 90}),
        ("RSL-RDS-001", None, {"readReplicas": True}),
        ("LP-SG-005", None, {"authorisedTcpPorts": [443]}),
        ("RSL-EKS-009", None, {"allowedInstanceTypes": ["m5.large"], "maximumVcpus": 16}),
        ("RSL-TAGGING-001", None, {"requiredTags": {"Owner": "x", "Environment": "prod", "Project": "p"}}),
        ("RSL-KUBERNETES-001", None, {"minimumCpu": "250m"}),
        ("RSL-KUBERNETES-002", None, {"maximumReplicas": 3}),
        ("RSL-NAMING-001", Level.MANDATORY, {"pattern": "^a"}),
    ],
)
def test_a_stricter_control_needs_none(control_id, level, values):
    assert laxer(load_controls()[control_id], level, values) == []
    assert configured(control_id, level, **values).parameters[control_id].items() >= values.items()


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("2028-01-03", "ENC-KMS-001.until: got 2028-01-03, valid: 2028-01-02 at the latest"),
        ("2027-02-30", "ENC-KMS-001.until: got '2027-02-30', valid: a day of the calendar"),
        ("next year", r"ENC-KMS-001.until: 'next year' does not match"),
        ("  ", r"ENC-KMS-001.until: '  ' does not match"),
    ],
)
def test_an_end_is_a_day_within_a_year(until, says):
    with pytest.raises(ConfigurationError, match=says):
        configured("ENC-KMS-001", Level.ADVISORY, **DECISION | {"until": until})


def key(days):
    properties = {"enableKeyRotation": True, "rotationPeriodInDays": days}
    return Resource("aws:kms/key:Key", "urn:pulumi:s::p::aws:kms/key:Key::k", "k", lambda: (properties, frozenset()))


@pytest.mark.parametrize(("until", "level"), [("2027-01-01", None), ("2026-12-31", Level.MANDATORY)])
def test_after_its_end_the_control_is_itself_again_and_says_so(until, level):
    control = load_controls()["ENC-KMS-002"]
    made = configured(control.id, **DECISION | {"maximumDays": 500, "until": until})
    reports = list(Evaluator([control], made, Exemptions([], TODAY)).on_resource(key(400)))
    assert [report.level for report in reports] == ([level] if level else [])
    for report in reports:
        assert "maximumDays: 500, by default 365, until 2026-12-31 by somebody); that is over" in report.message


@pytest.mark.parametrize(("until", "shown"), [("2027-01-01", True), ("2026-12-31", False)])
def test_a_violation_that_is_known_says_who_accepted_it_and_why(until, shown):
    control = load_controls()["ENC-KMS-002"]
    made = configured(control.id, **DECISION | {"until": until})
    (report,) = Evaluator([control], made, Exemptions([], TODAY)).on_resource(key(400))
    assert report.level is Level.MANDATORY
    assert (f"\nAccepted until {until} by somebody: A test" in report.message) is shown


def test_half_a_decision_is_refused_where_nothing_is_laxer_too():
    with pytest.raises(
        ConfigurationError, match="ENC-KMS-002: owner, until missing; valid: with reason, owner and until"
    ):
        configured("ENC-KMS-002", reason="A test")


def test_every_parameter_has_a_direction_that_is_understood():
    for control in load_controls().values():
        for name, about in control.parameters.items():
            assert about.get("laxer") in (None, "more", "never", True), (control.id, name)
            assert name.startswith(("minimum", "maximum", "internetPrefix", "reuse", "trustPolicy")) or (
                about["type"] not in ("integer", "number")
            ), (control.id, name)


def test_a_list_of_what_is_permitted_is_laxer_with_more_in_it():
    """One that is empty by default, or says that it allows, permits; what else is empty names more to forbid."""
    forbidding = {("RSL-LAMBDA-001", "unsupportedRuntimes"), ("RSL-S3-002", "tags")}
    found = {
        (control.id, name)
        for control in load_controls().values()
        for name, about in control.parameters.items()
        if about["type"] == "array" and about.get("laxer") != "more"
        if not about["default"] or name.startswith(("allowed", "exempt", "authorised", "permitted"))
    }
    assert found == forbidding

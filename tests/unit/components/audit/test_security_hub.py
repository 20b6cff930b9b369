"""Security Hub: whose it is, what it checks against, and who hears of what fails."""

import json

import pytest

from components.audit.security_hub import SecurityHub, SecurityHubArgs
from components.audit.settings import Audit
from tests.recording import record

HUB, STANDARD = "securityhub/account:Account", "securityhub/standardsSubscription:StandardsSubscription"
RULE, TARGET = "cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget"


@pytest.fixture(scope="module")
def hub(context):
    def make(**settings):
        args = SecurityHubArgs(context=context, settings=Audit(**settings), runbook="docs/components/audit.md")
        return record(lambda: SecurityHub("smile-security-hub", args))

    return make


@pytest.mark.requirement("SMILE-AUDIT-08")
def test_a_check_is_one_finding_whichever_standards_ask_for_it(hub):
    assert hub().one(HUB) == {
        "enableDefaultStandards": False,
        "autoEnableControls": True,
        "controlFindingGenerator": "SECURITY_CONTROL",
    }


@pytest.mark.requirement("SMILE-AUDIT-08")
def test_standards_are_those_of_the_settings_once_the_hub_is_there(hub):
    made = hub(standards=("cis-3.0.0",))
    assert made.one(STANDARD)["standardsArn"] == (
        "arn:aws:securityhub:ap-southeast-3::standards/cis-aws-foundations-benchmark/v/3.0.0"
    )
    by_type = {each.type: each for each in made.resources}
    assert by_type[f"aws:{HUB}"].urn in by_type[f"aws:{STANDARD}"].dependencies
    assert set(hub().of(STANDARD)) == {"smile-security-hub-fsbp-1.0.0", "smile-security-hub-cis-3.0.0"}


@pytest.mark.parametrize(
    ("role", "label", "severity"), [("check-critical", "CRITICAL", "critical"), ("check-high", "HIGH", "warning")]
)
def test_a_failed_check_of_its_own_reaches_people_until_they_deal_with_it(hub, context, role, label, severity):
    made = hub()
    rule, target = (made.of(kind)[f"smile-security-hub-{role}"] for kind in (RULE, TARGET))
    assert json.loads(rule["eventPattern"])["detail"]["findings"] == {
        "ProductName": ["Security Hub"],
        "Compliance": {"Status": ["FAILED"]},
        "Severity": {"Label": [label]},
        "Workflow": {"Status": ["NEW"]},
        "RecordState": ["ACTIVE"],
    }
    assert target["arn"] == context.topics[severity]


def test_of_somebody_elses_hub_the_stack_has_the_notices_alone(hub):
    made = hub(security_hub="account")
    assert (made.of(HUB), made.of(STANDARD), len(made.of(RULE))) == ({}, {}, 2)

"""The rules of AWS Config: one pack that AWS takes, and who hears of a resource that breaks one."""

import json

import pytest

from components.audit.conformance_pack import (
    LARGEST_TEMPLATE,
    MOST_RULES,
    ConformancePack,
    ConformancePackArgs,
    ManagedRule,
    template,
)
from settings.config_rules import RULES
from tests.recording import record

PACK, RULE, TARGET = (
    "cfg/conformancePack:ConformancePack",
    "cloudwatch/eventRule:EventRule",
    "cloudwatch/eventTarget:EventTarget",
)
ENCRYPTED = ManagedRule(name="encrypted-volumes", mirrors=("ENC-EBS-001",))
PORTS = ManagedRule(name="open-ports", mirrors=(), parameters={"ports": "443"}, identifier="OTHER_NAME")


@pytest.fixture(scope="module")
def pack(context):
    args = ConformancePackArgs(context=context, rules=[PORTS, ENCRYPTED], runbook="docs/components/audit.md")
    return record(lambda: ConformancePack("smile-conformance", args))


def test_a_rule_is_aws_own_by_its_identifier_with_its_parameters(pack):
    made = pack.one(PACK)
    assert made["name"] == "smile-prod-controls"
    rules = json.loads(made["templateBody"])["Resources"]
    assert rules == {
        "EncryptedVolumes": {
            "Type": "AWS::Config::ConfigRule",
            "Properties": {
                "ConfigRuleName": "encrypted-volumes",
                "Source": {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"},
            },
        },
        "OpenPorts": {
            "Type": "AWS::Config::ConfigRule",
            "Properties": {
                "ConfigRuleName": "open-ports",
                "Source": {"Owner": "AWS", "SourceIdentifier": "OTHER_NAME"},
                "InputParameters": {"ports": "443"},
            },
        },
    }


def test_the_order_of_rules_is_no_change():
    assert template([PORTS, ENCRYPTED]) == template([ENCRYPTED, PORTS])


def test_all_rules_fit_into_one_pack():
    assert len(RULES) <= MOST_RULES
    assert len(template(RULES).encode()) <= LARGEST_TEMPLATE
    assert len(json.loads(template(RULES))["Resources"]) == len(RULES)


@pytest.mark.requirement("SMILE-AUDIT-08")
def test_people_hear_of_a_resource_that_begins_to_break_a_rule_but_of_security_hubs(pack, context):
    detail = json.loads(pack.one(RULE)["eventPattern"])["detail"]
    assert detail["newEvaluationResult"] == {"complianceType": ["NON_COMPLIANT"]}
    assert detail["configRuleName"] == [{"anything-but": {"prefix": "securityhub-"}}]
    target = pack.one(TARGET)
    assert target["arn"] == context.topics["warning"]
    assert "See docs/components/audit.md" in target["inputTransformer"]["inputTemplate"]

"""A control says the same of a policy document, a managed policy or a rule wherever the provider lets it be written."""

import pytest

from guardrails.engine.packs import load_controls
from guardrails.testing import judge
from offline.schema.catalogue import resource_tokens, resource_type
from tests.policies.conftest import load_fixtures

SDK = set(resource_tokens("aws"))
DOCUMENTS = {
    "aws:iam/role:Role": lambda value: {"inlinePolicies": [{"name": "a", "policy": value}]},
    "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy": lambda value: {"inlinePolicy": value},
    **dict.fromkeys(
        sorted(each for each in SDK if "policy" in resource_type(each).inputs), lambda value: {"policy": value}
    ),
}
"""Type -> properties with a policy document, by the installed SDK."""
ATTACHED = {
    **{
        f"aws:iam/{who}PolicyAttachment:{who.title()}PolicyAttachment": lambda value: {"policyArn": value}
        for who in ("role", "user", "group")
    },
    **{
        f"aws:iam/{who}PolicyAttachmentsExclusive:{who.title()}PolicyAttachmentsExclusive": lambda value: {
            "policyArns": ["arn:aws:iam::aws:policy/job-function/Billing", value]
        }
        for who in ("role", "user", "group")
    },
    "aws:iam/policyAttachment:PolicyAttachment": lambda value: {"policyArn": value, "roles": ["a"]},
    "aws:iam/role:Role": lambda value: {"managedPolicyArns": [value]},
    "aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment": lambda value: {"managedPolicyArn": value},
    "aws:ssoadmin/managedPolicyAttachmentsExclusive:ManagedPolicyAttachmentsExclusive": lambda value: {
        "managedPolicyArns": [value]
    },
}
RULES = {
    "aws:vpc/securityGroup{way}Rule:SecurityGroup{way}Rule": lambda rule, _: rule | {"cidrIpv4": rule["cidr"]},
    "aws:ec2/securityGroupRule:SecurityGroupRule": lambda rule, way: flat(rule) | {"type": way.lower()},
    "aws:ec2/securityGroup:SecurityGroup": lambda rule, way: {way.lower(): [flat(rule)]},
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": lambda rule, way: {way.lower(): [flat(rule)]},
}


def flat(rule):
    return {
        "protocol": rule["ipProtocol"],
        "fromPort": rule["fromPort"],
        "toPort": rule["toPort"],
        "cidrBlocks": [rule["cidr"]],
        "description": rule.get("description"),
    }


APART = {"LP-IAM-020", "LP-IAM-032", "ENC-S3-006", "LP-SECRETSMANAGER-001"}
"""Of a type's quota; of inline policies only; of a policy beside a bucket's encryption; of a policy's own switch."""


def cases(control_id):
    """The cases of a control with nothing but a document, and whether they violate it."""
    for kind in ("violating", "compliant"):
        for case in load_fixtures()[control_id][kind]:
            if list(case.get("properties", ())) == ["policy"]:
                yield case, kind == "violating"


@pytest.mark.parametrize("control_id", [each for each in load_controls() if each not in APART and any(cases(each))])
def test_a_document_is_judged_in_each_type_that_holds_one(control_id):
    for case, violates in cases(control_id):
        document = case["properties"]["policy"]
        said = {
            each: bool(judge(control_id, {**case, "type": each, "properties": DOCUMENTS[each](document)}).violations)
            for each in load_controls()[control_id].types
            if each in DOCUMENTS
        }
        assert said == dict.fromkeys(said, violates)


@pytest.mark.parametrize("attached", ATTACHED)
@pytest.mark.parametrize(
    ("control_id", "policy"),
    [("LP-IAM-021", "AdministratorAccess"), ("LP-IAM-022", "IAMFullAccess"), ("LP-IAM-023", "AmazonS3FullAccess")],
)
def test_a_managed_policy_is_judged_however_it_is_attached(control_id, policy, attached):
    for name, found in ((policy, True), ("job-function/Billing", False)):
        properties = ATTACHED[attached](f"arn:aws:iam::aws:policy/{name}")
        assert bool(judge(control_id, {"type": attached, "properties": properties}).violations) == found


def forms(control_id, way, rule):
    """By each form of a rule, whether the control finds it."""
    return {
        form: bool(judge(control_id, {"type": form.format(way=way), "properties": write(rule, way)}).violations)
        for form, write in RULES.items()
    }


ANYWHERE, INSIDE = "0.0.0.0/0", "10.0.0.0/16"


@pytest.mark.parametrize(
    ("control_id", "way", "ports", "cidr", "expected"),
    [
        ("LP-SG-001", "Ingress", (22, 22), ANYWHERE, True),
        ("LP-SG-001", "Ingress", (22, 22), INSIDE, False),
        ("LP-SG-003", "Ingress", (80, 80), ANYWHERE, True),
        ("LP-SG-003", "Ingress", (80, 80), INSIDE, False),
        ("LP-SG-004", "Ingress", (0, 65535), ANYWHERE, True),
        ("LP-SG-004", "Ingress", (0, 65535), INSIDE, False),
        ("LP-SG-005", "Ingress", (8443, 8443), ANYWHERE, True),
        ("LP-SG-005", "Ingress", (443, 443), ANYWHERE, False),
        ("LP-SG-006", "Ingress", (3389, 3389), ANYWHERE, True),
        ("LP-SG-006", "Ingress", (3389, 3389), INSIDE, False),
        ("LP-SG-007", "Ingress", (5432, 5432), INSIDE, True),
        ("LP-SG-007", "Ingress", (443, 443), INSIDE, False),
        ("LP-SG-008", "Egress", (0, 65535), ANYWHERE, True),
        ("LP-SG-008", "Egress", (443, 443), ANYWHERE, False),
    ],
)
def test_a_rule_of_a_security_group_is_judged_in_each_form(control_id, way, ports, cidr, expected):
    rule = {"ipProtocol": "tcp", "fromPort": ports[0], "toPort": ports[1], "cidr": cidr, "description": "why"}
    assert forms(control_id, way, rule) == dict.fromkeys(RULES, expected)

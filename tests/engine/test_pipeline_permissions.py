"""The pipeline may do what it must by all policies together: its own, its boundary, and those of the resources."""

from functools import cache

import pytest
from judgement import changed, judged
from lives import STACKS, looks_at
from pipeline_needs import requests

MEANT = ("NoEndOfWhatLasts", "DenyDeletion")
"""Ends of what lasts are for an administrator."""
UNCLEAR = {
    *("backup:ListTags", "backup:TagResource", "backup:UntagResource"),
    *("kinesis:ListTagsForResource", "kinesis:TagResource", "kinesis:UntagResource"),
    *("elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags", "sns:Subscribe"),
}
"""The simulator doesn't know which of several types the ARN is, or it is that of what the action makes in another;
test_deployment_roles.py looks at their ARNs."""


@cache
def asked(life):
    found = judged(life)
    return found, list(requests(found.stack, found.stack.state.roles[f"smile-{life.stack}-deploy"]))


def missing(found, wanted, bodies):
    """Request -> why it isn't allowed, but for what isn't meant to be."""
    answers = zip(wanted, found.ask(wanted, bodies), strict=True)
    why = {str(each): answer.why for each, answer in answers if answer.why and each.action not in UNCLEAR}
    return {each: said for each, said in why.items() if not any(statement in said for statement in MEANT)}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_pipeline_may_do_what_the_stack_takes_by_all_policies_together(life):
    found, wanted = asked(life)
    assert len(wanted) > 400
    assert missing(found, wanted, found.policies.bodies) == {}


@looks_at("prod")
@pytest.mark.parametrize(
    ("policy", "belongs", "action"),
    [
        (
            "delivery-data",
            lambda each: each["Action"][0].startswith("elasticache:"),
            "elasticache:CreateReplicationGroup",
        ),
        ("delivery-edge", lambda each: each["Sid"] == "DeliverLogs", "cloudfront:AllowVendedLogDeliveryForResource"),
        ("delivery-edge", lambda each: each["Sid"] == "CloudFrontsFirewall", "wafv2:UpdateWebACL"),
        ("delivery-roles", lambda each: each["Sid"] == "PassRolesToServices", "iam:PassRole"),
        ("delivery-roles", lambda each: each["Sid"] == "ServicesMakeTheirOwnRoles", "iam:CreateServiceLinkedRole"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dropped_part_of_the_pipeline_is_missing_by_name(life, policy, belongs, action):
    found, wanted = asked(life)

    def drop(by_sid):
        (statement,) = (each for each in by_sid.values() if belongs(each))
        statement["Action"] = ["s3:ListAllMyBuckets"]
        statement["Resource"] = ["*"]

    bodies = changed(found.policies.bodies, f"smile-prod-{policy}", drop)
    service = action.partition(":")[0]
    lost = missing(found, [each for each in wanted if each.action.startswith(f"{service}:")], bodies)
    assert any(each.startswith(f"smile-prod-deploy: {action} on ") for each in lost)
    assert set(lost.values()) == {"not allowed by the role's policies"}

"""The life of a stack of a program in ``platforms/``: made with all packs, unchanged, refreshed, destroyed."""

import json

from cli.preview import policy_arguments
from cli.program import program_of

ABROAD = {
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
}
"""What CloudFront wants in us-east-1."""


def lives_and_dies(offline, folder, stack):
    """Its resources, as they were once they were made."""
    packs = policy_arguments(stack, program=program_of(folder.name))
    said = offline.succeeds("up", "--stack", stack, "--yes", "--skip-preview", *packs)
    assert "Policies:" in said
    assert "[mandatory]" not in said
    assert "can't be decided before deployment" not in said
    resources = offline.resources(stack)
    check_place(resources)
    offline.succeeds("up", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes")
    offline.succeeds("refresh", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes")
    offline.succeeds("destroy", "--stack", stack, "--yes", "--skip-preview")
    assert [each["type"] for each in offline.resources(stack)] in ([], ["pulumi:pulumi:Stack"])
    return resources


def check_place(resources):
    """Jakarta and, for what CloudFront wants there, us-east-1; nothing of SMILE."""
    own = [each for each in resources if each["type"].startswith("aws:")]
    text = json.dumps([(each["urn"], each.get("inputs")) for each in own])
    assert "smile" not in text.lower()
    assert {each["type"] for each in own if each.get("inputs", {}).get("region") == "us-east-1"} <= ABROAD
    regions = {each.get("inputs", {}).get("region") for each in own}
    assert regions <= {None, "ap-southeast-3", "us-east-1"}

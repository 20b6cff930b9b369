"""What a component shows of a policy document is the document, with where its unknown values come from."""

import json

import pulumi
from pulumi_aws import iam, kms

from components.core.iam import Statement, document
from components.core.policy_outline import outline
from tests.recording import record


def test_an_outline_is_the_document_and_says_where_each_value_comes_from():
    shown = {}

    def program():
        key = kms.Key("data")
        parts = [key.arn, key.arn.apply(lambda arn: f"{arn}/part"), "arn:aws:kms:ap-southeast-3:123456789012:key/1"]
        statements = [Statement(sid="Decrypt", actions=["kms:Decrypt"], resources=parts)]
        policy = iam.Policy("by-id", policy=document(*statements))
        return pulumi.Output.from_input(outline(policy, "policy", statements)).apply(shown.update)

    (policy,) = record(program).of("iam/policy:Policy").values()
    (statement,) = shown["document"]["Statement"]
    derived, written = statement["Resource"][:2], statement["Resource"][2]
    assert [[urn.rpartition("$")[2] for urn in each["from"]] for each in derived] == [["aws:kms/key:Key::data"]] * 2
    statement["Resource"] = [*(each["value"] for each in derived), written]
    assert shown["document"] == json.loads(policy["policy"])
    assert shown["resource"].endswith("aws:iam/policy:Policy::by-id")
    assert shown["property"] == "policy"

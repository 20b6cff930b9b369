"""Invokes answer from the cloud first, then from what is well known of AWS."""

import json
from typing import Any

import pytest

from offline.provider import OfflineError, Target
from offline.providers.aws import Aws


def call(aws: Aws, token: str, **arguments: Any) -> dict[str, Any]:
    module, name = token.split("/")
    result, failures = aws.invoke(f"aws:{module}/{name}:{name}", arguments, {"region": "ap-southeast-3"})
    assert not failures
    return result


def create(aws: Aws, type_: str, logical: str, /, **inputs: Any) -> str:
    target = Target(urn=f"urn:pulumi:dev::test::{type_}::{logical}", config={}, seed=b"s")
    checked, _ = aws.check(target, {}, inputs)
    return aws.create(target, checked, preview=False)[0]


def test_jakarta_has_three_zones(aws: Aws) -> None:
    zones = call(aws, "index/getAvailabilityZones", state="available")
    assert zones["names"] == ["ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c"]
    assert zones["zoneIds"] == ["apse3-az1", "apse3-az2", "apse3-az3"]


def test_the_account_is_that_of_the_provider(aws: Aws) -> None:
    result, _ = aws.invoke("aws:index/getCallerIdentity:getCallerIdentity", {}, {"allowedAccountIds": ["210987654321"]})
    assert result["accountId"] == "210987654321"


def test_a_vpc_is_found_by_its_tags_and_its_subnets_by_a_filter(aws: Aws) -> None:
    create(aws, "aws:ec2/vpc:Vpc", "other", cidrBlock="10.8.0.0/16", tags={"Name": "other"})
    vpc = create(aws, "aws:ec2/vpc:Vpc", "vpc", cidrBlock="10.0.0.0/16", tags={"Name": "smile"})
    subnets = [
        create(aws, "aws:ec2/subnet:Subnet", f"s{i}", vpcId=vpc, cidrBlock=f"10.0.{i}.0/24", tags={"Tier": "private"})
        for i in range(2)
    ]
    create(aws, "aws:ec2/subnet:Subnet", "public", vpcId=vpc, cidrBlock="10.0.9.0/24")
    assert call(aws, "ec2/getVpc", tags={"Name": "smile"})["id"] == vpc
    assert call(aws, "ec2/getVpc", id=vpc)["cidrBlock"] == "10.0.0.0/16"
    filters = [{"name": "vpc-id", "values": [vpc]}, {"name": "tag:Tier", "values": ["priv*"]}]
    assert call(aws, "ec2/getSubnets", filters=filters)["ids"] == subnets


def test_what_a_lookup_made_up_can_be_referred_to(aws: Aws) -> None:
    vpc = call(aws, "ec2/getVpc", default=True)["id"]
    assert create(aws, "aws:ec2/securityGroup:SecurityGroup", "group", vpcId=vpc, name="group").startswith("sg-")


def test_a_parameter_of_the_program_is_read_back(aws: Aws) -> None:
    create(aws, "aws:ssm/parameter:Parameter", "p", name="/smile/version", type="String", value="42")
    assert call(aws, "ssm/getParameter", name="/smile/version")["value"] == "42"


def test_wrong_arguments_are_named(aws: Aws) -> None:
    _, failures = aws.invoke("aws:ec2/getVpc:getVpc", {"identifier": "vpc-1"}, {})
    assert [failure.property for failure in failures] == ["identifier"]


def test_a_policy_document_reads_as_the_provider_renders_it(aws: Aws) -> None:
    statements = [
        {
            "sid": "Read",
            "actions": ["s3:GetObject", "s3:ListBucket"],
            "resources": ["arn:aws:s3:::b/&{aws:username}"],
            "principals": [
                {"type": "AWS", "identifiers": ["arn:aws:iam::1:root"]},
                {"type": "Service", "identifiers": ["a.amazonaws.com", "b.amazonaws.com"]},
            ],
            "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
        },
        {
            "effect": "Deny",
            "notActions": ["iam:*"],
            "resources": ["*"],
            "principals": [{"type": "*", "identifiers": ["*"]}],
        },
    ]
    document = json.loads(call(aws, "iam/getPolicyDocument", statements=statements)["json"])
    assert document == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetObject"],
                "Resource": "arn:aws:s3:::b/${aws:username}",
                "Principal": {"AWS": "arn:aws:iam::1:root", "Service": ["b.amazonaws.com", "a.amazonaws.com"]},
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            },
            {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*", "Principal": "*"},
        ],
    }


def test_policy_documents_merge_by_sid(aws: Aws) -> None:
    base = call(aws, "iam/getPolicyDocument", statements=[{"sid": "A", "actions": ["a:*"], "resources": ["*"]}])["json"]
    other = [{"sid": "A", "actions": ["b:*"], "resources": ["*"]}, {"sid": "B", "actions": ["c:*"], "resources": ["*"]}]
    merged = call(aws, "iam/getPolicyDocument", overridePolicyDocuments=[base], statements=other)
    assert [item["Action"] for item in json.loads(merged["json"])["Statement"]] == ["a:*", "c:*"]
    with pytest.raises(OfflineError, match="duplicate Sid"):
        call(aws, "iam/getPolicyDocument", statements=[other[0], other[0]])


def test_an_image_says_what_its_root_disk_is_called(aws: Aws) -> None:
    (disk,) = call(aws, "ec2/getAmi", mostRecent=True, owners=["amazon"])["blockDeviceMappings"]
    assert disk["deviceName"] == "/dev/xvda"
    assert disk["ebs"]["volumeType"] == "gp3"

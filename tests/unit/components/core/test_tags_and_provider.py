"""One provider, one Region, one account; tags on everything that takes them."""

import pulumi
import pytest

from components.core.provider import aws_provider
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.network.network import Network
from tests.recording import record

DEFAULTS = {"Project": "smile5", "Environment": "prod", "ManagedBy": "pulumi", "Owner": "smile-platform"}
WITHOUT_TAGS = {
    "aws:ec2/networkAclAssociation:NetworkAclAssociation",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:kms/alias:Alias",
}


@pytest.fixture(scope="module")
def program(environment, network_args):
    def make():
        provider = aws_provider(environment, DEFAULTS)
        options = pulumi.ResourceOptions(provider=provider)
        EncryptionKeys("smile", EncryptionKeysArgs(environment=environment), options)
        Network("smile", network_args(), options)

    return record(make)


@pytest.mark.requirement("SMILE-GEN-01")
def test_every_resource_is_made_by_the_one_provider_in_jakarta(program):
    (provider,) = [each for each in program.resources if each.type == "pulumi:providers:aws"]
    assert provider.inputs["region"] == "ap-southeast-3"
    assert provider.inputs["allowedAccountIds"] == '["123456789012"]'
    made = [each for each in program.resources if each.type.startswith("aws:")]
    assert len(made) > 100
    assert {each.provider.split("::")[-2] for each in made} == {provider.name}
    assert not [each.name for each in made if "region" in each.inputs]


@pytest.mark.requirement("SMILE-GEN-06")
def test_every_taggable_resource_carries_the_six_tags(program):
    (provider,) = [each for each in program.resources if each.type == "pulumi:providers:aws"]
    for name, value in DEFAULTS.items():
        assert f'"{name}":"{value}"' in provider.inputs["defaultTags"].replace(" ", "")
    made = [each for each in program.resources if each.type.startswith("aws:")]
    untagged = {each.type for each in made if "tags" not in each.inputs}
    assert untagged <= WITHOUT_TAGS
    for each in made:
        if each.type not in WITHOUT_TAGS:
            assert each.inputs["tags"]["Component"] in {"network", "encryption"}
            assert each.inputs["tags"]["DataClass"] in {"internal", "confidential", "personal"}
            assert each.inputs["tags"]["Name"].startswith("smile-prod-")

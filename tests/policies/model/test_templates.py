"""Resources of templates are those of Pulumi's types that say the same; what a function gives is not known."""

import json

import pytest

from guardrails.model.resource import Resource
from guardrails.model.templates import parts_of
from guardrails.model.values import UNKNOWN
from offline.schema.catalogue import resource_tokens, resource_type


def parts(type_, **properties):
    whole = Resource(type_, "urn", "a", lambda: (properties, frozenset()))
    return [(path, part.type, part.properties) for path, part in parts_of(whole)]


def stack(described):
    return parts("aws:cloudformation/stack:Stack", templateBody=json.dumps({"Resources": {"A": described}}))


def test_names_are_pulumis_and_documents_keep_theirs():
    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Ref": "Role"}}}]}
    described = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": policy, "Policies": [{"PolicyName": "a", "PolicyDocument": policy}]},
    }
    known = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": UNKNOWN}}]}
    assert stack(described) == [
        (
            "templateBody.Resources.A.Properties",
            "aws:iam/role:Role",
            {"assumeRolePolicy": known, "inlinePolicies": [{"policyName": "a", "policy": known}]},
        )
    ]


def test_ranges_of_a_security_group_are_lists_and_texts_of_switches_are_switches():
    rule = {"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0", "FromPort": 22, "ToPort": 22}
    ((_, _, group),) = stack({"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [rule]}})
    assert group == {"ingress": [{"protocol": "tcp", "cidrBlocks": ["0.0.0.0/0"], "fromPort": 22, "toPort": 22}]}
    ((_, _, volume),) = stack(
        {"Type": "AWS::EC2::Volume", "Properties": {"Encrypted": "true", "KmsKeyId": {"Ref": "K"}}}
    )
    assert volume == {"encrypted": True, "kmsKeyId": UNKNOWN}


def test_cloud_control_makes_what_its_type_says():
    text = json.dumps({"Encrypted": False})
    made = parts("aws:cloudcontrol/resource:Resource", typeName="AWS::EC2::Volume", desiredState=text)
    assert made == [("desiredState", "aws:ebs/volume:Volume", {"encrypted": False})]


@pytest.mark.parametrize(
    "described",
    [
        {"Type": "AWS::Other::Thing", "Properties": {}},
        {"Type": 5},
        [],
        "A",
        {"Type": "AWS::EC2::Volume", "Properties": 5},
    ],
)
def test_what_has_no_meaning_here_is_left_out(described):
    assert stack(described) == []


def test_every_meaning_is_a_type_of_the_sdk_with_the_names_that_it_is_given():
    from guardrails.model.templates import _MEANINGS

    for meaning in _MEANINGS.values():
        assert meaning.type in set(resource_tokens("aws"))
        inputs = resource_type(meaning.type).inputs
        nested = {name for about in inputs.values() for name in getattr(about.items or about, "properties", {})}
        assert set(meaning.names.values()) <= inputs.keys() | nested, meaning.type

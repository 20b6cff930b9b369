"""What CloudFormation and Cloud Control make: their resources as the types of Pulumi's that mean the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from guardrails.model.documents import document_in
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN

_TEMPLATES = frozenset({"aws:cloudformation/stack:Stack", "aws:cloudformation/stackSet:StackSet"})
_CLOUD_CONTROL = "aws:cloudcontrol/resource:Resource"
DESCRIBES_OTHERS = (*sorted(_TEMPLATES), _CLOUD_CONTROL)
"""Types that make resources which they describe in a text, in CloudFormation's words."""


class _Meaning(NamedTuple):
    """The type of Pulumi's that a resource of CloudFormation is, and the names that differ in more than their case."""

    type: str
    names: Mapping[str, str] = {}


_POLICY = {"PolicyDocument": "policy"}
_MEANINGS = {
    "AWS::EC2::SecurityGroup": _Meaning(
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "SecurityGroupIngress": "ingress",
            "SecurityGroupEgress": "egress",
            "IpProtocol": "protocol",
            "CidrIp": "cidrBlocks",
            "CidrIpv6": "ipv6CidrBlocks",
        },
    ),
    "AWS::EC2::SecurityGroupIngress": _Meaning(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", {"CidrIp": "cidrIpv4"}
    ),
    "AWS::EC2::Volume": _Meaning("aws:ebs/volume:Volume"),
    "AWS::EFS::FileSystem": _Meaning("aws:efs/fileSystem:FileSystem"),
    "AWS::ElastiCache::ReplicationGroup": _Meaning("aws:elasticache/replicationGroup:ReplicationGroup"),
    "AWS::IAM::ManagedPolicy": _Meaning("aws:iam/policy:Policy", _POLICY),
    "AWS::IAM::Policy": _Meaning("aws:iam/policy:Policy", _POLICY),
    "AWS::IAM::Role": _Meaning(
        "aws:iam/role:Role",
        {"AssumeRolePolicyDocument": "assumeRolePolicy", "Policies": "inlinePolicies", **_POLICY},
    ),
    "AWS::KMS::Key": _Meaning("aws:kms/key:Key", {"KeyPolicy": "policy"}),
    "AWS::Lambda::Permission": _Meaning("aws:lambda/permission:Permission", {"FunctionName": "function"}),
    "AWS::Lambda::Url": _Meaning("aws:lambda/functionUrl:FunctionUrl", {"AuthType": "authorizationType"}),
    "AWS::RDS::DBInstance": _Meaning(
        "aws:rds/instance:Instance",
        {
            "DBInstanceClass": "instanceClass",
            "MasterUsername": "username",
            "MasterUserPassword": "password",
            "MultiAZ": "multiAz",
        },
    ),
    "AWS::S3::BucketPolicy": _Meaning("aws:s3/bucketPolicy:BucketPolicy", _POLICY),
    "AWS::SNS::TopicPolicy": _Meaning("aws:sns/topicPolicy:TopicPolicy", _POLICY),
    "AWS::SQS::QueuePolicy": _Meaning("aws:sqs/queuePolicy:QueuePolicy", _POLICY),
}
"""Types of CloudFormation whose properties say what those of Pulumi's type say, but for their names."""


def parts_of(resource: Resource) -> Iterator[tuple[str, Resource]]:
    """The resources that a stack, a stack set or Cloud Control makes, with the path at which each is described."""
    if resource.type == _CLOUD_CONTROL:
        yield from _part(resource, "desiredState", resource.raw("typeName"), _body(resource, "desiredState"))
    elif resource.type in _TEMPLATES:
        body = _body(resource, "templateBody")
        described: Any = body.get("Resources") if isinstance(body, dict) else None
        for name, about in described.items() if isinstance(described, dict) else ():
            if isinstance(about, dict):
                path = f"templateBody.Resources.{name}.Properties"
                yield from _part(resource, path, about.get("Type"), about.get("Properties", {}))


def _body(resource: Resource, path: str) -> Any:
    text = resource.raw(path)
    return document_in(text, path) if isinstance(text, str) else None


def _part(whole: Resource, path: str, type_: object, described: object) -> Iterator[tuple[str, Resource]]:
    meaning = _MEANINGS.get(type_) if isinstance(type_, str) else None
    if meaning is not None and isinstance(described, dict):
        properties = _translated(described, meaning.names)
        yield (
            path,
            Resource(
                meaning.type,
                whole.urn,
                whole.name,
                partial(tuple, (properties, frozenset[str]())),
                provider=whole.provider,
            ),
        )


def _translated(value: Any, names: Mapping[str, str]) -> Any:
    """The properties under Pulumi's names; documents keep theirs, and what a function gives is not known."""
    if isinstance(value, list):
        return [_translated(each, names) for each in value]
    if not isinstance(value, dict):
        return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
    if "Statement" in value or _is_function(value):
        return _resolved(value)
    found = {names.get(key, key[:1].lower() + key[1:]): _translated(each, names) for key, each in value.items()}
    return found | {name: [found[name]] for name in ("cidrBlocks", "ipv6CidrBlocks") if name in found}


def _resolved(value: Any) -> Any:
    """A value without functions of CloudFormation: the text of Fn::Sub, unknown for any other."""
    match value:
        case dict() if _is_function(value):
            text = value.get("Fn::Sub")
            return text if isinstance(text, str) else UNKNOWN
        case dict():
            return {key: _resolved(each) for key, each in value.items()}
        case list():
            return [_resolved(each) for each in value]
        case _:
            return value


def _is_function(value: dict[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))

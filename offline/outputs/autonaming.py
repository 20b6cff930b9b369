"""Names that the provider generates when a program gives none: logical name, separator, random suffix.

The AWS bridge names every resource with an input called `name`, and a few whose naming property is called otherwise.
The same random seed (the engine sends one with each Check) gives the same name in the preview and the update.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from offline.provider import Target
from offline.schema.catalogue import ResourceType

_HEX: Final = "0123456789abcdef"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
AUTONAMED: Final = "__defaults"
"""Input that lists which properties the provider filled in, as the bridge records it."""


class NamingError(ValueError):
    """No name could be generated for `property`."""

    def __init__(self, property_: str, message: str) -> None:
        super().__init__(message)
        self.property = property_


def _as_is(name: str) -> str:
    return name


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How one property is named: longest length in characters, separator, suffix length and alphabet."""

    property: str = "name"
    longest: int = 255
    separator: str = "-"
    suffix: int = 7
    alphabet: str = _HEX
    transform: Callable[[str], str] = _as_is
    prefix: str = ""
    fifo_flag: str = ""  # boolean input that requires the name to end in `.fifo`


_WORD = Rule(separator="_", suffix=8, alphabet=_LETTERS)
_LOWER_WORD = Rule(separator="_", suffix=8, alphabet=_LETTERS, transform=str.lower)
_KEY = Rule(property="key", separator="", suffix=0, longest=1024)
_BUCKET = Rule(property="bucket", longest=63, transform=str.lower)

# Where the bridge departs from `name` of at most 255 characters (pulumi-aws 7).
_SPECIAL: Final[dict[str, Rule | None]] = {
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": Rule(separator="_"),
    "aws:cloudwatch/eventRule:EventRule": Rule(longest=64),
    "aws:cloudwatch/eventTarget:EventTarget": Rule(property="targetId"),
    "aws:codedeploy/deploymentConfig:DeploymentConfig": Rule(
        property="deploymentConfigName", separator="_", longest=100
    ),
    "aws:ec2/keyPair:KeyPair": Rule(property="keyName"),
    "aws:efs/fileSystem:FileSystem": Rule(property="creationToken"),
    "aws:eks/fargateProfile:FargateProfile": Rule(property="fargateProfileName"),
    "aws:eks/nodeGroup:NodeGroup": Rule(property="nodeGroupName"),
    "aws:elasticache/cluster:Cluster": Rule(property="clusterId", longest=50, transform=str.lower),
    "aws:elasticache/replicationGroup:ReplicationGroup": Rule(
        property="replicationGroupId", longest=40, transform=str.lower
    ),
    "aws:elasticbeanstalk/environment:Environment": Rule(longest=40),
    "aws:elasticsearch/domain:Domain": Rule(property="domainName", longest=28, transform=str.lower),
    "aws:glue/catalogDatabase:CatalogDatabase": _LOWER_WORD,
    "aws:glue/catalogTable:CatalogTable": _LOWER_WORD,
    "aws:iam/role:Role": Rule(longest=64),
    "aws:iot/topicRule:TopicRule": Rule(separator="_"),
    "aws:kms/alias:Alias": Rule(longest=238, prefix="alias/"),
    "aws:lambda/function:Function": Rule(longest=64),
    "aws:lambda/permission:Permission": Rule(property="statementId", longest=100),
    "aws:lex/bot:Bot": _WORD,
    "aws:lex/botAlias:BotAlias": _WORD,
    "aws:lex/intent:Intent": _WORD,
    "aws:lex/slotType:SlotType": _WORD,
    "aws:mq/broker:Broker": Rule(property="brokerName", longest=55),
    "aws:msk/cluster:Cluster": Rule(property="clusterName"),
    "aws:msk/serverlessCluster:ServerlessCluster": Rule(property="clusterName"),
    "aws:opensearch/domain:Domain": Rule(property="domainName"),
    "aws:rds/instance:Instance": Rule(property="identifier"),
    "aws:route53/record:Record": None,  # its name is the DNS name
    "aws:s3/bucket:Bucket": _BUCKET,
    "aws:s3/bucketObject:BucketObject": _KEY,
    "aws:s3/bucketObjectv2:BucketObjectv2": _KEY,
    "aws:s3/bucketV2:BucketV2": _BUCKET,
    "aws:sns/topic:Topic": Rule(longest=80, fifo_flag="fifoTopic"),
    "aws:sqs/queue:Queue": Rule(longest=80, fifo_flag="fifoQueue"),
    "aws:lb/loadBalancer:LoadBalancer": Rule(longest=32),
    "aws:lb/targetGroup:TargetGroup": Rule(longest=32),
    "aws:alb/loadBalancer:LoadBalancer": Rule(longest=32),
    "aws:alb/targetGroup:TargetGroup": Rule(longest=32),
    "aws:elb/loadBalancer:LoadBalancer": Rule(longest=32),
}


def rule_for(kind: ResourceType) -> Rule | None:
    """The naming rule of a resource type, or None where the provider generates none."""
    rule = _SPECIAL.get(kind.token, Rule())
    if rule is None:
        return None
    prop = kind.inputs.get(rule.property)
    return rule if prop is not None and prop.kind == "string" and not prop.required else None


def fill_in(kind: ResourceType, target: Target, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Add the generated name to `new`: the one in `old` if the provider generated that too, else a fresh one.

    Raises NamingError.
    """
    rule = rule_for(kind)
    if rule is None or rule.property in new or f"{rule.property}Prefix" in new:
        return
    if rule.property in old.get(AUTONAMED, ()) and rule.property in old:
        new[rule.property] = old[rule.property]
    elif target.naming_off:
        raise NamingError(rule.property, f"automatic naming is disabled, so {rule.property!r} must be set")
    else:
        new[rule.property] = target.proposed_name or _fresh(rule, target.name, target.seed, new)
    new[AUTONAMED] = [rule.property]


def _fresh(rule: Rule, logical_name: str, seed: bytes, properties: dict[str, Any]) -> str:
    start = rule.transform(logical_name) + rule.separator
    ending = ".fifo" if rule.fifo_flag and properties.get(rule.fifo_flag) is True else ""
    if len(start) + rule.suffix > rule.longest:
        raise NamingError(
            rule.property,
            f"name {start!r} plus {rule.suffix} random chars is longer than maximum length {rule.longest}; "
            f"shorten the resource's name or set {rule.property!r}",
        )
    digest = hashlib.sha256(seed + start.encode()).digest()
    suffix = "".join(rule.alphabet[byte % len(rule.alphabet)] for byte in digest[: rule.suffix])
    name = start + suffix + ending
    return name if name.startswith(rule.prefix) else rule.prefix + name

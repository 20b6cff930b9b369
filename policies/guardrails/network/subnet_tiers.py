"""The tier of subnets and security groups: by what uses them, else by their tags and names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import lru_cache

from guardrails.model.relations import all_named, named
from guardrails.model.resource import Resource, Stack
from guardrails.network.firewall_syntax import DEFAULT_SECURITY_GROUP, SECURITY_GROUP
from guardrails.services.load_balancers import EVERY_LOAD_BALANCER

VPC = "aws:ec2/vpc:Vpc"
DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
VPCS = (VPC, DEFAULT_VPC)
SUBNET = "aws:ec2/subnet:Subnet"
_GROUPS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)

_SUBNET_GROUPS = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:memorydb/subnetGroup:SubnetGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:neptune/subnetGroup:SubnetGroup",
    "aws:redshift/subnetGroup:SubnetGroup",
    "aws:dax/subnetGroup:SubnetGroup",
)
_DATA_STORES = {
    "vpcSecurityGroupIds": (
        "aws:rds/instance:Instance",
        "aws:rds/cluster:Cluster",
        "aws:rds/proxy:Proxy",
        "aws:docdb/cluster:Cluster",
        "aws:neptune/cluster:Cluster",
        "aws:redshift/cluster:Cluster",
    ),
    "securityGroupIds": (
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "aws:elasticache/cluster:Cluster",
        "aws:elasticache/serverlessCache:ServerlessCache",
        "aws:memorydb/cluster:Cluster",
        "aws:dax/cluster:Cluster",
    ),
    "securityGroups": ("aws:efs/mountTarget:MountTarget", "aws:mq/broker:Broker"),
    "brokerNodeGroupInfo.securityGroups": ("aws:msk/cluster:Cluster",),
    "vpcOptions.securityGroupIds": ("aws:opensearch/domain:Domain", "aws:elasticsearch/domain:Domain"),
}


class Tier(StrEnum):
    """The parts of a network that differ in who reaches them."""

    PUBLIC = "public"
    PRIVATE = "private"
    DATA = "data"


_TIER_TAGS = ("tier", "subnettype", "aws-cdk:subnet-type")
_HINTS = {
    Tier.PUBLIC: {"public", "dmz"},  # first, for a public subnet of the data team is public
    Tier.DATA: {"data", "database", "databases", "db", "isolated", "rds"},
    Tier.PRIVATE: {"private"},
}


def meant_tier(subnet: Resource, stack: Stack, excluded: tuple[str, ...] = ()) -> Tier | None:
    """What a subnet was made for: the data stores in it tell, else its tags and name; None when nothing does.

    Subnet groups of the types in ``excluded`` do not count: their stores live in subnets of another tier.
    """
    return Tier.DATA if subnet.urn in data_subnets(stack, excluded) else _hinted_tier(subnet)


@lru_cache(maxsize=2)
def data_subnets(stack: Stack, excluded: tuple[str, ...] = ()) -> frozenset[str]:
    """The URNs of the subnets that a data store's subnet group names, without those of some types."""
    types = [each for each in _SUBNET_GROUPS if each not in excluded]
    return _all_named(stack, stack.of_type(*types), "subnetIds", (SUBNET,))


def is_data_store_group(rule_or_group: Resource, stack: Stack) -> bool:
    """Whether the group, or the group of a separate rule, is attached to a data store."""
    group = _group_of(rule_or_group, stack)
    return group is not None and group.urn in _data_groups(stack)


def is_public_tier_group(rule_or_group: Resource, stack: Stack) -> bool:
    """Whether the group, or the group of a separate rule, is of an internet-facing load balancer or tagged public."""
    group = _group_of(rule_or_group, stack)
    return group is not None and (group.urn in _public_groups(stack) or _tagged_tier(group) is Tier.PUBLIC)


def _group_of(rule_or_group: Resource, stack: Stack) -> Resource | None:
    return rule_or_group if rule_or_group.type in _GROUPS else named(stack, rule_or_group, "securityGroupId", _GROUPS)


@lru_cache(maxsize=1)
def _data_groups(stack: Stack) -> frozenset[str]:
    found = (_all_named(stack, stack.of_type(*types), path, _GROUPS) for path, types in _DATA_STORES.items())
    return frozenset[str]().union(*found)


@lru_cache(maxsize=1)
def _public_groups(stack: Stack) -> frozenset[str]:
    facing = (balancer for balancer in stack.of_type(*EVERY_LOAD_BALANCER) if balancer.raw("internal") is not True)
    return _all_named(stack, facing, "securityGroups", _GROUPS)


def _all_named(stack: Stack, sources: Iterable[Resource], path: str, types: Collection[str]) -> frozenset[str]:
    return frozenset(found.urn for source in sources for found in all_named(stack, source, path, types))


def _hinted_tier(subnet: Resource) -> Tier | None:
    return _tagged_tier(subnet) or _tier_in(f"{_tags(subnet).get('Name', '')} {subnet.name}")


def _tagged_tier(resource: Resource) -> Tier | None:
    values = (value for key, value in _tags(resource).items() if key.lower() in _TIER_TAGS)
    return next((tier for value in values if (tier := _tier_in(value))), None)


def _tags(resource: Resource) -> dict[str, str]:
    tags = resource.raw("tags")
    return {key: value for key, value in tags.items() if isinstance(value, str)} if isinstance(tags, dict) else {}


def _tier_in(text: str) -> Tier | None:
    words = set(re.findall(r"[a-z]+", text.lower()))
    return next((tier for tier, hints in _HINTS.items() if words & hints), None)

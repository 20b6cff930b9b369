"""Subnets: a tier in each zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations
from typing import Literal

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment

Tier = Literal["public", "private", "database"]
Plan = Mapping[Tier, Mapping[str, str]]
"""Tier -> zone, such as ``ap-southeast-3a`` -> CIDR block."""
SubnetIds = Mapping[Tier, Mapping[str, pulumi.Output[str]]]
"""Tier -> zone -> subnet id."""

LOAD_BALANCER_TAGS: Mapping[Tier, str] = {
    "public": "kubernetes.io/role/elb",
    "private": "kubernetes.io/role/internal-elb",
}
"""By these, Kubernetes' load balancer controller finds the subnets for its load balancers."""


class InvalidPlanError(ValueError):
    """Subnets that can't be created as planned."""


@dataclass(frozen=True, kw_only=True)
class SubnetsArgs:
    """What the subnets need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC that they are parts of.
        plan: where each lies.
        cluster_names: the EKS clusters that may put load balancers into them.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    plan: Plan
    cluster_names: Sequence[str] = ()


class Subnets(pulumi.ComponentResource):
    """The subnets of every tier and zone; none gives its instances a public address.

    Attributes:
        ids: tier -> zone -> subnet id.
    """

    ids: SubnetIds

    def __init__(self, name: str, args: SubnetsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Subnets", name, None, opts)
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        self.ids = {
            tier: {zone: self.subnet(name, tier, zone, cidr) for zone, cidr in zones.items()}
            for tier, zones in args.plan.items()
        }
        self.register_outputs({"ids": self.ids})

    def subnet(self, name: str, tier: Tier, zone: str, cidr: str) -> pulumi.Output[str]:
        """One subnet's id."""
        role = f"{tier}-{zone_letter(zone)}"
        return ec2.Subnet(
            f"{name}-{role}",
            vpc_id=self.args.vpc_id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=self.tags(role, {"Tier": tier} | self.discovery_tags(tier)),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

    def discovery_tags(self, tier: Tier) -> dict[str, str]:
        """What tells Kubernetes that it may use the subnet."""
        if tier not in LOAD_BALANCER_TAGS:
            return {}
        clusters = {f"kubernetes.io/cluster/{cluster}": "shared" for cluster in self.args.cluster_names}
        return {LOAD_BALANCER_TAGS[tier]: "1"} | clusters


def zone_letter(zone: str) -> str:
    """The part of a zone's name that stands in logical names: ``a`` for ``ap-southeast-3a``."""
    return zone[-1]


def check_plan(vpc: str, plan: Plan) -> None:
    """Refuse subnets outside the VPC, subnets that overlap, and tiers that span different zones.

    Raises:
        InvalidPlanError: says which.
    """
    zones = {tier: sorted(subnets) for tier, subnets in plan.items()}
    if len({tuple(names) for names in zones.values()}) != 1:
        raise InvalidPlanError(f"every tier needs a subnet in the same zones, got {zones}")
    places = {f"{tier} {zone}": IPv4Network(cidr) for tier, subnets in plan.items() for zone, cidr in subnets.items()}
    for where, place in places.items():
        if not place.subnet_of(IPv4Network(vpc)):
            raise InvalidPlanError(f"{where}: {place} is outside the VPC's {vpc}")
    for (one, first), (other, second) in combinations(places.items(), 2):
        if first.overlaps(second):
            raise InvalidPlanError(f"{one}: {first} overlaps {other}: {second}")

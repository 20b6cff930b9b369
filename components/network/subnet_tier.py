"""A subnet tier: a subnet in each zone, their route tables, and the network ACL around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.declared import Declared
from components.core.environment import Environment
from components.network.network_acls import ANYWHERE, AclRule
from components.network.settings import Route
from components.network.subnet_plan import Plan

LOAD_BALANCER_TAGS: Mapping[Route, str] = {
    "internet": "kubernetes.io/role/elb",
    "nat": "kubernetes.io/role/internal-elb",
}
"""By these, Kubernetes' load balancer controller finds the subnets for its load balancers
(https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html)."""


@dataclass(frozen=True, kw_only=True)
class SubnetTierArgs:
    """What a tier needs.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC that the subnets are parts of.
        vpc_cidr: range of the VPC.
        tier: its name.
        subnets: the ranges of all tiers, this one among them.
        route: kind of its default route.
        gateways: zone -> id of the gateway that the default route leads to; empty where there is none.
        acl: rules of its network ACL.
        cluster_names: the EKS clusters that may put load balancers into the subnets.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    vpc_cidr: str
    tier: str
    subnets: Plan
    route: Route
    gateways: Mapping[str, pulumi.Input[str]]
    acl: Sequence[AclRule]
    cluster_names: Sequence[str] = ()


class SubnetTier(pulumi.ComponentResource):
    """Subnets that give no public addresses, with a route table in each zone, so that zones fail apart.

    Those of a public tier share one: there is one internet gateway.

    Attributes:
        subnet_ids: zone -> subnet id.
        route_table_ids: zone -> route table id.
        network_acl_id: of the network ACL.
    """

    subnet_ids: Mapping[str, pulumi.Output[str]]
    route_table_ids: Mapping[str, pulumi.Output[str]]
    network_acl_id: pulumi.Output[str]

    def __init__(self, name: str, args: SubnetTierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:SubnetTier", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.environment.tags(component="network", data_class="internal")
        zones = args.subnets[args.tier]
        self.subnet_ids = {zone: self.subnet(zone, str(cidr)) for zone, cidr in zones.items()}
        self.route_table_ids = self.route_tables(list(zones))
        self.network_acl_id = self.network_acl()
        for rule in args.acl:
            self.acl_rules(rule)
        self.register_outputs(
            {
                "subnetIds": self.subnet_ids,
                "routeTableIds": self.route_table_ids,
                "networkAclId": self.network_acl_id,
            }
        )

    def subnet(self, zone: str, cidr: str) -> pulumi.Output[str]:
        """One subnet's id."""
        args, letter = self.args, zone_letter(zone)
        discovery: dict[str, str] = {}
        if args.route in LOAD_BALANCER_TAGS:
            clusters = {f"kubernetes.io/cluster/{cluster}": "shared" for cluster in args.cluster_names}
            discovery = {LOAD_BALANCER_TAGS[args.route]: "1"} | clusters
        return ec2.Subnet(
            f"{self.name}-{letter}",
            vpc_id=args.vpc_id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            tags=self.tags(f"{args.tier}-{letter}", {"Tier": args.tier} | discovery),
            opts=self.child,
        ).id

    def route_tables(self, zones: Sequence[str]) -> dict[str, pulumi.Output[str]]:
        """Zone -> the id of its route table, which its subnet uses."""
        shared = self.route_table("", self.args.gateways[zones[0]]) if self.args.route == "internet" else None
        tables: dict[str, pulumi.Output[str]] = {}
        for zone in zones:
            suffix = f"-{zone_letter(zone)}"
            tables[zone] = self.route_table(suffix, self.args.gateways.get(zone)) if shared is None else shared
            ec2.RouteTableAssociation(
                f"{self.name}{suffix}",
                route_table_id=tables[zone],
                subnet_id=self.subnet_ids[zone],
                opts=self.child,
            )
        return tables

    def route_table(self, suffix: str, gateway: pulumi.Input[str] | None) -> pulumi.Output[str]:
        """The id of a route table; without a gateway it knows the VPC alone."""
        table = ec2.RouteTable(
            f"{self.name}{suffix}",
            vpc_id=self.args.vpc_id,
            tags=self.tags(f"{self.args.tier}{suffix}"),
            opts=self.child,
        )
        if gateway is not None:
            kind = "gateway_id" if self.args.route == "internet" else "nat_gateway_id"
            ec2.Route(
                f"{self.name}{suffix}-default",
                route_table_id=table.id,
                destination_cidr_block=ANYWHERE,
                opts=self.child,
                **{kind: gateway},
            )
        return table.id

    def network_acl(self) -> pulumi.Output[str]:
        """The id of the network ACL, which denies everything by itself, on each subnet."""
        acl = ec2.NetworkAcl(self.name, vpc_id=self.args.vpc_id, tags=self.tags(self.args.tier), opts=self.child)
        for zone, subnet in self.subnet_ids.items():  # one resource each, so that a zone comes and goes by itself
            ec2.NetworkAclAssociation(
                f"{self.name}-{zone_letter(zone)}", network_acl_id=acl.id, subnet_id=subnet, opts=self.child
            )
        return acl.id

    def acl_rules(self, rule: AclRule) -> None:
        """One rule of the network ACL, for each range that its peer stands for."""
        for peer, number, cidr in self.peers(rule):
            ports = "all" if rule.protocol == "-1" else f"{rule.protocol}-{rule.ports[0]}"
            ec2.NetworkAclRule(
                f"{self.name}-{rule.direction}-{ports}-{peer}",
                network_acl_id=self.network_acl_id,
                egress=rule.direction == "out",
                rule_number=number,
                rule_action=rule.action,
                protocol=rule.protocol,
                from_port=rule.ports[0],
                to_port=rule.ports[1],
                cidr_block=cidr,
                # Number and direction identify a rule in AWS: another one can't be made beside it.
                opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
            )

    def peers(self, rule: AclRule) -> Iterator[tuple[str, int, str]]:
        """Name, rule number and CIDR of each range that a rule is about."""
        ranges = {"internet": ANYWHERE, "vpc": self.args.vpc_cidr}
        if rule.peer in ranges:
            yield rule.peer, rule.number, ranges[rule.peer]
            return
        for zone, cidr in Declared("subnet tier", self.args.subnets)[rule.peer].items():
            letter = zone_letter(zone)
            yield f"{rule.peer}-{letter}", rule.number + ord(letter) - ord("a"), str(cidr)


def zone_letter(zone: str) -> str:
    """The part of a zone's name that stands in logical names: ``a`` for ``eu-west-1a``."""
    return zone[-1]

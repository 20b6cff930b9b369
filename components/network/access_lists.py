"""Network access lists: the coarse fence around each tier; security groups are the precise one.

An access list has no memory: what lets a request out must let the reply in, on the ephemeral ports.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.subnets import Plan, SubnetIds, Tier, zone_letter

Direction = Literal["in", "out"]
Where = Literal["internet", "vpc", "private"]
"""The other end: anywhere, the VPC, or the private subnets (a rule for each zone)."""
Ports = tuple[int, int]

EPHEMERAL: Ports = (1024, 65535)
"""The ports from which requests come. Linux itself uses 32768-60999, but NAT gateways, load balancers, functions in
the VPC and, for whatever a pod sends out of it, the nodes' own address translation use all of these."""
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class AclRule:
    """What an access list lets pass or, by ``action``, refuses before a wider rule lets it; the rest is denied.

    Attributes:
        direction: in or out of the tier's subnets.
        number: rules are tried in this order; unique in a direction. Of rules per zone, the first one's.
        protocol: tcp, udp, or -1 for all.
        ports: first and last destination port; (0, 0) with all protocols.
        where: the other end.
        why: what the rule is for.
        action: allow, or deny.
    """

    direction: Direction
    number: int
    protocol: Literal["tcp", "udp", "-1"]
    ports: Ports
    where: Where
    why: str
    action: Literal["allow", "deny"] = "allow"


RULES: dict[Tier, tuple[AclRule, ...]] = {
    "public": (
        AclRule("in", 100, "tcp", (80, 80), "internet", "HTTP"),
        AclRule("in", 110, "tcp", (443, 443), "internet", "HTTPS"),
        AclRule("in", 115, "tcp", (3389, 3389), "internet", "no RDP; costs NAT one reply port of 64,512", "deny"),
        AclRule("in", 116, "udp", (3389, 3389), "internet", "no RDP; costs NAT one reply port of 64,512", "deny"),
        AclRule("in", 120, "tcp", EPHEMERAL, "internet", "replies to NAT gateways"),
        AclRule("in", 130, "udp", EPHEMERAL, "internet", "replies to NAT gateways"),
        AclRule("in", 200, "tcp", (443, 443), "vpc", "HTTPS from the VPC"),
        AclRule("in", 210, "tcp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("in", 220, "udp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("out", 100, "-1", (0, 0), "internet", "all traffic"),
    ),
    "private": (
        AclRule("in", 100, "tcp", (443, 443), "vpc", "HTTPS in the VPC"),
        AclRule("in", 110, "tcp", (53, 53), "vpc", "cluster DNS"),
        AclRule("in", 120, "udp", (53, 53), "vpc", "cluster DNS"),
        AclRule("in", 130, "tcp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("in", 140, "udp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("in", 190, "tcp", (3389, 3389), "internet", "no RDP; costs pods one reply port of 64,512", "deny"),
        AclRule("in", 200, "tcp", EPHEMERAL, "internet", "replies through NAT"),
        AclRule("out", 100, "tcp", (443, 443), "vpc", "HTTPS to the VPC endpoints"),
        AclRule("out", 110, "tcp", (53, 53), "vpc", "cluster DNS"),
        AclRule("out", 120, "udp", (53, 53), "vpc", "cluster DNS"),
        AclRule("out", 130, "tcp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("out", 140, "udp", EPHEMERAL, "vpc", "requests and replies in the VPC"),
        AclRule("out", 200, "tcp", (443, 443), "internet", "HTTPS through NAT"),
        AclRule("out", 210, "tcp", (80, 80), "internet", "HTTP through NAT"),
    ),
    "database": (
        AclRule("in", 100, "tcp", (3306, 3306), "private", "MySQL"),
        AclRule("out", 100, "tcp", EPHEMERAL, "private", "replies"),
    ),
}


@dataclass(frozen=True, kw_only=True)
class AccessListsArgs:
    """What the access lists need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC that they guard.
        cidr: its address range.
        plan: where each subnet lies.
        subnets: the subnets, each of which gets its tier's list.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    cidr: str
    plan: Plan
    subnets: SubnetIds


class AccessLists(pulumi.ComponentResource):
    """One access list for each tier, with the rules of `RULES`, on each of the tier's subnets.

    Attributes:
        ids: tier -> id of its access list.
    """

    ids: dict[Tier, pulumi.Output[str]]

    def __init__(self, name: str, args: AccessListsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:AccessLists", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        self.ids = {tier: self.access_list(tier) for tier in args.plan}
        for tier in args.plan:
            self.rules(tier)
            self.associations(tier)
        self.register_outputs({"ids": self.ids})

    def access_list(self, tier: Tier) -> pulumi.Output[str]:
        """The id of one tier's list, which denies everything by itself."""
        return ec2.NetworkAcl(
            f"{self.name}-{tier}",
            vpc_id=self.args.vpc_id,
            tags=self.tags(tier),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

    def rules(self, tier: Tier) -> None:
        """What the tier's list lets pass."""
        for rule in RULES[tier]:
            for place, number, cidr in self.ends(rule):
                ports = "all" if rule.protocol == "-1" else f"{rule.protocol}-{rule.ports[0]}"
                ec2.NetworkAclRule(
                    f"{self.name}-{tier}-{rule.direction}-{ports}-{place}",
                    network_acl_id=self.ids[tier],
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

    def ends(self, rule: AclRule) -> Iterator[tuple[str, int, str]]:
        """Name, rule number and CIDR of each range that a rule is about."""
        if rule.where == "private":
            for zone, cidr in self.args.plan["private"].items():
                letter = zone_letter(zone)
                yield f"private-{letter}", rule.number + ord(letter) - ord("a"), cidr
        else:
            yield rule.where, rule.number, ANYWHERE if rule.where == "internet" else self.args.cidr

    def associations(self, tier: Tier) -> None:
        """Put the list on the tier's subnets; one resource each, so that a zone comes and goes by itself."""
        for zone, subnet in self.args.subnets[tier].items():
            ec2.NetworkAclAssociation(
                f"{self.name}-{tier}-{zone_letter(zone)}",
                network_acl_id=self.ids[tier],
                subnet_id=subnet,
                opts=pulumi.ResourceOptions(parent=self),
            )

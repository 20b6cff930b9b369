"""Rules of network ACLs, the coarse filter around each subnet tier; security groups are the precise one.

A network ACL is stateless: what lets a request out must let the reply in, on the ephemeral ports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.network.settings import Route

Direction = Literal["in", "out"]
Ports = tuple[int, int]

EPHEMERAL: Ports = (1024, 65535)
"""The ports from which requests come. Linux itself uses 32768-60999, but NAT gateways, load balancers, functions in
the VPC and, for whatever a pod sends out of it, the nodes' own address translation use all of these."""
ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class AclRule:
    """What a network ACL allows or, by ``action``, denies before a wider rule allows it; the rest is denied.

    Attributes:
        direction: in or out of the tier's subnets.
        number: rules are tried in this order; unique in a direction. Of rules per zone, the first one's.
        protocol: tcp, udp, or -1 for all.
        ports: first and last destination port; (0, 0) with all protocols.
        peer: the other end: ``internet``, ``vpc``, or a subnet tier, which makes a rule for each zone.
        why: what the rule is for.
        action: allow, or deny.
    """

    direction: Direction
    number: int
    protocol: Literal["tcp", "udp", "-1"]
    ports: Ports
    peer: str
    why: str
    action: Literal["allow", "deny"] = "allow"


RULES: Mapping[Route, tuple[AclRule, ...]] = {
    "internet": (
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
    "nat": (
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
}
"""Route of a tier -> rules for whatever tier has that route; one without a route has its own, of `isolated`."""


def isolated(ports: Mapping[int, str], clients: str) -> tuple[AclRule, ...]:
    """Rules of a tier without a route out, such as one for databases.

    Args:
        ports: TCP port -> what is served there.
        clients: the subnet tier that requests come from.
    """
    served = (AclRule("in", 100 + 10 * n, "tcp", (p, p), clients, why) for n, (p, why) in enumerate(ports.items()))
    return (*served, AclRule("out", 100, "tcp", EPHEMERAL, clients, "replies"))

"""The subnet plan: where each tier's subnet of each zone lies in the VPC.

Every tier has a place for every zone of the Region, used or not, in the order of the zones' letters. A zone
that is added or removed, or a tier that is switched off, therefore never moves another subnet.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Literal, get_args

Tier = Literal["private", "public", "database"]
Zone = Literal["ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c"]
Plan = dict[Tier, dict[Zone, IPv4Network]]

TIERS: tuple[Tier, ...] = get_args(Tier)
ZONES: tuple[Zone, ...] = get_args(Zone)
LARGEST, SMALLEST = 16, 28
"""The prefix lengths between which AWS makes VPCs and subnets."""


def addresses_needed(prefixes: Mapping[Tier, int]) -> int:
    """How many addresses the plan takes, all tiers in all zones of the Region."""
    return sum(len(ZONES) * 2 ** (32 - prefixes[tier]) for tier in TIERS)


def smallest_vpc(prefixes: Mapping[Tier, int]) -> int:
    """The prefix length of the smallest VPC that holds the plan, for instance 17."""
    return 32 - (addresses_needed(prefixes) - 1).bit_length()


def plan(vpc: IPv4Network, prefixes: Mapping[Tier, int]) -> Plan:
    """Lay out the subnets from the start of the VPC, the largest tier first so that each is aligned.

    Raises:
        ValueError: the VPC is too small for them.
    """
    if addresses_needed(prefixes) > vpc.num_addresses:
        raise ValueError(f"{vpc} is too small: the subnets need a /{smallest_vpc(prefixes)}")
    subnets: Plan = {}
    address = int(vpc.network_address)
    for tier in sorted(TIERS, key=lambda tier: prefixes[tier]):
        subnets[tier] = {}
        for zone in ZONES:
            subnets[tier][zone] = IPv4Network((address, prefixes[tier]))
            address += subnets[tier][zone].num_addresses
    return subnets

"""The subnet plan: where each tier's subnet of each zone lies in the VPC.

Every tier has a place for every zone of the Region, used or not, in the order of the zones' letters. A zone that is
added or removed, or the tier of the smallest subnets, therefore never moves another subnet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations

Plan = dict[str, dict[str, IPv4Network]]
"""Tier -> zone -> range."""
LARGEST, SMALLEST = 16, 28
"""The prefix lengths between which AWS makes VPCs and subnets
(https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html)."""


class InvalidPlanError(ValueError):
    """Subnets that can't be created as planned."""


def addresses_needed(zones: Collection[str], prefixes: Mapping[str, int]) -> int:
    """How many addresses all tiers in all zones take."""
    return sum(len(zones) * 2 ** (32 - prefix) for prefix in prefixes.values())


def smallest_vpc(zones: Collection[str], prefixes: Mapping[str, int]) -> int:
    """The prefix length of the smallest VPC that holds the plan, for instance 17."""
    return 32 - (addresses_needed(zones, prefixes) - 1).bit_length()


def plan(vpc: IPv4Network, zones: Sequence[str], prefixes: Mapping[str, int]) -> Plan:
    """Lay out the subnets from the start of the VPC, the largest tier first so that each is aligned.

    Args:
        vpc: its range.
        zones: every zone that gets a place.
        prefixes: tier -> prefix length of its subnets.

    Raises:
        InvalidPlanError: the VPC is too small for them.
    """
    if addresses_needed(zones, prefixes) > vpc.num_addresses:
        raise InvalidPlanError(f"{vpc} is too small: the subnets need a /{smallest_vpc(zones, prefixes)}")
    subnets: Plan = {}
    address = int(vpc.network_address)
    for tier, prefix in sorted(prefixes.items(), key=lambda item: (item[1], item[0])):
        subnets[tier] = {}
        for zone in zones:
            subnets[tier][zone] = IPv4Network((address, prefix))
            address += subnets[tier][zone].num_addresses
    return subnets


def check_plan(vpc: IPv4Network, subnets: Plan) -> None:
    """Refuse subnets outside the VPC and subnets that overlap.

    Raises:
        InvalidPlanError: says which.
    """
    places = {f"{tier} {zone}": cidr for tier, zones in subnets.items() for zone, cidr in zones.items()}
    for where, place in places.items():
        if not place.subnet_of(vpc):
            raise InvalidPlanError(f"{where}: {place} is outside the VPC's {vpc}")
    for (one, first), (other, second) in combinations(places.items(), 2):
        if first.overlaps(second):
            raise InvalidPlanError(f"{one}: {first} overlaps {other}: {second}")

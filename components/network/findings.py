"""What keeps a network from being made, whatever program it is in."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aws_facts.regions import zones_of
from components.core.settings.finding import Finding
from components.network.settings import Network
from components.network.subnet_plan import (
    LARGEST,
    InvalidPlanError,
    addresses_needed,
    check_plan,
    smallest_vpc,
)

CIDR, TIERS, ZONES = ("network", "cidr"), ("network", "tiers"), ("network", "zones")


def network_findings(network: Network, region: str, fewest_zones: int = 1) -> Iterator[Finding]:
    """Zones of another Region, too few of them, and subnets that don't fit.

    Args:
        network: its settings.
        region: of the program.
        fewest_zones: that the stack may be in.
    """
    faults = list(zones_are_the_regions(network, zones_of(region), fewest_zones))
    yield from faults or subnets_fit(network)


def zones_are_the_regions(network: Network, valid: Collection[str], fewest: int) -> Iterator[Finding]:
    """Each once, and none of another Region, where the provider makes nothing."""
    for index, zone in enumerate(network.zones):
        if zone not in valid:
            yield Finding((*ZONES, index), f"got {zone}", ", ".join(valid))
        elif zone in network.zones[:index]:
            yield Finding((*ZONES, index), f"got {zone} again", "each zone once")
    if (count := len(set(network.zones))) < fewest:
        yield Finding(ZONES, f"got {count}", f"{fewest} or more of {', '.join(valid)}")
    for name, tier in network.tiers.items():
        for zone in tier.cidrs:
            if zone not in valid:
                yield Finding((*TIERS, name, "cidrs", zone), f"got {zone}", ", ".join(valid))


def subnets_fit(network: Network) -> Iterator[Finding]:
    """Into the VPC, beside each other."""
    zones, prefixes = network.planned_zones, network.prefixes
    if addresses_needed(zones, prefixes) > network.cidr.num_addresses:
        length = smallest_vpc(zones, prefixes)
        if length >= LARGEST:
            yield Finding(CIDR, f"{network.cidr} has no room for the subnets", f"/{length} or larger", (TIERS,))
        else:
            yield Finding(TIERS, f"need a /{length}", f"smaller subnets: the largest VPC is a /{LARGEST}")
        return
    try:
        check_plan(network.cidr, network.subnets)
    except InvalidPlanError as error:
        yield Finding(TIERS, str(error), f"cidrs within {network.cidr}, each a range of its own", (CIDR,))

"""The network's rules: zones, address plan, ways in and out."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations
from typing import NamedTuple

from components.core.settings.finding import Finding
from components.core.settings.problems import shown
from components.network.settings import (
    HEALTH_PORT,
    KUBELET_PORT,
    MINIMUM_PREFIX,
    REQUIRED_ENDPOINTS,
    SERVICE_PORTS,
    Network,
)
from components.network.subnet_plan import LARGEST, TIERS, ZONES, Tier, Zone, addresses_needed, smallest_vpc
from settings.rule import rule
from settings.stack import Settings

FEWEST_ZONES = 2
"""EKS and RDS refuse to work with fewer."""


class Subnet(NamedTuple):
    """One subnet of the plan."""

    tier: Tier
    zone: Zone
    cidr: IPv4Network


@rule
def zones_are_enough(settings: Settings) -> Iterator[Finding]:
    """Every zone once; all in production, at least two elsewhere (SMILE-NET-03)."""
    path, zones = ("network", "zones"), settings.network.zones
    for index, zone in enumerate(zones):
        if zone in zones[:index]:
            yield Finding((*path, index), f"got {zone} again", "each zone once")
    if settings.is_production and set(zones) != set(ZONES):
        yield Finding(path, f"got {shown(zones)}", f"in production all of {', '.join(ZONES)}")
    elif len(set(zones)) < FEWEST_ZONES:
        yield Finding(path, f"got {shown(zones)}", f"two or three of {', '.join(ZONES)}")


@rule
def subnets_fit(settings: Settings) -> Iterator[Finding]:
    """The planned subnets fit into the VPC (SMILE-NET-08)."""
    network, prefixes = settings.network, settings.network.subnet_prefixes.by_tier
    if addresses_needed(prefixes) <= network.cidr.num_addresses:
        return
    sizes = ", ".join(f"{len(ZONES)} x /{prefixes[tier]} {tier}" for tier in TIERS)
    needs = f"the subnets need {addresses_needed(prefixes)} ({sizes})"
    length = smallest_vpc(prefixes)
    cidr, prefix = ("network", "cidr"), ("network", "subnet_prefixes")
    if length >= LARGEST:
        what = f"{network.cidr} has {network.cidr.num_addresses} addresses, {needs}"
        sizes = f"/{LARGEST}" if length == LARGEST else f"/{LARGEST} to /{length}"
        yield Finding(cidr, what, sizes, (prefix,))
    else:
        room = f"higher numbers: the largest VPC, /{LARGEST}, has {2 ** (32 - LARGEST)} addresses"
        yield Finding(prefix, needs, room)


@rule
def placed_subnets_fit(settings: Settings) -> Iterator[Finding]:
    """Subnets with a CIDR of their own lie in the VPC, are large enough and overlap no other."""
    network = settings.network
    for tier, zones in network.subnet_cidrs.items():
        for zone, cidr in zones.items():
            path = ("network", "subnet_cidrs", tier, zone)
            if not cidr.subnet_of(network.cidr):
                yield Finding(path, f"{cidr} is outside the VPC", f"a part of {network.cidr}", (("network", "cidr"),))
            if cidr.prefixlen > MINIMUM_PREFIX[tier]:
                yield Finding(path, f"{cidr} is too small", f"/{MINIMUM_PREFIX[tier]} or larger")
    yield from overlaps(network)


def overlaps(network: Network) -> Iterator[Finding]:
    """Pairs of subnets that share addresses; at least one of the two was placed by hand."""
    try:
        places = network.subnet_places
    except ValueError:  # the plan doesn't fit, which subnets_fit says
        return
    subnets = [Subnet(tier, zone, cidr) for tier, zones in places.items() for zone, cidr in zones.items()]
    for pair in combinations(subnets, 2):
        placed, other = sorted(pair, key=lambda subnet: is_planned(network, subnet))
        if placed.cidr.overlaps(other.cidr):
            what = f"{placed.cidr} overlaps {other.cidr} of the {other.tier} subnet in {other.zone}"
            reads = (("network", "cidr"), ("network", "subnet_prefixes"))
            yield Finding(("network", "subnet_cidrs", placed.tier, placed.zone), what, "a range of its own", reads)


def is_planned(network: Network, subnet: Subnet) -> bool:
    """Whether a subnet lies where the plan puts it."""
    return subnet.zone not in network.subnet_cidrs.get(subnet.tier, {})


@rule
def nat_gateways_are_redundant(settings: Settings) -> Iterator[Finding]:
    """One NAT gateway for all zones is for dev only (OP-S-09)."""
    if settings.network.nat_gateways == "single" and not settings.is_development:
        yield Finding(
            ("network", "nat_gateways"), 'got "single"', f"one_per_zone in {settings.kind}; single in development only"
        )


@rule
def endpoints_are_complete(settings: Settings) -> Iterator[Finding]:
    """Every endpoint once, and a reduced list in development only (SMILE-NET-12)."""
    path, names = ("network", "interface_endpoints"), settings.network.interface_endpoints
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding((*path, index), f"got {name} again", "each service once")
    missing = [name for name in REQUIRED_ENDPOINTS if name not in names]
    if missing and not settings.is_development:
        yield Finding(
            path, f"lacks {', '.join(missing)}", f"at least all of these in {settings.kind}; fewer in development only"
        )


@rule
def service_port_is_free(settings: Settings) -> Iterator[Finding]:
    """Health check and kubelet have ports of their own (SMILE-SEC-02), and the access lists let it pass (OP-S-04)."""
    port = settings.network.service_port
    if port != 443 and (port < 1024 or port in (HEALTH_PORT, KUBELET_PORT)):
        yield Finding(("network", "service_port"), f"got {port}", SERVICE_PORTS)

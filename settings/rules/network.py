"""The network's rules: zones, address plan, ways in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import combinations
from typing import NamedTuple

from aws_facts.vpc_endpoints import WITHOUT_POLICIES
from components.core.settings.finding import Finding
from components.core.settings.problems import shown
from components.network.flows import KUBELET_PORT
from components.network.settings import Route
from components.network.subnet_plan import LARGEST, addresses_needed, smallest_vpc
from settings.network import HEALTH_PORT, REQUIRED_ENDPOINTS, SERVICE_PORTS, ZONES, Network
from settings.rule import rule
from settings.stack import Settings

MINIMUM_PREFIX = {"private": 19, "public": 22, "database": 24}
"""The smallest subnet of each tier, as a prefix length: room for pods at the stated node maxima (SMILE-NET-08)."""
ROUTES: Mapping[str, Route] = {"private": "nat", "public": "internet", "database": "none"}
"""Where the default route of each tier leads (SMILE-NET-07, SMILE-NET-09, SMILE-NET-10)."""
FEWEST_ZONES = 2
"""EKS and RDS refuse to work with fewer."""


class Subnet(NamedTuple):
    """One subnet of the plan."""

    tier: str
    zone: str
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
def tiers_are_those_of_the_platform(settings: Settings) -> Iterator[Finding]:
    """Public and private subnets, the database's where it has some, each with its route and room (SMILE-NET-04)."""
    path, tiers = ("network", "tiers"), settings.network.tiers
    if missing := [name for name in ("private", "public") if name not in tiers]:
        valid = "private and public, and database unless it shares the private one"
        yield Finding(path, f"lacks {', '.join(missing)}", valid)
    for name, tier in tiers.items():
        largest = MINIMUM_PREFIX.get(name)
        if largest is None:
            yield Finding((*path, name), "nothing uses it", f"tiers {', '.join(MINIMUM_PREFIX)}")
            continue
        if tier.prefix > largest:
            yield Finding((*path, name, "prefix"), f"got {tier.prefix}", f"{LARGEST} to {largest}")
        if tier.route != ROUTES[name]:
            yield Finding((*path, name, "route"), f'got "{tier.route}"', f"{ROUTES[name]}, for the {name} subnets")


@rule
def subnets_fit(settings: Settings) -> Iterator[Finding]:
    """The planned subnets fit into the VPC (SMILE-NET-08)."""
    network, prefixes = settings.network, settings.network.prefixes
    needed, length = addresses_needed(ZONES, prefixes), smallest_vpc(ZONES, prefixes)
    if needed <= network.cidr.num_addresses:
        return
    sizes = ", ".join(f"{len(ZONES)} x /{prefix} {tier}" for tier, prefix in prefixes.items())
    needs = f"the subnets need {needed} ({sizes})"
    cidr, tiers = ("network", "cidr"), ("network", "tiers")
    if length >= LARGEST:
        what = f"{network.cidr} has {network.cidr.num_addresses} addresses, {needs}"
        sizes = f"/{LARGEST}" if length == LARGEST else f"/{LARGEST} to /{length}"
        yield Finding(cidr, what, sizes, (tiers,))
    else:
        room = f"higher prefixes: the largest VPC, /{LARGEST}, has {2 ** (32 - LARGEST)} addresses"
        yield Finding(tiers, needs, room)


@rule
def placed_subnets_fit(settings: Settings) -> Iterator[Finding]:
    """Subnets with a CIDR of their own lie in the VPC, are large enough and overlap no other."""
    network = settings.network
    for name, tier in network.tiers.items():
        largest = MINIMUM_PREFIX.get(name, tier.prefix)
        for zone, cidr in tier.cidrs.items():
            path = ("network", "tiers", name, "cidrs", zone)
            if not cidr.subnet_of(network.cidr):
                yield Finding(path, f"{cidr} is outside the VPC", f"a part of {network.cidr}", (("network", "cidr"),))
            if cidr.prefixlen > largest:
                yield Finding(path, f"{cidr} is too small", f"/{largest} or larger")
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
            path = ("network", "tiers", placed.tier, "cidrs", placed.zone)
            yield Finding(path, what, "a range of its own", (("network", "cidr"), ("network", "tiers")))


def is_planned(network: Network, subnet: Subnet) -> bool:
    """Whether a subnet lies where the plan puts it."""
    return subnet.zone not in network.tiers[subnet.tier].cidrs


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
    for index, name in enumerate(names):
        if name in WITHOUT_POLICIES and settings.is_production:
            valid = "services whose endpoint takes a policy, in production"
            yield Finding((*path, index), f"got {name}, through whose endpoint anybody's credentials reach it", valid)
    missing = [name for name in REQUIRED_ENDPOINTS if name not in names]
    if missing and not settings.is_development:
        yield Finding(
            path, f"lacks {', '.join(missing)}", f"at least all of these in {settings.kind}; fewer in development only"
        )


@rule
def service_port_is_free(settings: Settings) -> Iterator[Finding]:
    """Health check and kubelet have ports of their own (SMILE-SEC-02), and the network ACLs let it pass (OP-S-04)."""
    port = settings.network.service_port
    if port != 443 and (port < 1024 or port in (HEALTH_PORT, KUBELET_PORT)):
        yield Finding(("network", "service_port"), f"got {port}", SERVICE_PORTS)

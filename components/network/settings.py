"""The section ``network``: the VPC, its subnet tiers, its ways out and its endpoints."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, PlainValidator, StringConstraints

from aws_facts.log_retention import LOG_RETENTION_DAYS
from aws_facts.regions import zones_of
from aws_facts.vpc_endpoints import INTERFACE_ENDPOINTS
from components.core.settings.field import About, among, one_of, setting
from components.core.settings.section import Section
from components.network.subnet_plan import LARGEST, SMALLEST, Plan, plan

PRIVATE_RANGES = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
SIZES = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"

FLOW_LOG_DAYS = tuple(days for days in LOG_RETENTION_DAYS if days >= 30)
"""An intrusion is seldom noticed within a month."""

Route = Literal["internet", "nat", "none"]
NatGateways = Literal["one_per_zone", "single"]
TierName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]


def private_range(value: object) -> IPv4Network:
    """Read a CIDR block of private addresses, in the form AWS takes it.

    Raises:
        ValueError: says what is wrong with it.
    """
    text = value if isinstance(value, str) else ""
    address, _, length = text.partition("/")
    try:
        network = IPv4Network((address, int(length)), strict=False)
    except ValueError:
        raise ValueError("not an IPv4 range with a prefix length") from None
    if str(network) != text:
        raise ValueError(f"has host bits set, did you mean {network}?")
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError("not a private range")
    if not LARGEST <= network.prefixlen <= SMALLEST:
        raise ValueError(f"outside /{LARGEST} to /{SMALLEST}")
    return network


def known_zone(zone: str) -> str:
    """Let an Availability Zone pass that there is.

    Raises:
        ValueError: there is none of that name; without a reason, for what is valid says it all.
    """
    if zone not in zones_of(zone[:-1]):
        raise ValueError("")
    return zone


Cidr = Annotated[IPv4Network, PlainValidator(private_range)]
Zone = Annotated[str, AfterValidator(known_zone)]
ZONE = "Availability Zones of one Region, such as eu-west-1a"


class SubnetTier(Section):
    """A subnet in each zone, all with the same default route."""

    route: Route = setting(
        "none",
        "where the default route leads: the internet gateway, the NAT gateway of the zone, or nowhere",
        one_of(get_args(Route)),
    )
    prefix: int = setting(
        24,
        "size of each subnet: a lower number is a larger subnet",
        About(unit="prefix length", valid=f"{LARGEST} to {SMALLEST}", source=SIZES),
        ge=LARGEST,
        le=SMALLEST,
    )
    cidrs: dict[Zone, Cidr] = setting(
        {},
        "zone -> range of its subnet, where that lies elsewhere than planned: for a VPC that exists already",
        About(valid="zone -> CIDR"),
    )


class Network(Section):
    """A VPC."""

    cidr: Cidr = setting(
        IPv4Network("10.0.0.0/16"),
        "the VPC's addresses; another range where it is ever to be joined with other networks",
        About(
            valid="a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 between /16 and /28, such as 10.0.0.0/16",
            source=SIZES,
        ),
    )
    zones: tuple[Zone, ...] = setting(..., "the Availability Zones used", About(valid=ZONE), min_length=1)
    tiers: dict[TierName, SubnetTier] = setting(
        {
            "public": SubnetTier(route="internet", prefix=22),
            "private": SubnetTier(route="nat", prefix=19),
            "database": SubnetTier(route="none", prefix=24),
        },
        "the subnet tiers: name -> route, prefix, cidrs",
        About(valid="name of up to 20 lower-case letters, digits and '-' -> route, prefix, cidrs"),
    )
    nat_gateways: NatGateways = setting(
        "one_per_zone",
        "a NAT gateway in each zone, or one shared by all",
        one_of(get_args(NatGateways)),
    )
    interface_endpoints: tuple[Annotated[str, among(INTERFACE_ENDPOINTS)], ...] = setting(
        (),
        "AWS services reached by a private address, besides S3 and DynamoDB; charged by the hour and zone",
        About(
            valid=", ".join(INTERFACE_ENDPOINTS),
            choices=INTERFACE_ENDPOINTS,
            source="https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
        ),
    )
    flow_log_retention_days: Annotated[int, among(FLOW_LOG_DAYS)] = setting(
        30,
        "how long CloudWatch Logs keeps the VPC flow logs",
        About(
            unit="days",
            valid=", ".join(str(days) for days in FLOW_LOG_DAYS),
            source="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html",
        ),
    )

    @property
    def planned_zones(self) -> tuple[str, ...]:
        """Every zone of the Region: each has a place in the address plan, used or not."""
        return zones_of(self.zones[0][:-1])

    @property
    def prefixes(self) -> dict[str, int]:
        """Tier -> prefix length of its subnets."""
        return {name: tier.prefix for name, tier in self.tiers.items()}

    @property
    def subnet_places(self) -> Plan:
        """Tier -> zone -> range, for every zone that there could be.

        Raises:
            ValueError: the VPC is too small for them.
        """
        planned = plan(self.cidr, self.planned_zones, self.prefixes)
        return {name: planned[name] | tier.cidrs for name, tier in self.tiers.items()}

    @property
    def subnets(self) -> Plan:
        """Tier -> zone -> range, for the zones used."""
        places = self.subnet_places
        return {tier: {zone: places[tier][zone] for zone in sorted(self.zones)} for tier in self.tiers}

    @property
    def nat_zones(self) -> tuple[str, ...]:
        """The zones that have a NAT gateway."""
        zones = tuple(sorted(self.zones))
        return zones if self.nat_gateways == "one_per_zone" else zones[:1]

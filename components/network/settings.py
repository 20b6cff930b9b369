"""``smile:network``: the VPC, its tiers, its ways out and who may reach what."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated, Literal, get_args

from pydantic import PlainValidator

from components.core.settings.field import About, Section, among, one_of, setting, switch
from components.network.subnet_plan import LARGEST, SMALLEST, TIERS, ZONES, Plan, Tier, Zone, plan

PRIVATE_RANGES = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
MINIMUM_PREFIX: dict[Tier, int] = {"private": 19, "public": 22, "database": 24}
"""The smallest subnet of each tier, as a prefix length: room for pods at the stated node maxima."""
HEALTH_PORT = 8080
"""TCP port of the health check."""
KUBELET_PORT = 10250
"""TCP port of the kubelets."""
SERVICE_PORTS = f"443, or 1024 to 65535 but not {HEALTH_PORT} (health check) or {KUBELET_PORT} (kubelet)"
"""The access lists let requests pass to these."""

Layout = Literal["nine", "six"]
NatGateways = Literal["one_per_zone", "single"]
Ingress = Literal["vpc_link", "cloudfront"]

# fmt: off
REQUIRED_ENDPOINTS = (
    "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing",
    "kms", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "ssmmessages", "sts", "xray",
)
"""Interface endpoints that staging and prod always have; S3 and DynamoDB are gateway endpoints."""
OTHER_ENDPOINTS = (
    "acm-pca", "application-autoscaling", "athena", "backup", "cloudformation", "cloudtrail", "codebuild",
    "config", "ebs", "elasticache", "elasticfilesystem", "emr-containers", "events", "execute-api", "glue",
    "guardduty-data", "kinesis-firehose", "kinesis-streams", "lambda", "rds", "scheduler", "sns", "states",
    "synthetics", "transfer",
)
# fmt: on
KNOWN_ENDPOINTS = (*REQUIRED_ENDPOINTS, *OTHER_ENDPOINTS)
"""Endpoint services, without ``com.amazonaws.ap-southeast-3.``, that a stack may ask for."""
LOG_RETENTION_DAYS = (30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""The retentions that CloudWatch Logs offers, from the documents' 30 days up."""


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


Cidr = Annotated[IPv4Network, PlainValidator(private_range)]


def smallest(tier: Tier) -> About:
    """What is valid as the prefix length of a tier's subnets."""
    return About(valid=f"{LARGEST} to {MINIMUM_PREFIX[tier]}", unit="prefix length")


class SubnetPrefixes(Section):
    """The prefix length of each tier's subnets: a lower number is a larger subnet."""

    private: int = setting(19, "each private subnet", smallest("private"), ge=LARGEST, le=MINIMUM_PREFIX["private"])
    public: int = setting(22, "each public subnet", smallest("public"), ge=LARGEST, le=MINIMUM_PREFIX["public"])
    database: int = setting(24, "each database subnet", smallest("database"), ge=LARGEST, le=MINIMUM_PREFIX["database"])

    @property
    def by_tier(self) -> dict[Tier, int]:
        """Tier -> prefix length."""
        return {"private": self.private, "public": self.public, "database": self.database}


class DatabaseAccess(Section):
    """Who may reach the database besides the application."""

    bastion: bool = switch("port 3306 from the bastion's security group, for a while", on=False)
    data_nodes: bool = switch("port 3306 from the data cluster's nodes", on=False)


class Network(Section):
    """The VPC of one stack."""

    cidr: Cidr = setting(
        IPv4Network("10.0.0.0/16"),
        "the VPC's addresses; another range only if the stacks' networks are ever to be joined",
        About(
            valid="a range of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 between /16 and /28, such as 10.0.0.0/16",
        ),
    )
    zones: tuple[Zone, ...] = setting(
        ZONES,
        "the Availability Zones used: all three in prod, two or three elsewhere",
        one_of(ZONES),
    )
    layout: Layout = setting(
        "nine",
        "nine: public, private and database subnets in each zone; six: the database shares the private subnets",
        one_of(get_args(Layout)),
    )
    subnet_prefixes: SubnetPrefixes = SubnetPrefixes()
    subnet_cidrs: dict[Tier, dict[Zone, Cidr]] = setting(
        {},
        "subnets that lie elsewhere than planned, tier -> zone -> CIDR: for a VPC that exists already",
        About(valid=f"tier ({', '.join(TIERS)}) -> zone ({', '.join(ZONES)}) -> CIDR"),
    )
    nat_gateways: NatGateways = setting(
        "one_per_zone",
        "a NAT gateway in each zone, or one shared by all (dev only)",
        one_of(get_args(NatGateways)),
    )
    interface_endpoints: tuple[Annotated[str, among(KNOWN_ENDPOINTS)], ...] = setting(
        REQUIRED_ENDPOINTS,
        "AWS services reached by a private address; fewer than the default in dev only",
        one_of(KNOWN_ENDPOINTS),
    )
    flow_log_retention_days: Annotated[int, among(LOG_RETENTION_DAYS)] = setting(
        30,
        "how long CloudWatch Logs keeps the VPC flow logs",
        About(unit="days", valid=", ".join(str(days) for days in LOG_RETENTION_DAYS)),
    )
    database_access: DatabaseAccess = DatabaseAccess()
    ingress: Ingress = setting(
        "vpc_link",
        "who may reach the load balancer: API Gateway's VPC link, or CloudFront directly",
        one_of(get_args(Ingress)),
    )
    service_port: int = setting(
        443,
        "TCP port on which pods take TLS from the load balancer",
        About(unit="TCP port", valid=SERVICE_PORTS),
        ge=1,
        le=65535,
    )

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The tiers that have subnets of their own."""
        return tuple(tier for tier in TIERS if tier != "database" or self.layout == "nine")

    @property
    def database_tier(self) -> Tier:
        """The tier whose subnets hold the database."""
        return "database" if self.layout == "nine" else "private"

    @property
    def subnet_places(self) -> Plan:
        """CIDR by tier and zone, for every tier and zone that there could be."""
        planned = plan(self.cidr, self.subnet_prefixes.by_tier)
        return {tier: planned[tier] | self.subnet_cidrs.get(tier, {}) for tier in TIERS}

    @property
    def subnets(self) -> Plan:
        """CIDR by tier and zone, for the tiers and zones of this stack."""
        places = self.subnet_places
        return {tier: {zone: places[tier][zone] for zone in sorted(self.zones)} for tier in self.tiers}

    @property
    def nat_zones(self) -> tuple[Zone, ...]:
        """The zones that have a NAT gateway."""
        zones = tuple(sorted(self.zones))
        return zones if self.nat_gateways == "one_per_zone" else zones[:1]

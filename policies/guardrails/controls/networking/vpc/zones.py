"""Subnet tiers and NAT gateways in every Availability Zone."""

from __future__ import annotations

from collections import defaultdict

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import continuity
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.network.routes import Hop, Target
from guardrails.network.subnet_tiers import SUBNET, VPC, Tier
from guardrails.network.topology import topology_of

NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"


def zone_of(subnet: Resource) -> str:
    """The zone's name or id as the subnet states it.

    Raises:
        UndeterminedError: it states none, so that AWS picks one, or one that is not known yet.
    """
    zone = subnet.get("availabilityZone") or subnet.get("availabilityZoneId")
    if not zone:
        raise UndeterminedError("availabilityZone")
    return str(zone)


@control(
    id="RSL-VPC-001",
    title="Public, private and data subnets each span enough Availability Zones",
    why="A tier in too few Availability Zones fails with one of them.",
    fix="Add a subnet of this tier in each zone (ap-southeast-3a, b and c), or lower minimumZones for this stack.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(VPC,),
    scope=Scope.STACK,
    parameters={
        "minimumZones": {
            "type": "integer",
            "minimum": 1,
            "maximum": 6,
            "default": 3,
            "description": "The number of availability zones that each tier must span.",
        }
    },
    references=continuity(),
)
def tiers_span_zones(vpc: Resource, context: Context) -> Findings:
    topology, least = topology_of(context.everything), context.parameters["minimumZones"]
    zones: defaultdict[Tier, set[str]] = defaultdict(set)
    hidden: defaultdict[Tier, list[UndeterminedError]] = defaultdict(list)
    adrift: list[UndeterminedError] = []  # subnets that may belong to any tier
    for subnet in topology.subnets_of(vpc):
        try:
            found = zones[topology.tier(subnet)]
        except UndeterminedError as error:
            adrift.append(error)
            continue
        try:
            found.add(zone_of(subnet))
        except UndeterminedError as error:
            hidden[topology.tier(subnet)].append(error)
    for tier, found in zones.items():
        unknown = hidden[tier] + adrift
        most = len(found) + len(unknown)  # each subnet that is not known adds one zone at most
        if most < least:
            listed = f" ({', '.join(sorted(found))})" if found else ""
            yield Violation(f"the {tier} tier spans {'at most ' if unknown else ''}{most} of {least} zones{listed}")
        elif len(found) < least:
            yield unknown[0]
    if not zones:
        yield from adrift[:1]


@control(
    id="RSL-VPC-002",
    title="Private subnets use a NAT gateway of their own Availability Zone",
    why="When a shared gateway's zone fails, the other zones lose their way out with it.",
    fix="Create a NAT gateway in each zone and lead each zone's private subnets to their own.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(SUBNET,),
    scope=Scope.STACK,
    references=continuity(),
)
def nat_is_in_own_zone(subnet: Resource, context: Context) -> Findings:
    stack = context.everything

    def judge(hop: Hop) -> Findings:
        gateway = _nat_gateway(hop, stack)
        if gateway is None or gateway.get("availabilityMode") == "regional":
            return
        home = named(stack, gateway, "subnetId", (SUBNET,))
        if home and zone_of(home) != zone_of(subnet):
            yield Violation(f"its way out is {gateway.name}, in {zone_of(home)}", "availabilityZone")

    topology = topology_of(stack)
    if topology.has_vpc(subnet):
        yield from each(topology.hops_from(subnet), judge)


def _nat_gateway(hop: Hop, stack: Stack) -> Resource | None:
    return named(stack, hop.resource, hop.path, (NAT_GATEWAY,)) if hop.leads_to(Target.NAT_GATEWAY) else None

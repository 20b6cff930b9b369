"""VPCs, subnets and routes to other networks."""

from __future__ import annotations

from guardrails.controls.networking.sg.rules import WIDTHS, widths_of
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource
from guardrails.network.addresses import is_wide, parse_network
from guardrails.network.firewall_rules import known
from guardrails.network.prefix_lists import PREFIX_LIST, PREFIX_LIST_ENTRY
from guardrails.network.routes import ROUTE, ROUTE_TABLES, Hop, Target, hops_of
from guardrails.network.subnet_tiers import DEFAULT_VPC, SUBNET, Tier, meant_tier
from guardrails.network.topology import topology_of
from guardrails.shapes.properties import forbid_type, require_value, written

_DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet"

forbid_type(
    "it adopts the default VPC, whose subnets are all public",
    id="LP-VPC-001",
    title="The default VPC is not used",
    why="Every subnet of the default VPC routes to the internet and assigns public IP addresses.",
    fix="Create an aws.ec2.Vpc with subnets of its own.",
    severity=Severity.MEDIUM,
    types=(DEFAULT_VPC,),
    references=network_boundary(checkov=("CKV_AWS_148",)),
)


@control(
    id="LP-VPC-002",
    title="Subnets do not assign public IP addresses by default",
    why="An instance that gets a public address unasked is on the internet by mistake.",
    fix="Set mapPublicIpOnLaunch to false, and give an address where one is meant (a load balancer, an Elastic IP).",
    severity=Severity.MEDIUM,
    types=(SUBNET, _DEFAULT_SUBNET),
    references=network_boundary(checkov=("CKV_AWS_130",), security_hub=("EC2.15",)),
)
def subnet_gives_no_addresses(subnet: Resource, _: Context) -> Findings:
    """A default subnet does unless it is told not to."""
    path = "mapPublicIpOnLaunch"
    if subnet.get(path, subnet.type == _DEFAULT_SUBNET):
        yield Violation(f"{written(subnet.get(path, 'not set, which means true'))}, expected false", path)


@control(
    id="LP-VPC-003",
    title="Private and data subnets have no route to an internet gateway",
    why="A route to an internet gateway makes a subnet public, whatever its name says.",
    fix="Give these subnets a route table of their own: private ones lead to a NAT gateway, data ones nowhere.",
    severity=Severity.HIGH,
    types=(ROUTE, *ROUTE_TABLES),
    scope=Scope.STACK,
    references=network_boundary(security_hub=("RDS.46",)),
)
def closed_subnets_have_no_internet_route(resource: Resource, context: Context) -> Findings:
    stack = context.everything

    def judge(hop: Hop) -> Findings:
        if hop.leads_to(Target.INTERNET_GATEWAY):
            users = topology_of(stack).subnets_using(resource)
            closed = [subnet for subnet in users if meant_tier(subnet, stack) in (Tier.PRIVATE, Tier.DATA)]
            if closed:
                yield Violation(f"leads {_names(closed)} to an internet gateway", hop.path)

    yield from each(hops_of(resource, stack), judge)


@control(
    id="LP-VPC-004",
    title="Default routes of private subnets use a NAT gateway",
    why="A NAT instance is one unpatched machine that all traffic goes through; a peer is another's way out.",
    fix="Set natGatewayId on the default route (a transit gateway or firewall endpoint will do as well).",
    severity=Severity.MEDIUM,
    types=(ROUTE, *ROUTE_TABLES),
    parameters={
        "defaultRouteTargets": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "enum": [target.value for target in Target]},
            "default": [
                *(Target.NAT_GATEWAY, Target.EGRESS_ONLY_GATEWAY, Target.TRANSIT_GATEWAY),
                *(Target.CORE_NETWORK, Target.ENDPOINT),
            ],
            "description": "Where a default route may lead, besides the internet gateway of public subnets.",
        }
    },
    scope=Scope.STACK,
    references=network_boundary(checkov=("CKV2_AWS_35",)),
)
def default_route_uses_nat(resource: Resource, context: Context) -> Findings:
    allowed = (*context.parameters["defaultRouteTargets"], Target.INTERNET_GATEWAY)

    def judge(hop: Hop) -> Findings:
        if all_hold(lambda: hop.is_default, lambda: known(hop.target) not in allowed):
            yield Violation(f"the default route leads to: {hop.target}", hop.path)

    yield from each(hops_of(resource, context.everything), judge)


@control(
    id="LP-VPC-005",
    title="Peering routes are not overly broad",
    why="A default route into a peer hands it all traffic that goes nowhere else.",
    fix="Set the destination to the peer's own range.",
    severity=Severity.MEDIUM,
    types=(ROUTE, *ROUTE_TABLES),
    references=network_boundary(checkov=("CKV2_AWS_44",)),
)
def peering_routes_are_narrow(resource: Resource, context: Context) -> Findings:
    def judge(hop: Hop) -> Findings:
        if all_hold(lambda: hop.leads_to(Target.PEERING), lambda: hop.is_default):
            yield Violation("leads the whole internet's range to a peer", hop.path)

    yield from each(hops_of(resource, context.stack), judge)


require_value(
    "autoAcceptSharedAttachments",
    ("disable",),
    default="disable",
    id="LP-VPC-006",
    title="Transit gateways do not accept attachments automatically",
    why="Any account that the gateway is shared with could join the network unasked.",
    fix="Leave autoAcceptSharedAttachments out, or set it to disable.",
    severity=Severity.HIGH,
    types=("aws:ec2transitgateway/transitGateway:TransitGateway",),
    references=network_boundary(checkov=("CKV_AWS_331",), security_hub=("EC2.23",)),
)

require_value(
    "internetGatewayBlockMode",
    ("block-ingress", "block-bidirectional"),
    id="LP-VPC-007",
    title="VPC Block Public Access blocks ingress",
    why="It stops traffic from internet gateways for the whole account and region, whatever routes and groups say.",
    fix="Set internetGatewayBlockMode to block-ingress; exclude the public subnets that need it.",
    severity=Severity.MEDIUM,
    types=("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",),
    references=network_boundary(security_hub=("EC2.172",)),
)


@control(
    id="LP-VPC-008",
    title="Data subnets have no default route",
    why="A database that can't reach the internet can't be made to send its data there.",
    fix="Give the data stores' subnets a route table without a default route; AWS services are reached by endpoints.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(ROUTE, *ROUTE_TABLES),
    scope=Scope.STACK,
    parameters={
        "amongWorkloads": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Types of subnet groups whose stores live in the workloads' subnets, which may lead out.",
        }
    },
    references=network_boundary(),
)
def data_subnets_lead_nowhere(resource: Resource, context: Context) -> Findings:
    stack, excluded = context.everything, tuple(context.parameters["amongWorkloads"])

    def judge(hop: Hop) -> Findings:
        if all_hold(lambda: hop.is_default, lambda: not hop.leads_to(Target.INTERNET_GATEWAY)):
            users = topology_of(stack).subnets_using(resource)
            data = [subnet for subnet in users if meant_tier(subnet, stack, excluded) is Tier.DATA]
            if data:
                yield Violation(f"gives {_names(data)} a default route", hop.path)

    yield from each(hops_of(resource, stack), judge)


@control(
    id="LP-VPC-009",
    title="Prefix lists do not contain the whole internet",
    why="A rule that names the list looks narrow, and admits everyone.",
    fix="List the ranges that are meant.",
    severity=Severity.HIGH,
    types=(PREFIX_LIST, PREFIX_LIST_ENTRY),
    parameters=WIDTHS,
    references=network_boundary(),
)
def prefix_lists_are_narrow(resource: Resource, context: Context) -> Findings:
    def judge(path: str) -> Findings:
        network = parse_network(resource.get(path))
        if network and is_wide(network, widths_of(context)):
            yield Violation(f"holds {network}", path)

    paths = [f"entries[{index}].cidr" for index in range(len(resource.items("entries")))]
    yield from each(paths if resource.has("entries") else ["cidr"], judge)


def _names(subnets: list[Resource]) -> str:
    return "subnet " + ", ".join(sorted(subnet.name for subnet in subnets))

"""Peering, endpoints, flow logs and VPN connections stay in allowed regions."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import RESIDENCY
from guardrails.model.regions import foreign_region
from guardrails.model.resource import Resource
from guardrails.shapes.destinations import LAW, keep, share_with_known_accounts
from guardrails.shapes.properties import forbid_type

keep(
    "RES-VPC-001",
    "VPCs peer within allowed regions",
    ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"),
    "peerRegion",
)


share_with_known_accounts(
    "RES-VPC-006",
    "VPCs and transit gateways peer with known accounts",
    ("aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "aws:ec2transitgateway/peeringAttachment:PeeringAttachment"),
    "peerOwnerId",
    "peerAccountId",
    may_be_own=True,
)


@control(
    id="RES-VPC-002",
    title="VPC endpoints connect to services in allowed regions",
    why=RESIDENCY,
    fix="Name com.amazonaws.REGION.SERVICE of an allowed region, and leave serviceRegion out.",
    severity=Severity.HIGH,
    types=("aws:ec2/vpcEndpoint:VpcEndpoint",),
    references=LAW,
)
def endpoint_service_is_near(endpoint: Resource, context: Context) -> Findings:
    allowed = context.parameters["allowedRegions"]
    region = endpoint.get("serviceRegion")
    if region and region not in allowed:
        yield Violation(foreign_region(region, context), "serviceRegion")
    name = endpoint.text("serviceName")
    if "." in name and not any(f".{each}." in name for each in allowed):
        yield Violation(f"{name} is not a service of {', '.join(allowed)}", "serviceName")


keep(
    "RES-VPC-003",
    "Flow logs stay in allowed regions",
    "aws:ec2/flowLog:FlowLog",
    "logDestination",
    targets=("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
)
forbid_type(
    "it takes traffic in at edge locations all over the world",
    id="RES-VPC-004",
    title="No Global Accelerator",
    why=RESIDENCY,
    fix="Remove it and use a load balancer of the region.",
    severity=Severity.HIGH,
    types=(
        "aws:globalaccelerator/accelerator:Accelerator",
        "aws:globalaccelerator/customRoutingAccelerator:CustomRoutingAccelerator",
    ),
    references=LAW,
)
forbid_type(
    "it opens the network to another one that is not checked here",
    id="RES-VPC-005",
    title="No VPN connections without an exemption",
    why="A tunnel takes data past every other control, to wherever its other end is.",
    fix="Remove it, or grant an exemption that names the other end.",
    severity=Severity.HIGH,
    types=(
        "aws:ec2/vpnConnection:VpnConnection",
        "aws:ec2clientvpn/endpoint:Endpoint",
        "aws:networkmanager/siteToSiteVpnAttachment:SiteToSiteVpnAttachment",
    ),
    references=LAW,
)

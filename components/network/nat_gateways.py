"""NAT gateways: how subnets without public addresses reach the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, ec2

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.network.subnet_tier import zone_letter

LOST_PERCENT = 0.01


@dataclass(frozen=True, kw_only=True)
class NatGatewaysArgs:
    """What the NAT gateways need.

    Attributes:
        context: whose network it is, and who is told of what goes wrong.
        internet_gateway: without one in the VPC, AWS gives out no addresses.
        public_subnets: zone -> id of the public subnet there.
        zones: the zones that have a NAT gateway.
    """

    context: StackContext
    internet_gateway: ec2.InternetGateway
    public_subnets: Mapping[str, pulumi.Input[str]]
    zones: Sequence[str]


class NatGateways(pulumi.ComponentResource):
    """In each chosen zone a NAT gateway with an address of its own.

    Attributes:
        ids: zone -> id of its NAT gateway.
        public_ips: zone -> the address from which that zone's outbound traffic comes; partners may allow-list it.
    """

    ids: Mapping[str, pulumi.Output[str]]
    public_ips: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: NatGatewaysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:NatGateways", name, None, opts)
        tags = args.context.environment.tags(component="network", data_class="internal")
        roles = {zone: f"nat-{zone_letter(zone)}" for zone in args.zones}
        addresses = {
            zone: ec2.Eip(
                f"{name}-{role}",
                domain="vpc",
                tags=tags(role),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[args.internet_gateway]),
            )
            for zone, role in roles.items()
        }
        self.ids = {
            zone: ec2.NatGateway(
                f"{name}-{role}",
                subnet_id=args.public_subnets[zone],
                allocation_id=addresses[zone].allocation_id,
                connectivity_type="public",
                tags=tags(role),
                opts=pulumi.ResourceOptions(parent=self),
            ).id
            for zone, role in roles.items()
        }
        self.public_ips = {zone: address.public_ip for zone, address in addresses.items()}
        made = Alarms(context=args.context, tags=tags, parent=self, runbook="network")
        for zone, role in roles.items():
            alarms(f"{name}-{role}", role, self.ids[zone], made)
        self.register_outputs({"ids": self.ids, "publicIps": self.public_ips})


def alarms(name: str, role: str, gateway: pulumi.Input[str], made: Alarms) -> None:
    """No port is left for a connection, or packets are lost: what AWS says to watch of a NAT gateway.

    Over a ten-thousandth of packets lost is AWS's limit
    (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway-cloudwatch.html).
    """
    prefix = made.context.environment.prefix

    def metric(id_: str, metric_name: str) -> cloudwatch.MetricAlarmMetricQueryArgsDict:
        return {
            "id": id_,
            "metric": {
                "namespace": "AWS/NATGateway",
                "metric_name": metric_name,
                "dimensions": {"NatGatewayId": gateway},
                "period": 60,
                "stat": "Sum",
            },
        }

    made.add(
        f"{name}-ports",
        "warning",
        name=f"{prefix}-{role}-ports",
        description=f"{role}: no port was left for a connection to the internet, in each of 5 minutes",
        namespace="AWS/NATGateway",
        metric_name="ErrorPortAllocation",
        dimensions={"NatGatewayId": gateway},
        statistic="Sum",
        period=60,
        evaluation_periods=5,
        threshold=0,
    )
    made.add(
        f"{name}-drops",
        "warning",
        name=f"{prefix}-{role}-drops",
        description=f"{role}: over {LOST_PERCENT:g} % of packets were lost, in each of 5 minutes",
        metric_queries=[
            {
                "id": "lost",
                "expression": "100 * drops / (from_inside + from_outside)",
                "label": "packets lost",
                "return_data": True,
            },
            metric("drops", "PacketsDropCount"),
            metric("from_inside", "PacketsInFromSource"),
            metric("from_outside", "PacketsInFromDestination"),
        ],
        evaluation_periods=5,
        threshold=LOST_PERCENT,
    )

"""NAT gateways: how subnets without public addresses reach the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.subnet_tier import zone_letter


@dataclass(frozen=True, kw_only=True)
class NatGatewaysArgs:
    """What the NAT gateways need.

    Attributes:
        environment: whose network it is.
        internet_gateway: without one in the VPC, AWS gives out no addresses.
        public_subnets: zone -> id of the public subnet there.
        zones: the zones that have a NAT gateway.
    """

    environment: Environment
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
        tags = args.environment.tags(component="network", data_class="internal")
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
        self.register_outputs({"ids": self.ids, "publicIps": self.public_ips})

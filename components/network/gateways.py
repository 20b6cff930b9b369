"""The ways out of the VPC: an internet gateway for the public subnets, NAT gateways for the private ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.subnets import zone_letter


@dataclass(frozen=True, kw_only=True)
class GatewaysArgs:
    """What the gateways need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC that they serve.
        public_subnets: zone -> id of the public subnet there.
        nat_zones: the zones that have a NAT gateway.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    public_subnets: Mapping[str, pulumi.Input[str]]
    nat_zones: Sequence[str]


class Gateways(pulumi.ComponentResource):
    """An internet gateway, and in each chosen zone a NAT gateway with an address of its own.

    Attributes:
        internet: id of the internet gateway.
        nat: zone -> id of its NAT gateway.
        public_ips: zone -> the address from which that zone's outbound traffic comes; partners may allow-list it.
    """

    internet: pulumi.Output[str]
    nat: Mapping[str, pulumi.Output[str]]
    public_ips: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: GatewaysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Gateways", name, None, opts)
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        internet = ec2.InternetGateway(
            f"{name}-internet",
            vpc_id=args.vpc_id,
            tags=self.tags("internet"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        addresses = {zone: self.address(name, zone, internet) for zone in args.nat_zones}
        self.internet = internet.id
        self.nat = {zone: self.nat_gateway(name, zone, address) for zone, address in addresses.items()}
        self.public_ips = {zone: address.public_ip for zone, address in addresses.items()}
        self.register_outputs({"internet": self.internet, "nat": self.nat, "publicIps": self.public_ips})

    def address(self, name: str, zone: str, internet: ec2.InternetGateway) -> ec2.Eip:
        """The public address of one NAT gateway; AWS gives it out only in a VPC that has an internet gateway."""
        role = f"nat-{zone_letter(zone)}"
        return ec2.Eip(
            f"{name}-{role}",
            domain="vpc",
            tags=self.tags(role),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[internet]),
        )

    def nat_gateway(self, name: str, zone: str, address: ec2.Eip) -> pulumi.Output[str]:
        """One NAT gateway's id."""
        role = f"nat-{zone_letter(zone)}"
        return ec2.NatGateway(
            f"{name}-{role}",
            subnet_id=self.args.public_subnets[zone],
            allocation_id=address.allocation_id,
            connectivity_type="public",
            tags=self.tags(role),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

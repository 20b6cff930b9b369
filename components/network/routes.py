"""Route tables: public subnets reach the internet, private ones only out through NAT, database ones nothing outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.subnets import SubnetIds, Tier, zone_letter

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class RoutesArgs:
    """What the routes need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC whose traffic they route.
        subnets: the subnets, each of which gets a route table.
        internet_gateway: where the public subnets' default route leads.
        nat_gateways: zone -> where the private subnet's default route leads; a zone without one uses the first.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    subnets: SubnetIds
    internet_gateway: pulumi.Input[str]
    nat_gateways: Mapping[str, pulumi.Input[str]]


class Routes(pulumi.ComponentResource):
    """One route table for the public subnets; one per zone for each other tier, so that zones fail apart.

    Attributes:
        table_ids: the route tables of the private and database subnets: those that need gateway endpoints.
    """

    table_ids: list[pulumi.Output[str]]

    def __init__(self, name: str, args: RoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Routes", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        self.public()
        self.table_ids = [*self.private(), *self.database()]
        self.register_outputs({"tableIds": self.table_ids})

    def public(self) -> None:
        """Public subnets: straight to the internet."""
        table = self.table("public")
        self.default_route("public", table, gateway_id=self.args.internet_gateway)
        for zone, subnet in self.args.subnets["public"].items():
            self.association(f"public-{zone_letter(zone)}", table, subnet)

    def private(self) -> list[pulumi.Output[str]]:
        """Private subnets: to the internet through the NAT gateway of their zone."""
        shared = next(iter(self.args.nat_gateways.values()))
        tables = self.zonal("private")
        for zone, table in tables.items():
            role = f"private-{zone_letter(zone)}"
            self.default_route(role, table, nat_gateway_id=self.args.nat_gateways.get(zone, shared))
        return [table.id for table in tables.values()]

    def database(self) -> list[pulumi.Output[str]]:
        """Database subnets: no route out of the VPC."""
        return [table.id for table in self.zonal("database").values()]

    def zonal(self, tier: Tier) -> dict[str, ec2.RouteTable]:
        """Zone -> a route table of its own, with the tier's subnet there."""
        tables: dict[str, ec2.RouteTable] = {}
        for zone, subnet in self.args.subnets.get(tier, {}).items():
            role = f"{tier}-{zone_letter(zone)}"
            tables[zone] = self.table(role)
            self.association(role, tables[zone], subnet)
        return tables

    def table(self, role: str) -> ec2.RouteTable:
        """A route table that knows only the VPC itself."""
        return ec2.RouteTable(
            f"{self.name}-{role}",
            vpc_id=self.args.vpc_id,
            tags=self.tags(role),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def association(self, role: str, table: ec2.RouteTable, subnet: pulumi.Input[str]) -> None:
        """Make a subnet use a table."""
        ec2.RouteTableAssociation(
            f"{self.name}-{role}",
            route_table_id=table.id,
            subnet_id=subnet,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def default_route(self, role: str, table: ec2.RouteTable, **target: pulumi.Input[str]) -> None:
        """Send what isn't for the VPC to ``target``: ``gateway_id`` or ``nat_gateway_id``."""
        ec2.Route(
            f"{self.name}-{role}-default",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            **target,
            opts=pulumi.ResourceOptions(parent=self),
        )

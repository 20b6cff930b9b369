"""VPC endpoints: AWS services by private address, without a way over the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.network.endpoint_policies import endpoint_policy

GATEWAY_SERVICES = ("s3", "dynamodb")
"""Reached by a route, free of charge."""
INTERFACE_SERVICES = (
    "autoscaling",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "xray",
)
"""Reached by a network interface in each zone, charged by the hour."""


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """What the endpoints need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC from which the services are reached.
        route_table_ids: the route tables that lead to the gateway endpoints.
        subnet_ids: where the interface endpoints have their network interfaces: one subnet in each zone.
        security_group_id: who may reach the interface endpoints.
        interface_services: names after ``com.amazonaws.REGION.``.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    interface_services: Sequence[str] = INTERFACE_SERVICES


class Endpoints(pulumi.ComponentResource):
    """The gateway and interface endpoints, each with a policy.

    Attributes:
        ids: service -> id of its endpoint; bucket and queue policies may name it.
    """

    ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Endpoints", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        gateways = {service: self.gateway(service) for service in GATEWAY_SERVICES}
        interfaces = {service: self.interface(service) for service in args.interface_services}
        self.ids = gateways | interfaces
        self.register_outputs({"ids": self.ids})

    def gateway(self, service: str) -> pulumi.Output[str]:
        """The id of a gateway endpoint."""
        return ec2.VpcEndpoint(
            f"{self.name}-{service}",
            vpc_id=self.args.vpc_id,
            service_name=self.service_name(service),
            vpc_endpoint_type="Gateway",
            route_table_ids=self.args.route_table_ids,
            policy=endpoint_policy(self.args.environment, service),
            tags=self.tags(f"endpoint-{service}"),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

    def interface(self, service: str) -> pulumi.Output[str]:
        """The id of an interface endpoint; the service's usual name resolves to it in the VPC."""
        return ec2.VpcEndpoint(
            f"{self.name}-{service}",
            vpc_id=self.args.vpc_id,
            service_name=self.service_name(service),
            vpc_endpoint_type="Interface",
            subnet_ids=self.args.subnet_ids,
            security_group_ids=[self.args.security_group_id],
            private_dns_enabled=True,
            policy=endpoint_policy(self.args.environment, service),
            tags=self.tags(f"endpoint-{service}"),
            opts=pulumi.ResourceOptions(parent=self),
        ).id

    def service_name(self, service: str) -> str:
        """The name under which AWS offers the service to VPCs."""
        return f"com.amazonaws.{self.args.environment.region}.{service}"

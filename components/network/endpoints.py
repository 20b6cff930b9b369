"""VPC endpoints: AWS services by private address, without a way over the internet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2

from aws_facts.vpc_endpoints import GATEWAY_ENDPOINTS
from components.core.environment import Environment
from components.network.endpoint_policies import endpoint_policy


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """What the endpoints need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC from which the services are reached.
        route_table_ids: the route tables that lead to the gateway endpoints.
        subnet_ids: where the interface endpoints have their network interfaces: one subnet in each zone.
        security_group_ids: of the interface endpoints.
        interface_services: names after ``com.amazonaws.REGION.``.
        registry_account: the AWS account whose images nodes pull, where that is another.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    interface_services: Sequence[str]
    registry_account: str | None = None


class Endpoints(pulumi.ComponentResource):
    """Gateway endpoints for S3 and DynamoDB, and the interface endpoints, each with a policy.

    Attributes:
        ids: service -> id of its endpoint; bucket and queue policies may name it.
    """

    ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:Endpoints", name, None, opts)
        tags = args.environment.tags(component="network", data_class="internal")
        interface = {
            "vpc_endpoint_type": "Interface",
            "subnet_ids": args.subnet_ids,
            "security_group_ids": args.security_group_ids,
            "private_dns_enabled": True,  # the service's usual name resolves to the endpoint in the VPC
        }
        services: dict[str, dict[str, Any]] = {
            service: {"vpc_endpoint_type": "Gateway", "route_table_ids": args.route_table_ids}
            for service in GATEWAY_ENDPOINTS
        } | dict.fromkeys(args.interface_services, interface)
        self.ids = {
            service: ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.environment.region}.{service}",
                policy=endpoint_policy(args.environment, service, args.registry_account),
                tags=tags(f"endpoint-{service}"),
                opts=pulumi.ResourceOptions(parent=self),
                **about,
            ).id
            for service, about in services.items()
        }
        self.register_outputs({"ids": self.ids})

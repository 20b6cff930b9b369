"""The API gateway's way into the VPC: a VPC link V2 to the load balancer, or V1 by way of a Network Load Balancer.

AWS lists the Regions and zones that have V2, which are not all
(https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-links-v2.html). V1 needs none of them, and
costs a Network Load Balancer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import apigateway, apigatewayv2, lb

from components.core.context import StackContext
from components.edge.api_settings import VpcLinkVersion

HTTPS_PORT = 443


@dataclass(frozen=True, kw_only=True)
class VpcLinkArgs:
    """What the link needs.

    Attributes:
        context: of the stack.
        version: which kind of link.
        vpc_id: where the load balancer is.
        subnet_ids: one in each zone.
        security_group_id: of the link: it reaches the load balancer and nothing else.
        load_balancer_arn: of the Application Load Balancer that it leads to.
        listener_arn: of its HTTPS listener, which answers 403 to what no rule knows.
    """

    context: StackContext
    version: VpcLinkVersion
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    load_balancer_arn: pulumi.Input[str]
    listener_arn: pulumi.Output[str]


class VpcLink(pulumi.ComponentResource):
    """A link that integrations name, and what they name besides.

    Attributes:
        id: of the link.
        integration_target: ARN of the load balancer, which an integration names with V2; None with V1, which knows it.
    """

    id: pulumi.Output[str]
    integration_target: pulumi.Input[str] | None

    def __init__(self, name: str, args: VpcLinkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:VpcLink", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="ingress", data_class="confidential")
        if args.version == "v2":
            self.id, self.integration_target = self.to_application_load_balancer(), args.load_balancer_arn
        else:
            self.id, self.integration_target = self.by_network_load_balancer(), None
        self.register_outputs({"id": self.id})

    def to_application_load_balancer(self) -> pulumi.Output[str]:
        """V2: network interfaces in these subnets, with a security group."""
        return apigatewayv2.VpcLink(
            self.name,
            name=self.environment.prefix,
            subnet_ids=self.args.subnet_ids,
            security_group_ids=[self.args.security_group_id],
            tags=self.tags("vpc-link"),
            opts=self.child,
        ).id

    def by_network_load_balancer(self) -> pulumi.Output[str]:
        """V1: it leads to Network Load Balancers only, and this one passes TLS on as it comes."""
        balancer = self.network_load_balancer()
        group = self.target_group()
        lb.TargetGroupAttachment(
            self.name,
            target_group_arn=group.arn,
            # AWS takes a load balancer as a target once it has a listener on the group's port.
            target_id=pulumi.Output.all(self.args.load_balancer_arn, self.args.listener_arn).apply(
                lambda arns: arns[0]
            ),
            port=HTTPS_PORT,
            opts=self.child,
        )
        listener = lb.Listener(
            self.name,
            load_balancer_arn=balancer.arn,
            port=HTTPS_PORT,
            protocol="TCP",
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
            tags=self.tags("vpc-link-listener"),
            opts=self.child,
        )
        return apigateway.VpcLink(
            self.name,
            name=self.environment.prefix,
            description="To the internal load balancer",
            target_arn=balancer.arn,
            tags=self.tags("vpc-link"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[listener]),
        ).id

    def network_load_balancer(self) -> lb.LoadBalancer:
        """It carries the link's security group, by which the other load balancer knows it.

        API Gateway comes by PrivateLink, from addresses that aren't told: its rules are not for that traffic.
        """
        return lb.LoadBalancer(
            self.name,
            name=f"{self.environment.prefix}-link",
            load_balancer_type="network",
            internal=True,
            subnets=self.args.subnet_ids,
            security_groups=[self.args.security_group_id],
            enforce_security_group_inbound_rules_on_private_link_traffic="off",
            ip_address_type="ipv4",
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=self.args.context.protection.deletion_protection,
            enable_zonal_shift=True,
            tags=self.tags("vpc-link-balancer"),
            opts=self.child,
        )

    def target_group(self) -> lb.TargetGroup:
        """The Application Load Balancer: healthy where it answers 403, as it does to a path that no rule knows."""
        return lb.TargetGroup(
            self.name,
            name=f"{self.environment.prefix}-link",
            target_type="alb",
            port=HTTPS_PORT,
            protocol="TCP",
            vpc_id=self.args.vpc_id,
            health_check={"protocol": "HTTPS", "path": "/", "matcher": "403"},
            tags=self.tags("vpc-link-target"),
            opts=self.child,
        )

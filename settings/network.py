"""``smile:network``: the VPC as every program has it, and who may reach what in SMILE's."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from aws_facts.regions import zones_of
from aws_facts.vpc_endpoints import INTERFACE_ENDPOINTS
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.network import settings as library
from components.network.flows import KUBELET_PORT

ZONES = zones_of("ap-southeast-3")
"""All of Jakarta's."""
HEALTH_PORT = 8080
"""TCP port of pods' health checks."""
SERVICE_PORTS = f"443, or 1024 to 65535 but not {HEALTH_PORT} (health check) or {KUBELET_PORT} (kubelet)"
"""The network ACLs let requests pass to these."""
# fmt: off
REQUIRED_ENDPOINTS = (
    "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing",
    "kms", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "ssmmessages", "sts", "xray",
)
"""Interface endpoints that staging and prod always have; S3 and DynamoDB are gateway endpoints."""
# fmt: on

Ingress = Literal["vpc_link", "cloudfront"]


class DatabaseAccess(Section):
    """Who may reach the database besides the application."""

    bastion: bool = switch("port 3306 from the bastion's security group, for a while", on=False)
    data_nodes: bool = switch("port 3306 from the data cluster's nodes", on=False)


class Network(library.Network):
    """The VPC of one stack."""

    zones: tuple[Annotated[str, among(ZONES)], ...] = setting(
        ZONES,
        "the Availability Zones used: all three in prod, two or three elsewhere",
        one_of(ZONES),
        min_length=1,
    )
    interface_endpoints: tuple[Annotated[str, among(INTERFACE_ENDPOINTS)], ...] = setting(
        REQUIRED_ENDPOINTS,
        "AWS services reached by a private address; fewer than the default in dev only",
        one_of(INTERFACE_ENDPOINTS),
    )
    database_access: DatabaseAccess = DatabaseAccess()
    ingress: Ingress = setting(
        "vpc_link",
        "who may reach the load balancer: API Gateway's VPC link, or CloudFront directly",
        one_of(get_args(Ingress)),
    )
    service_port: int = setting(
        443,
        "TCP port on which pods take TLS from the load balancer",
        About(unit="TCP port", valid=SERVICE_PORTS),
        ge=1,
        le=65535,
    )

    @property
    def database_tier(self) -> str:
        """The tier whose subnets hold the database: the private one where there is none for it alone."""
        return "database" if "database" in self.tiers else "private"

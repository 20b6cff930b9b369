"""Target groups: where the pods of each public service join, blue and green."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import lb

from components.core.context import StackContext
from components.edge.ingress_settings import Ingress
from components.edge.release_settings import Colour

LONGEST_NAME = 32
"""Characters of a target group's name."""


@dataclass(frozen=True, kw_only=True)
class TargetSpec:
    """A service that the load balancer serves.

    Attributes:
        path: requests for it, and below it, are the service's.
        weights: colour -> share of these requests, in %; each has a target group.
        port: TCP port on which its pods take TLS.
        health_port: TCP port of the health check.
    """

    path: str
    weights: Mapping[Colour, int]
    port: int = 443
    health_port: int = 8080


@dataclass(frozen=True, kw_only=True)
class TargetGroupsArgs:
    """What the target groups need.

    Attributes:
        context: of the stack.
        ingress: health check and draining.
        vpc_id: where the pods are.
        targets: service -> port and colours.
    """

    context: StackContext
    ingress: Ingress
    vpc_id: pulumi.Input[str]
    targets: Mapping[str, TargetSpec]


class TargetGroups(pulumi.ComponentResource):
    """A target group for each colour of each service. Pods join by a TargetGroupBinding, as addresses.

    Attributes:
        arns: service -> colour -> ARN.
        metric_names: service -> colour -> by which CloudWatch knows it.
    """

    arns: dict[str, Mapping[Colour, pulumi.Output[str]]]
    metric_names: dict[str, Mapping[Colour, pulumi.Output[str]]]

    def __init__(self, name: str, args: TargetGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:ingress:TargetGroups", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.context.environment.tags(component="ingress", data_class="internal")
        groups: dict[str, dict[Colour, lb.TargetGroup]] = {
            service: {colour: self.target_group(service, colour) for colour in target.weights}
            for service, target in args.targets.items()
        }
        self.arns, self.metric_names = {}, {}
        for service, each in groups.items():
            self.arns[service] = {colour: group.arn for colour, group in each.items()}
            self.metric_names[service] = {colour: group.arn_suffix for colour, group in each.items()}
        self.register_outputs({"arns": self.arns})

    def target_group(self, service: str, colour: Colour) -> lb.TargetGroup:
        """Requests go on over TLS to the service's port; health is asked for in plain HTTP."""
        ingress, target = self.args.ingress, self.args.targets[service]
        return lb.TargetGroup(
            f"{self.name}-{service}-{colour}",
            name=physical_name(self.args.context.environment.prefix, service, colour, target.port),
            vpc_id=self.args.vpc_id,
            target_type="ip",
            protocol="HTTPS",
            protocol_version="HTTP1",
            port=target.port,
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=ingress.drain_seconds,
            stickiness={"type": "lb_cookie", "enabled": True, "cookie_duration": ingress.sticky_seconds}
            if ingress.sticky_seconds
            else None,
            health_check={
                "enabled": True,
                "protocol": "HTTP",
                "port": str(target.health_port),
                "path": ingress.health_path,
                "matcher": "200",
                "interval": ingress.health_interval_seconds,
                "timeout": min(5, ingress.health_interval_seconds - 1),
                "healthy_threshold": 2,
                "unhealthy_threshold": 3,
            },
            tags=self.tags(f"{service}-{colour}", {"Service": service, "Colour": colour}),
            opts=pulumi.ResourceOptions(parent=self),
        )


def physical_name(prefix: str, service: str, colour: Colour, port: int) -> str:
    """A name short enough for AWS, such as ``acme-prod-orders-green-1f3a9``.

    The digits at its end stand for the whole name and the port: two long names never become one, and a target group
    with another port, which replaces the old one, can be made while that is still in use.
    """
    digest = hashlib.sha256(f"{prefix}-{service}-{port}".encode()).hexdigest()[:5]
    end = f"-{colour}-{digest}"
    return f"{f'{prefix}-{service}'[: LONGEST_NAME - len(end)].rstrip('-')}{end}"

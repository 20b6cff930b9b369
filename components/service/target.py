"""How requests reach a service: a rule of a load balancer's listener, and the group of targets behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import pulumi
from pulumi_aws import lb

from components.core.environment import ComponentTags, Environment

LONGEST_GROUP = 32
"""Characters: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"""


class Served(Protocol):
    """A service that takes requests.

    Attributes:
        tls_port: TCP port on which it takes TLS.
        health_path: what the load balancer asks for, to be answered with 200.
        stop_seconds: how long requests under way may take once a target is taken out.
    """

    @property
    def tls_port(self) -> int: ...  # noqa: D102 - see above
    @property
    def health_path(self) -> str: ...  # noqa: D102
    @property
    def stop_seconds(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Listener:
    """The load balancer that requests come from.

    Attributes:
        arn: of its HTTPS listener.
        load_balancer_suffix: last part of the load balancer's ARN, by which its metrics are known.
        vpc_id: of the service.
        priority: of the rule, 1 to 50,000, the lowest first.
        paths: which requests come here, such as ``/api/*``.
    """

    arn: pulumi.Input[str]
    load_balancer_suffix: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    priority: int
    paths: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class ServiceTargetArgs:
    """What the target needs.

    Attributes:
        role: of the service, in names.
        settings: port and health check.
        listener: where requests come from.
        tags: of the service.
        kind: what is behind it: addresses, of tasks; or instances.
        health_seconds: time between two health checks; AWS's own, 30, where nothing is said.
    """

    environment: Environment
    role: str
    settings: Served
    listener: Listener
    tags: ComponentTags
    kind: Literal["ip", "instance"] = "ip"
    health_seconds: int | None = None


class ServiceTarget(pulumi.ComponentResource):
    """Tasks or instances, reached by TLS; ECS, or EC2 Auto Scaling, puts them in and takes them out.

    Attributes:
        group: the target group.
        arn: of the target group, once requests come to it.
    """

    group: lb.TargetGroup
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceTargetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:service:ServiceTarget", name, None, opts)
        child, settings, listener = pulumi.ResourceOptions(parent=self), args.settings, args.listener
        self.group = lb.TargetGroup(
            name,
            name=args.environment.physical_name(name, LONGEST_GROUP),
            vpc_id=listener.vpc_id,
            target_type=args.kind,
            protocol="HTTPS",
            port=settings.tls_port,
            deregistration_delay=settings.stop_seconds,
            health_check={
                "protocol": "HTTPS",
                "path": settings.health_path,
                "matcher": "200",
                "interval": args.health_seconds,
            },
            tags=args.tags(args.role),
            opts=child,
        )
        lb.ListenerRule(
            name,
            listener_arn=listener.arn,
            priority=listener.priority,
            conditions=[{"path_pattern": {"values": list(listener.paths)}}],
            actions=[{"type": "forward", "target_group_arn": self.group.arn}],
            tags=args.tags(args.role),
            opts=child,
        )
        self.arn = self.group.arn
        self.register_outputs({"arn": self.arn})

"""The alarms of a container service."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.core.alarms import Alarms
from components.edge import alarms as edge
from components.edge.ingress_settings import Alarms as Limits
from components.service.settings import ContainerService
from components.service.target import ServiceTarget

FULL_PERCENT = 85


def service_alarms(
    name: str,
    alarms: Alarms,
    of_service: Mapping[str, str],
    settings: ContainerService,
    load_balancer: tuple[ServiceTarget, pulumi.Input[str]] | None,
) -> None:
    """Too few tasks, full memory and, behind a load balancer, failing health checks, failed and slow requests.

    Args:
        name: logical name of the service.
        alarms: makes them.
        of_service: the dimensions of its metrics: ClusterName and ServiceName.
        settings: how many tasks there are at least.
        load_balancer: what requests reach the service by, and the suffix of the load balancer's ARN.
    """
    service = of_service["ServiceName"]
    alarms.add(
        f"{name}-tasks",
        "critical",
        name=f"{service}-tasks",
        description="Fewer tasks run than there must be, for five minutes",
        namespace="ECS/ContainerInsights",
        metric_name="RunningTaskCount",
        dimensions=of_service,
        statistic="Minimum",
        period=60,
        evaluation_periods=5,
        comparison_operator="LessThanThreshold",
        threshold=settings.min_tasks,
        treat_missing_data="breaching",
    )
    alarms.add(
        f"{name}-memory",
        "warning",
        name=f"{service}-memory",
        description=f"Tasks use more than {FULL_PERCENT} % of their memory; at 100 % they are killed",
        namespace="AWS/ECS",
        metric_name="MemoryUtilization",
        dimensions=of_service,
        statistic="Maximum",
        period=300,
        evaluation_periods=3,
        threshold=FULL_PERCENT,
    )
    if load_balancer:
        target, suffix = load_balancer
        behind = {"TargetGroup": target.group.arn_suffix, "LoadBalancer": suffix}
        requests = [each for each in edge.service_alarms(name, Limits(), behind) if each.role != "unhealthy"]
        edge.watch(name, alarms.context, requests, alarms.parent)
        unhealthy_alarm(name, alarms, service, behind, "A task fails the load balancer's health checks", minutes=5)


def unhealthy_alarm(  # noqa: PLR0913 - what it is about
    name: str, alarms: Alarms, service: str, behind: Mapping[str, pulumi.Input[str]], description: str, *, minutes: int
) -> None:
    """Targets that fail the load balancer's health checks, and are still there after some minutes.

    Args:
        name: logical name of the service.
        alarms: makes it.
        service: physical name.
        behind: the dimensions of the target group's metrics: TargetGroup and LoadBalancer.
        description: for whoever is called.
        minutes: how long replacing one may take.
    """
    alarms.add(
        f"{name}-unhealthy",
        "critical",
        name=f"{service}-unhealthy",
        description=description,
        namespace="AWS/ApplicationELB",
        metric_name="UnHealthyHostCount",
        dimensions=behind,
        statistic="Maximum",
        period=60,
        evaluation_periods=minutes,
        threshold=0,
    )

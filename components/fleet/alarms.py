"""The alarms of a service on EC2 instances."""

from __future__ import annotations

import pulumi

from components.core.alarms import Alarms
from components.fleet.settings import Fleet
from components.service.alarms import unhealthy_alarm
from components.service.target import ServiceTarget

FULL_PERCENT = 85
DIMENSION = "Fleet"
"""Of what the CloudWatch agent measures in an instance: the group's name. EC2 itself sees no memory and no disk."""


def fleet_alarms(  # noqa: PLR0913 - what they are about
    name: str,
    alarms: Alarms,
    settings: Fleet,
    *,
    group: str,
    namespace: str,
    load_balancer: tuple[ServiceTarget, pulumi.Input[str]] | None,
) -> None:
    """Too few instances, failing status checks, full memory and disks and, behind a load balancer, failing checks.

    Args:
        name: logical name of the service.
        alarms: makes them.
        group: physical name of the group.
        namespace: in which the CloudWatch agent of instances publishes.
        settings: how many instances there are at least.
        load_balancer: what requests reach the service by, and the suffix of the load balancer's ARN.
    """
    of_group = {"AutoScalingGroupName": group}
    alarms.add(
        f"{name}-instances",
        "critical",
        name=f"{group}-instances",
        description="Fewer instances are in service than there must be, for ten minutes",
        namespace="AWS/AutoScaling",
        metric_name="GroupInServiceInstances",
        dimensions=of_group,
        statistic="Minimum",
        period=60,
        evaluation_periods=10,
        comparison_operator="LessThanThreshold",
        threshold=settings.min_instances,
        treat_missing_data="breaching",
    )
    alarms.add(
        f"{name}-status",
        "warning",
        name=f"{group}-status",
        description="An instance fails EC2's own checks of its host or system",
        namespace="AWS/EC2",
        metric_name="StatusCheckFailed",
        dimensions=of_group,
        statistic="Maximum",
        period=60,
        evaluation_periods=3,
        threshold=0,
    )
    for role, metric in (("memory", "mem_used_percent"), ("disk", "disk_used_percent")):
        alarms.add(
            f"{name}-{role}",
            "warning",
            name=f"{group}-{role}",
            description=f"An instance uses more than {FULL_PERCENT} % of its {role}",
            namespace=namespace,
            metric_name=metric,
            dimensions={DIMENSION: group},
            statistic="Maximum",
            period=300,
            evaluation_periods=3,
            threshold=FULL_PERCENT,
        )
    if load_balancer:
        target, suffix = load_balancer
        behind = {"TargetGroup": target.group.arn_suffix, "LoadBalancer": suffix}
        description = "An instance fails the load balancer's health checks, and isn't replaced"
        unhealthy_alarm(name, alarms, group, behind, description, minutes=15)

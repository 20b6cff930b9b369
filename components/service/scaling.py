"""How many tasks of a container service there are: as many as keep processors and memory at their targets."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import appautoscaling, ecs

from components.service.settings import ContainerService

OUT_SECONDS, IN_SECONDS = 60, 300
"""After tasks were added, and after some were taken away, before the next change: load comes faster than it goes."""


def scale(  # noqa: PLR0913 - what it is about, and what it follows
    name: str,
    settings: ContainerService,
    cluster: str,
    service: str,
    tags: Mapping[str, str],
    *,
    parent: pulumi.Resource,
    after: ecs.Service,
) -> None:
    """Add tasks when CPU or memory is above its target, and remove some when both are below.

    https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html

    Args:
        name: logical name of the service.
        settings: bounds and targets.
        cluster: physical name of the cluster.
        service: physical name of the service.
        tags: of the scalable target.
        parent: the component.
        after: whose tasks they are.
    """
    target = appautoscaling.Target(
        name,
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=f"service/{cluster}/{service}",
        min_capacity=settings.min_tasks,
        max_capacity=settings.max_tasks,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[after]),
    )
    measures = {
        "cpu": (name, "ECSServiceAverageCPUUtilization", settings.cpu_target_percent),
        "memory": (f"{name}-memory", "ECSServiceAverageMemoryUtilization", settings.memory_target_percent),
    }
    for measure, (logical_name, metric, percent) in measures.items():
        appautoscaling.Policy(
            logical_name,
            name=f"{service}-{measure}",
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": metric},
                "target_value": percent,
                "scale_in_cooldown": IN_SECONDS,
                "scale_out_cooldown": OUT_SECONDS,
            },
            opts=pulumi.ResourceOptions(parent=parent),
        )

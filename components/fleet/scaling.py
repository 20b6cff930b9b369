"""How many instances there are: more at once when processors are busy, one fewer at a time when they idle."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import autoscaling, cloudwatch

from components.fleet.settings import Fleet

MINUTE = 60
OUT_MINUTES, IN_MINUTES = 3, 10
"""For so long the average is beyond the threshold before anything happens: load comes faster than it goes."""


def scale(  # noqa: PLR0913 - what it is about
    name: str,
    settings: Fleet,
    group: autoscaling.Group,
    *,
    physical_name: str,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> None:
    """Add by a step, take away one by one.

    Step scaling knows no cool-down: an alarm that rings takes an instance away every minute. Simple scaling, which has
    one, waits for what it did before (https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-scaling-cooldowns.html).

    Args:
        name: logical name of the service.
        settings: thresholds.
        group: the instances.
        physical_name: of the group, known before it is there.
        tags: of the alarms.
        parent: the component.
    """
    child = pulumi.ResourceOptions(parent=parent)
    out = autoscaling.Policy(
        f"{name}-out",
        name=f"{physical_name}-out",
        autoscaling_group_name=group.name,
        policy_type="StepScaling",
        adjustment_type="ChangeInCapacity",
        metric_aggregation_type="Average",
        estimated_instance_warmup=settings.cool_down_seconds,
        step_adjustments=[{"scaling_adjustment": settings.out_instances, "metric_interval_lower_bound": "0"}],
        opts=child,
    )
    less = autoscaling.Policy(
        f"{name}-in",
        name=f"{physical_name}-in",
        autoscaling_group_name=group.name,
        policy_type="SimpleScaling",
        adjustment_type="ChangeInCapacity",
        scaling_adjustment=-1,
        cooldown=settings.cool_down_seconds,
        opts=child,
    )
    triggers = {
        "out": (out, "GreaterThanThreshold", settings.out_percent, OUT_MINUTES, "above"),
        "in": (less, "LessThanThreshold", settings.in_percent, IN_MINUTES, "below"),
    }
    for role, (policy, operator, percent, minutes, word) in triggers.items():
        # These call nobody: that instances come and go is no news.
        cloudwatch.MetricAlarm(
            f"{name}-{role}",
            name=f"{physical_name}-scale-{role}",
            alarm_description=f"CPU is {word} {percent} % for {minutes} minutes: instances are scaled {role}",
            namespace="AWS/EC2",
            metric_name="CPUUtilization",
            dimensions={"AutoScalingGroupName": physical_name},
            statistic="Average",
            period=MINUTE,
            evaluation_periods=minutes,
            comparison_operator=operator,
            threshold=percent,
            treat_missing_data="missing",
            alarm_actions=[policy.arn],
            tags=dict(tags),
            opts=child,
        )

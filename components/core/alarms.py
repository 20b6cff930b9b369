"""CloudWatch alarms of a component: each tells the topic of its severity when it begins and when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import Severity, StackContext
from components.core.environment import ComponentTags


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Makes the alarms of one component.

    Attributes:
        context: whose topics are told.
        tags: of the component.
        parent: the component.
    """

    context: StackContext
    tags: ComponentTags
    parent: pulumi.Resource

    def add(
        self,
        logical_name: str,
        severity: Severity,
        *,
        name: str,
        description: str,
        recovers: bool = True,
        **metric: Any,
    ) -> cloudwatch.MetricAlarm:
        """An alarm that rings above its threshold and is quiet while there are no data, unless ``metric`` says else.

        Args:
            logical_name: in the stack.
            severity: which topic is told.
            name: in CloudWatch.
            description: what is wrong when it rings, for whoever is on call.
            recovers: its end is news as well; that of an event that has happened is none.
            metric: what is watched, how long and up to where: arguments of ``aws.cloudwatch.MetricAlarm``.
        """
        topic = self.context.topics[severity]
        usual: dict[str, Any] = {"comparison_operator": "GreaterThanThreshold", "treat_missing_data": "notBreaching"}
        return cloudwatch.MetricAlarm(
            logical_name,
            name=name,
            alarm_description=description,
            alarm_actions=[topic],
            ok_actions=[topic] if recovers else None,
            tags=self.tags(name.removeprefix(f"{self.context.environment.prefix}-")),
            opts=pulumi.ResourceOptions(parent=self.parent),
            **usual | metric,
        )

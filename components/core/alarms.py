"""CloudWatch alarms of a component: each notifies the topic of its severity as it begins and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import Incident, Severity, StackContext, WatchedMetric
from components.core.environment import ComponentTags

Runbook = Literal[
    "analytics",
    "audit",
    "backup",
    "broker",
    "cache",
    "certificate",
    "cluster",
    "cost",
    "database",
    "edge",
    "files",
    "fleets",
    "functions",
    "hosts",
    "mail",
    "network",
    "patching",
    "queues",
    "services",
    "storage",
]
"""A page of ``docs/runbooks``; that of an incident is called after it."""


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """Makes the alarms of one component.

    Attributes:
        context: topics and names.
        tags: of the component.
        parent: the component.
        runbook: page of the runbooks that says what to do, such as ``queues``.
        incident: what fails together, such as ``database``: however many of its critical alarms ring, people are
            called once. None where each is news of its own.
        after: what reports the metrics, where an alarm would begin before there is anything to report.
    """

    context: StackContext
    tags: ComponentTags
    parent: pulumi.Resource
    runbook: Runbook
    incident: Incident | None = None
    after: Sequence[pulumi.Resource] = ()

    def add(
        self, logical_name: str, severity: Severity, *, name: str, description: str, **metric: Any
    ) -> cloudwatch.MetricAlarm:
        """An alarm that rings above its threshold and is quiet while there are no data, unless ``metric`` says else.

        Args:
            logical_name: in the stack.
            severity: of the topic that is notified.
            name: in CloudWatch.
            description: what is wrong when it rings, for whoever is on call.
            metric: what is watched, how long and up to where: arguments of ``aws.cloudwatch.MetricAlarm``; with
                ``ok_actions=None``, its end is no news; with ``alarm_actions=None`` as well, it is a part of others.
        """
        topic = self.context.topics[self.informs(severity)]
        environment = self.context.environment
        usual: dict[str, Any] = {
            "comparison_operator": "GreaterThanThreshold",
            "treat_missing_data": "notBreaching",
            "alarm_actions": [topic],
            "ok_actions": [topic],
        }
        watched = usual | metric
        alarm = cloudwatch.MetricAlarm(
            logical_name,
            name=name,
            alarm_description=described(self.context, description, severity, self.runbook),
            tags=self.tags(name.removeprefix(f"{environment.prefix}-")),
            opts=pulumi.ResourceOptions(parent=self.parent, depends_on=list(self.after)),
            **watched,
        )
        self.context.watched.append(
            WatchedMetric(
                component=self.parent.pulumi_resource_type,
                name=name,
                arn=environment.arn("cloudwatch", f"alarm:{name}"),
                severity=severity,
                description=description,
                metric={name: value for name, value in watched.items() if not name.endswith("_actions")},
                incident=self.incident,
                alarm=alarm,
            )
        )
        return alarm

    def informs(self, severity: Severity) -> Severity:
        """Whose topic an alarm notifies: that of its severity, unless a composite alarm pages in its place."""
        return "warning" if self.incident and self.context.pages_incidents else severity


def described(context: StackContext, what: str, severity: Severity, runbook: Runbook) -> str:
    """What an alarm says: what is wrong, how urgent it is, whose it is, what to do (1,024 characters in CloudWatch)."""
    owner = f" Owner: {context.owner}." if context.owner else ""
    return f"{what.rstrip('.')}. Severity: {severity}.{owner} Runbook: {context.runbooks}/{runbook}.md"

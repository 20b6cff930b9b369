"""One page for an incident: a composite alarm of the critical alarms that ring together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import described
from components.core.context import Incident, StackContext

MOST_CHILDREN, LONGEST_RULE = 100, 10_240
"""Alarms, and characters, of a rule.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """An alarm that isn't among those that ``context.watched`` has, and the incident that it belongs to."""

    incident: Incident
    name: str
    alarm: pulumi.Resource | None


@dataclass(frozen=True, kw_only=True)
class CompositeAlarmsArgs:
    """What the composite alarms need.

    Attributes:
        context: whose ``pages_incidents`` is on; what it watches has been made before.
        parts: critical alarms besides those, such as composite ones.
    """

    context: StackContext
    parts: Sequence[Part] = ()


class CompositeAlarms(pulumi.ComponentResource):
    """A composite alarm for each incident that critical alarms belong to, such as ``edge`` or ``database``.

    It rings with the first of them, and names those that do; the others of the incident call nobody again. What is
    news of its own, such as a dead letter, belongs to no incident and pages by itself.

    Attributes:
        names: incident -> name of its alarm.
    """

    names: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: CompositeAlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:observability:CompositeAlarms", name, None, opts)
        self.name = name
        self.context = args.context
        self.tags = args.context.environment.tags(component="observability", data_class="internal")
        parts = self.parts(args.parts)
        self.names = {incident: self.page(incident, each).alarm_name for incident, each in parts.items()}
        self.register_outputs({"names": self.names})

    def parts(self, others: Sequence[Part]) -> dict[Incident, list[Part]]:
        """Incident -> its critical alarms."""
        found: dict[Incident, list[Part]] = {}
        watched = [
            Part(incident=each.incident, name=each.name, alarm=each.alarm)
            for each in self.context.watched
            if each.incident and each.severity == "critical"
        ]
        for part in (*watched, *others):
            found.setdefault(part.incident, []).append(part)
        return found

    def page(self, incident: Incident, alarms: Sequence[Part]) -> cloudwatch.CompositeAlarm:
        """The alarm that pages."""
        critical, name = self.context.topics["critical"], f"{self.context.environment.prefix}-{incident}-incident"
        self.context.composites.append(self.context.environment.arn("cloudwatch", f"alarm:{name}"))
        what = f"{incident.capitalize()}: one of {len(alarms)} critical alarms rings; it says more itself, as a warning"
        return cloudwatch.CompositeAlarm(
            f"{self.name}-{incident}",
            alarm_name=name,
            alarm_description=described(self.context, what, "critical", incident),
            alarm_rule=any_of([alarm.name for alarm in alarms]),
            alarm_actions=[critical],
            ok_actions=[critical],
            tags=self.tags(f"{incident}-incident"),
            # CloudWatch takes no rule that names an alarm which isn't there.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[each.alarm for each in alarms if each.alarm]),
        )


def any_of(names: Sequence[str]) -> str:
    """The rule that any of these alarms meets.

    Raises:
        ValueError: they are more than CloudWatch takes.
    """
    rule = " OR ".join(f'ALARM("{name}")' for name in names)
    if len(names) > MOST_CHILDREN or len(rule) > LONGEST_RULE:
        raise ValueError(
            f"{len(names)} alarms from {names[0]} on, a rule of {len(rule)} characters; CloudWatch takes "
            f"{MOST_CHILDREN} alarms and {LONGEST_RULE} characters: divide the incident"
        )
    return rule

"""A bus of EventBridge: applications put events on it, rules bring them to queues, an archive replays them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.events.settings import Events, Rule
from components.functions.schedule import Schedule, ScheduleArgs, calling

OLDEST_SECONDS, TRIES = 3600, 10
"""How long, and how often, EventBridge tries to deliver an event before it is a dead letter."""


@dataclass(frozen=True, kw_only=True)
class EventBusArgs:
    """What the bus needs.

    Attributes:
        context: topics, names, key ``functions`` of schedules.
        settings: rules, schedules, archive.
        queue_arns: queue -> ARN; one that a rule names lets EventBridge send to it.
        dead_letter_arns: queue -> ARN of the queue for what could not be delivered.

    Raises:
        UndeclaredError: a rule names a queue that isn't there.
    """

    context: StackContext
    settings: Events
    queue_arns: Mapping[str, pulumi.Input[str]]
    dead_letter_arns: Mapping[str, pulumi.Input[str]]

    def __post_init__(self) -> None:
        known = Declared("queue", {**self.queue_arns})
        for rule in self.settings.rules.values():
            _ = known[rule.queue]


class EventBus(pulumi.ComponentResource):
    """The bus of one program. It has no policy: without one, no other account puts events on it.

    Attributes:
        name: of the bus, such as ``acme-prod``.
        arn: of the bus, known before it is there.
        source: what its events must name as theirs, such as ``acme``.
    """

    name: pulumi.Output[str]
    arn: str
    source: str

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:events:EventBus", name, None, opts)
        self.logical, self.args = name, args
        environment = args.context.environment
        self.physical_name, self.source = environment.prefix, environment.project
        self.bus_arn = environment.arn("events", f"event-bus/{self.physical_name}")
        self.tags = environment.tags(component="events", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)
        bus = cloudwatch.EventBus(
            name,
            name=self.physical_name,
            description="Events of the platform's applications",
            tags=self.tags("event-bus"),
            opts=self.child,
        )
        cloudwatch.EventArchive(
            name,
            name=self.physical_name[:48],
            event_source_arn=bus.arn,
            retention_days=args.settings.archive_days,
            description="What can be replayed",
            opts=self.child,
        )
        for rule, about in args.settings.rules.items():
            self.rule(bus, rule, about)
        for role in args.settings.scheduled:
            self.schedule(role)
        self.name, self.arn = bus.name, self.bus_arn
        self.register_outputs({"name": self.name, "arn": self.bus_arn})

    def rule(self, bus: cloudwatch.EventBus, role: str, about: Rule) -> None:
        """Events of some types go to a queue; an alarm rings when one could not."""
        name, physical = f"{self.logical}-{role}", f"{self.physical_name}-{role}"
        made = cloudwatch.EventRule(
            name,
            name=physical,
            description=f"To the queue {about.queue}",
            event_bus_name=bus.name,
            event_pattern=json.dumps({"source": [self.source], "detail-type": list(about.detail_types)}),
            tags=self.tags(role),
            opts=self.child,
        )
        cloudwatch.EventTarget(
            name,
            rule=made.name,
            event_bus_name=bus.name,
            target_id=about.queue.replace(".", "-"),
            arn=self.args.queue_arns[about.queue],
            retry_policy={"maximum_event_age_in_seconds": OLDEST_SECONDS, "maximum_retry_attempts": TRIES},
            dead_letter_config={"arn": self.args.dead_letter_arns[about.queue]},
            opts=self.child,
        )
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="queues").add(
            f"{name}-failed",
            "critical",
            name=f"{physical}-failed",
            description=f"EventBridge could not deliver events of the rule {physical}",
            namespace="AWS/Events",
            metric_name="FailedInvocations",
            dimensions={"EventBusName": self.physical_name, "RuleName": physical},
            statistic="Sum",
            period=60,
            evaluation_periods=1,
            threshold=0,
        )

    def schedule(self, role: str) -> None:
        """An event at its times."""
        about, environment = self.args.settings.scheduled[role], self.args.context.environment
        entry = {
            "EventBusName": self.physical_name,
            "Source": self.source,
            "DetailType": about.detail_type,
            "Detail": json.dumps({"schedule": role}),
        }
        Schedule(
            f"{self.logical}-{role}",
            ScheduleArgs(
                context=self.args.context,
                target=calling(environment.partition, "events:PutEvents", {"Entries": [entry]}, [self.bus_arn], {}),
                expression=about.schedule,
                description=f"Event {about.detail_type}",
                component="events",
            ),
            self.child,
        )

    def grant_publish(self) -> list[Statement]:
        """What a role needs to put events of this program on the bus.

        One call puts several, so their sources are several values
        (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html).
        """
        return [
            Statement(
                sid="PublishEvents",
                actions=["events:PutEvents"],
                resources=[self.bus_arn],
                conditions={
                    "ForAllValues:StringEquals": {"events:source": self.source},
                    "Null": {"events:source": "false"},
                },
            )
        ]

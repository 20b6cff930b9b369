"""Settings of a RabbitMQ broker: its size, its version, and the queues that services take their messages from."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Version = Literal["4.2", "3.13"]
InstanceType = Literal["mq.m7g.medium", "mq.m7g.large", "mq.m7g.xlarge", "mq.m7g.2xlarge", "mq.m7g.4xlarge"]
Deployment = Literal["cluster", "single"]
Weekday = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

TYPES = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rmq-broker-instance-types.html"
VERSIONS = "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-version-management.html"
EVENTS = "words of lower-case letters, digits and '-', joined by dots, such as enrollment.completed"
QUEUES = "1 to 60 lower-case letters, digits, '-' and '.', such as notification.enrollments"
QueueName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$")]
EventName = Annotated[str, StringConstraints(max_length=120, pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)*$")]


class MaintenanceTime(Section):
    """When AWS may restart nodes, one after the other: two hours from here on."""

    day: Weekday = setting("SUNDAY", "day of the week", one_of(get_args(Weekday)))
    time: str = setting(
        "19:00",
        "when it begins",
        About(unit="UTC", valid='hh:mm in quotes, such as "19:00"'),
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    )


class Queue(Section):
    """A queue, replicated over the nodes, whose messages survive a restart; what fails too often goes to NAME.dead."""

    events: tuple[EventName, ...] = setting(
        ..., "what it gets: routing keys of the exchange of events", About(valid=EVENTS, example="payment.completed")
    )
    delivery_limit: int = setting(
        5,
        "how often a message is tried before it is a dead letter",
        About(unit="deliveries", valid="1 to 100"),
        ge=1,
        le=100,
    )
    waiting_alarm: int = setting(
        1000,
        "raises an alarm when more messages wait",
        About(unit="messages", valid="1 or more"),
        ge=1,
    )


class Broker(Section):
    """RabbitMQ on Amazon MQ."""

    version: Version = setting(
        "4.2", "of RabbitMQ; 3.13 can't be updated to it in place", About(
            valid=f"in quotes, {', '.join(get_args(Version))}", choices=get_args(Version), source=VERSIONS
        ),
    )  # fmt: skip
    deployment: Deployment = setting(
        "cluster",
        "cluster: three nodes in as many zones; single: one node, for trials. RabbitMQ has no active/standby",
        one_of(get_args(Deployment)),
    )
    instance_type: InstanceType = setting(
        "mq.m7g.large",
        "of each node; medium is for trials",
        About(valid=", ".join(get_args(InstanceType)), choices=get_args(InstanceType), source=TYPES),
    )
    maintenance: MaintenanceTime = MaintenanceTime()
    queues: dict[QueueName, Queue] = setting(
        {},
        "name -> queue: an entry is a queue, with its queue of dead letters",
        About(valid=f"names of {QUEUES}"),
    )
    alarms: bool = switch("dead letters, messages that pile up, memory, disk and CPU raise alarms", on=True)

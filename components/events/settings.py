"""Settings of an event bus: which events go to which queue, what happens on schedule, what can be replayed."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from components.core.settings.cron import CRON_VALID, DailyCron
from components.core.settings.field import About, setting
from components.core.settings.section import Section
from components.queues.settings import QUEUE_NAMES, QueueName

RuleName = Annotated[str, StringConstraints(max_length=30, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
DetailType = Annotated[str, StringConstraints(max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")]
NAMES = "up to 30 lower-case letters, digits and '-'"


class Rule(Section):
    """Which events go where."""

    detail_types: tuple[DetailType, ...] = setting(
        ..., "of the events", About(valid="such as enrollment.completed", example="enrollment.completed"), min_length=1
    )
    queue: QueueName = setting(
        ..., "the queue that they go to", About(valid=f"queues of the program: {QUEUE_NAMES}", example="integrations")
    )


class Scheduled(Section):
    """An event that comes by itself."""

    schedule: DailyCron = setting(..., "when", About(valid=CRON_VALID, example="cron(0 1 * * ? *)"))
    detail_type: DetailType = setting(..., "of the event", About(valid="such as reports.due", example="reports.due"))


class Events(Section):
    """A bus for the events of one program."""

    rules: dict[RuleName, Rule] = setting(
        {}, "name -> which events go to which queue", About(valid=f"names of {NAMES}")
    )
    scheduled: dict[RuleName, Scheduled] = setting(
        {}, "name -> event that comes at its times, in the stack's time zone", About(valid=f"names of {NAMES}")
    )
    archive_days: int = setting(
        30,
        "how long events can be replayed",
        About(unit="days", valid="1 to 365"),
        ge=1,
        le=365,
    )

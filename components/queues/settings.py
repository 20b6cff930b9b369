"""Settings of message queues, each with a dead-letter queue."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section

Kind = Literal["standard", "fifo"]
Producer = Literal["events", "s3", "sns"]

FIFO = ".fifo"
LONGEST_QUEUE_NAME = 80
"""Characters that SQS takes in a name, ``.fifo`` included."""
QUEUE_NAMES = f"1 to {LONGEST_QUEUE_NAME} letters, digits, '-' and '_'; a FIFO queue's name ends with {FIFO}"
LONGEST_VISIBILITY = 12 * 60 * 60
DAY = 24 * 60 * 60
"""Seconds."""
LONGEST_RETENTION = 14
"""Days."""
LONGEST_WAIT = 20
MOST_RECEIVES = 1000

QueueName = Annotated[str, StringConstraints(max_length=LONGEST_QUEUE_NAME, pattern=rf"^[A-Za-z0-9_-]+(\{FIFO})?$")]


class Queue(Section):
    """One queue."""

    kind: Kind = setting(
        "standard",
        "standard: any order, a message may come twice; fifo: in order within a group, once",
        one_of(get_args(Kind)),
    )
    visibility_seconds: int = setting(
        300,
        "how long a message is hidden from others while one consumer works on it",
        About(unit="seconds", valid=f"0 to {LONGEST_VISIBILITY}"),
        ge=0,
        le=LONGEST_VISIBILITY,
    )
    wait_seconds: int = setting(
        LONGEST_WAIT,
        "how long a request for messages waits for the first one",
        About(unit="seconds", valid=f"0 to {LONGEST_WAIT}"),
        ge=0,
        le=LONGEST_WAIT,
    )
    retention_days: int = setting(
        LONGEST_RETENTION,
        "how long a message that nobody takes is kept",
        About(unit="days", valid=f"1 to {LONGEST_RETENTION}"),
        ge=1,
        le=LONGEST_RETENTION,
    )
    max_receive_count: int = setting(
        5,
        "how often a message is tried before it goes to the dead-letter queue",
        About(unit="receives", valid=f"1 to {MOST_RECEIVES}"),
        ge=1,
        le=MOST_RECEIVES,
    )
    producers: tuple[Producer, ...] = setting(
        (),
        "AWS services of the account that send to it by themselves; workloads send with their own roles",
        one_of(get_args(Producer)),
    )
    alarm_age_seconds: int = setting(
        900,
        "raises an alarm when the oldest message has waited longer",
        About(unit="seconds", valid="60 or more"),
        ge=60,
    )
    alarm_depth: int = setting(
        1000,
        "raises an alarm when more messages wait",
        About(unit="messages", valid="1 or more"),
        ge=1,
    )

    @property
    def is_fifo(self) -> bool:
        """Whether order matters."""
        return self.kind == "fifo"


class Queues(Section):
    """The queues of one stack."""

    queues: dict[QueueName, Queue] = setting(
        {},
        "name -> queue: an entry is a queue, with its dead-letter queue",
        About(valid=f"names of {QUEUE_NAMES}"),
    )
    alarms: bool = switch("alarms on dead letters, age and depth", on=True)


def dead_letter_name(name: str) -> str:
    """The name of a queue's dead-letter queue, which is of the same kind: ``jobs-dead``, ``moves-dead.fifo``."""
    stem = name.removesuffix(FIFO)
    return f"{stem}-dead{name.removeprefix(stem)}"

"""The queues' rules: names that AWS takes, kinds that fit, alarms where people depend on them."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.queues.settings import FIFO, LONGEST_QUEUE_NAME, dead_letter_name
from settings.rule import on_outside_development, rule
from settings.stack import PROJECT, Settings

FEWEST_RECEIVES, MOST_RECEIVES = 2, 100


@rule
def queue_names_tell_their_kind(settings: Settings) -> Iterator[Finding]:
    """AWS refuses a FIFO queue without the ending, and any other with it (SMILE-SQS-02)."""
    for name, queue in settings.queues.queues.items():
        path = ("queues", "queues", name)
        if queue.is_fifo and not name.endswith(FIFO):
            yield Finding(path, f"a FIFO queue named {name}", f"{name}{FIFO}, or kind: standard")
        elif name.endswith(FIFO) and not queue.is_fifo:
            yield Finding(path, f"a standard queue named {name}", f"{name.removesuffix(FIFO)}, or kind: fifo")


@rule
def queue_names_fit(settings: Settings) -> Iterator[Finding]:
    """With what goes before and after them, and each is a queue of its own (SMILE-SQS-03)."""
    names = settings.queues.queues
    for name in names:
        path, dead = ("queues", "queues", name), dead_letter_name(name)
        if excess := max(0, len(f"{PROJECT}-{settings.stack}-{dead}") - LONGEST_QUEUE_NAME):
            what = f"{PROJECT}-{settings.stack}-{dead} has more than {LONGEST_QUEUE_NAME} characters"
            yield Finding(path, what, f"a name of at most {len(name) - excess} characters")
        if dead in names:
            yield Finding(("queues", "queues", dead), f"is the dead-letter queue of {name}", "another name")


@rule
def messages_are_tried_again(settings: Settings) -> Iterator[Finding]:
    """More than once, for the first failure may be a hiccup; not for ever, for others wait (SMILE-SQS-03)."""
    for name, queue in settings.queues.queues.items():
        if not FEWEST_RECEIVES <= queue.max_receive_count <= MOST_RECEIVES:
            path = ("queues", "queues", name, "max_receive_count")
            yield Finding(path, f"got {queue.max_receive_count}", f"{FEWEST_RECEIVES} to {MOST_RECEIVES}")


@rule
def producers_reach_their_queue(settings: Settings) -> Iterator[Finding]:
    """S3 sends to standard queues only."""
    for name, queue in settings.queues.queues.items():
        if queue.is_fifo and "s3" in queue.producers:
            yield Finding(("queues", "queues", name, "producers"), "s3 can't send to a FIFO queue", "events, sns")


@rule
def queues_are_watched(settings: Settings) -> Iterator[Finding]:
    """Alarms are off in development only (SMILE-SQS-07)."""
    yield from on_outside_development(settings, ("queues", "alarms"), on=settings.queues.alarms)

"""What is declared in the broker, in RabbitMQ's own form: an exchange of events, queues, and where dead letters end.

Amazon MQ has no API for it: the document is imported over the management API (``POST /api/definitions``), which
declares what isn't there and leaves the rest (https://www.rabbitmq.com/docs/definitions).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.broker.settings import Queue

EVENTS, DEAD = "events", "dead-letters"
"""Exchanges: publishers send to the first by routing key; queues send what failed to the second."""
VHOST = "/"
"""The one that Amazon MQ's default policies and limits hold for."""


def dead_letter_queue(name: str) -> str:
    """Where a queue's messages end that failed too often."""
    return f"{name}.dead"


def definitions(queues: Mapping[str, Queue]) -> dict[str, Any]:
    """The document.

    Quorum queues keep each message on most of the nodes' disks before they confirm it; with the strategy at-least-once
    a dead letter leaves its queue only once the other has it (https://www.rabbitmq.com/docs/quorum-queues).
    """
    return {
        "vhosts": [{"name": VHOST}],
        "exchanges": [exchange(EVENTS, "topic"), exchange(DEAD, "direct")],
        "queues": [each for name, about in queues.items() for each in (queue(name, about), dead(name))],
        "bindings": [
            each
            for name, about in queues.items()
            for each in (
                *(binding(EVENTS, name, event) for event in about.events),
                binding(DEAD, dead_letter_queue(name), name),
            )
        ],
    }


def exchange(name: str, kind: str) -> dict[str, Any]:
    """An exchange that survives a restart."""
    return {"name": name, "vhost": VHOST, "type": kind, "durable": True, "auto_delete": False, "internal": False,
            "arguments": {}}  # fmt: skip


def queue(name: str, about: Queue) -> dict[str, Any]:
    """A replicated queue; a full one refuses messages, so that none is dropped unseen."""
    return {
        "name": name,
        "vhost": VHOST,
        "durable": True,
        "auto_delete": False,
        "arguments": {
            "x-queue-type": "quorum",
            "x-delivery-limit": about.delivery_limit,
            "x-dead-letter-exchange": DEAD,
            "x-dead-letter-routing-key": name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    }


def dead(name: str) -> dict[str, Any]:
    """The queue of another's dead letters, which stay until somebody has looked at them."""
    return {
        "name": dead_letter_queue(name),
        "vhost": VHOST,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum"},
    }


def binding(source: str, target: str, key: str) -> dict[str, Any]:
    """Messages with this routing key go from an exchange to a queue."""
    return {
        "source": source,
        "vhost": VHOST,
        "destination": target,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }

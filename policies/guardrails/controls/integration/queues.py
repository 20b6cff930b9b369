"""SQS queues and their dead-letter queues: redrive policies inline or as resources."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.model.arn import arns_in
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack, origins
from guardrails.model.values import UNKNOWN

QUEUE = "aws:sqs/queue:Queue"
REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy"
REDRIVE_ALLOW_POLICY = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
_GIVES_UP_TO = {
    QUEUE: "redrivePolicy",
    REDRIVE_POLICY: "redrivePolicy",
    "aws:sns/topicSubscription:TopicSubscription": "redrivePolicy",
    "aws:lambda/function:Function": "deadLetterConfig.targetArn",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "destinationConfig.onFailure.destination",
    "aws:lambda/eventSourceMapping:EventSourceMapping": "destinationConfig.onFailure.destinationArn",
    "aws:cloudwatch/eventTarget:EventTarget": "deadLetterConfig.arn",
    "aws:cloudwatch/eventBus:EventBus": "deadLetterConfig.arn",
    "aws:scheduler/schedule:Schedule": "target.deadLetterConfig.arn",
}
"""Where each type names the queue for what it could not deliver."""


def policy_at(resource: Resource, path: str) -> Mapping[str, Any]:
    """The JSON object that the property holds; empty when it is absent, or what SQS will refuse.

    Raises:
        UndeterminedError: it is not known yet.
    """
    value = resource.known(path, "{}")
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def queue_of(policy: Resource, stack: Stack) -> Resource | None:
    """The queue that a policy is about: the one that it's written in, or the one of this stack that it names.

    Raises:
        UndeterminedError: the queue is not known yet.
    """
    return policy if policy.type == QUEUE else named(stack, policy, "queueUrl", (QUEUE,))


def dead_letter_queue(resource: Resource, stack: Stack) -> Resource | None:
    """The queue of this stack to which ``resource`` gives up messages; None when there is none, or it is elsewhere.

    Raises:
        UndeterminedError: it is not known yet, and comes from none or several queues.
    """
    path = _GIVES_UP_TO[resource.type]
    if resource.raw(path) is UNKNOWN:
        return named(stack, resource, path, (QUEUE,))
    return next(_named_in(str(resource.raw(path) or ""), stack), None)


def is_dead_letter_queue(queue: Resource, stack: Stack) -> bool:
    """Whether anything in the stack gives up messages to the queue, as far as is known."""
    return queue.urn in stack.once(_dead_letter_queues)


def _dead_letter_queues(stack: Stack) -> frozenset[str]:
    found: set[str] = set()
    for resource in stack.of_type(*_GIVES_UP_TO):
        value = resource.raw(_GIVES_UP_TO[resource.type])
        if value is UNKNOWN:
            found.update(origins(resource, _GIVES_UP_TO[resource.type]))
        elif value:
            found.update(queue.urn for queue in _named_in(str(value), stack))
    return frozenset(found)


def _named_in(text: str, stack: Stack) -> Iterator[Resource]:
    """The queues of the stack whose ARNs are in the text; an ARN that is built holds the name of its queue."""
    names = stack.once(_by_name)
    return (names[arn.resource] for arn in arns_in(text) if arn.service == "sqs" and arn.resource in names)


def _by_name(stack: Stack) -> dict[str, Resource]:
    names = ((queue.outputs.get("name", queue.raw("name")), queue) for queue in stack.of_type(QUEUE))
    return {name: queue for name, queue in names if isinstance(name, str)}

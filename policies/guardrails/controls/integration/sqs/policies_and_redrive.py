"""Queues: their policies, and redrive to dead-letter queues."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.controls.integration.queues import (
    QUEUE,
    REDRIVE_ALLOW_POLICY,
    REDRIVE_POLICY,
    dead_letter_queue,
    is_dead_letter_queue,
    policy_at,
    queue_of,
)
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_action
from guardrails.iam.sharing import not_public, services_act_for_us
from guardrails.iam.sources import ask_statements, policy_sources
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import at_rest, continuity, data_access
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN
from guardrails.services.keys import is_same_key

_WITH_POLICY = ("aws:sqs/queuePolicy:QueuePolicy", QUEUE)
_REDRIVES = (QUEUE, REDRIVE_POLICY)
_REDRIVE = "redrivePolicy"
_ALLOW = "redriveAllowPolicy"
_RETENTION = "messageRetentionSeconds"
_LONGEST_RETENTION = 1_209_600
"""Seconds, 14 days: as long as SQS keeps a message."""
_DEFAULT_RETENTION = 345_600
"""Seconds, 4 days: how long SQS keeps a message unless told otherwise."""


control(
    id="LP-SQS-001",
    title="Queue policies are not public",
    why="Anybody could read what is in the queue, or have the platform process what they send.",
    fix="Name principals in each Allow statement, or tie it to aws:SourceArn, aws:SourceAccount or aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=_WITH_POLICY,
    references=data_access(checkov=("CKV_AWS_168", "CKV_AWS_387"), security_hub=("SQS.3",)),
)(not_public)


@control(
    id="LP-SQS-002",
    title="Queue policies allow named actions only",
    why="sqs:* holds DeleteQueue, PurgeQueue and SetQueueAttributes, with which the policy itself can be replaced.",
    fix="List the actions, such as sqs:SendMessage.",
    severity=Severity.HIGH,
    types=_WITH_POLICY,
    references=data_access(checkov=("CKV_AWS_72",)),
)
def queue_allows_named_actions(policy: Resource, _: Context) -> Findings:
    def question(statement: Statement, _document: Document) -> Iterator[str]:
        if not statement.allows:
            return
        if statement.not_actions:
            yield "it allows all actions but those that it names"
        elif any(is_any_action(action) or action.lower() == "sqs:*" for action in statement.actions):
            yield "it allows every action"

    return ask_statements(policy_sources(policy), question)


control(
    id="LP-SQS-003",
    title="Queue policies let services send for our own resources only",
    why="A service works for every customer of AWS; without a condition, others can make it send here.",
    fix="Add a condition on aws:SourceArn, aws:SourceAccount or aws:SourceOrgID.",
    severity=Severity.HIGH,
    types=_WITH_POLICY,
    references=data_access(),
)(services_act_for_us)


@control(
    id="LP-SQS-004",
    title="Dead-letter queues have a redrive allow policy with named source queues",
    why="Unless told otherwise, every queue of the account may use it, and so mix its messages with these.",
    fix='Set redriveAllowPolicy to {"redrivePermission": "byQueue", "sourceQueueArns": [...]}, or denyAll.',
    severity=Severity.LOW,
    types=(QUEUE, REDRIVE_ALLOW_POLICY),
    scope=Scope.STACK,
    references=data_access(),
)
def redrive_is_allowed_by_name(resource: Resource, context: Context) -> Findings:
    if resource.raw(_ALLOW) is UNKNOWN:
        resource.refers_to(_ALLOW, (QUEUE,))  # what holds the ARN of a queue names one
    elif resource.has(_ALLOW):
        if policy_at(resource, _ALLOW).get("redrivePermission", "allowAll") == "allowAll":
            yield Violation("every queue of the account may use it", _ALLOW)
    elif is_dead_letter_queue(resource, context.everything) and not _has(resource, REDRIVE_ALLOW_POLICY, context):
        yield Violation("it is a dead-letter queue that every queue of the account may use", _ALLOW)


def _has(queue: Resource, policy_type: str, context: Context) -> bool:
    """Whether a separate resource of this type is about the queue."""
    return bool(named_by(queue, context.everything, (policy_type,), "queueUrl", (QUEUE,)))


@control(
    id="ENC-SQS-004",
    title="Dead-letter queues are encrypted with the key of their source",
    why="They hold the same messages: with another key, or none, whoever may not read the one may read the other.",
    fix="Set kmsMasterKeyId of both queues to the same key.",
    severity=Severity.MEDIUM,
    types=_REDRIVES,
    scope=Scope.STACK,
    references=at_rest(),
)
def dead_letters_have_same_key(policy: Resource, context: Context) -> Findings:
    for source, dead in _pairs(policy, context):
        if not is_same_key(source, dead, "kmsMasterKeyId"):
            yield Violation(f"{dead.name} has another key than {source.name}", _REDRIVE)


def _pairs(policy: Resource, context: Context) -> Iterator[tuple[Resource, Resource]]:
    """The queue that a redrive policy is about and its dead-letter queue, where both are of this stack."""
    if policy.has(_REDRIVE):
        source = queue_of(policy, context.everything)
        dead = dead_letter_queue(policy, context.everything)
        if source and dead:
            yield source, dead


@control(
    id="RSL-SQS-001",
    title="Queues have a dead-letter queue",
    why="Without one, a message that can't be processed is received again until it expires and is lost; with a "
    "maxReceiveCount of 1, every transient failure fills the dead-letter queue.",
    fix="Set redrivePolicy with the ARN of a queue of the same kind and a maxReceiveCount such as 5.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=_REDRIVES,
    scope=Scope.STACK,
    parameters={
        name: {"type": "integer", "minimum": 1, "maximum": 1000, "default": default, "description": description}
        for name, default, description in (
            ("minimumReceives", 2, "The fewest attempts before a message is given up."),
            ("maximumReceives", 100, "The most attempts before a message is given up."),
        )
    },
    references=continuity(),
)
def queue_has_dead_letters(resource: Resource, context: Context) -> Findings:
    """A dead-letter queue needs none itself."""
    if resource.has(_REDRIVE):
        yield from each((_attempts, _kinds), lambda faults: faults(resource, context))
    elif not _is_for_dead_letters(resource, context) and not _has(resource, REDRIVE_POLICY, context):
        yield Violation("it has no dead-letter queue", _REDRIVE)


def _attempts(policy: Resource, context: Context) -> Findings:
    least, most = context.parameters["minimumReceives"], context.parameters["maximumReceives"]
    redrive = policy_at(policy, _REDRIVE)
    count = str(redrive.get("maxReceiveCount", ""))
    if not redrive.get("deadLetterTargetArn"):
        yield Violation("deadLetterTargetArn is not set", _REDRIVE)
    if not count.isdigit() or not least <= int(count) <= most:
        yield Violation(f"maxReceiveCount is {count or 'not set'}, expected {least} to {most}", _REDRIVE)


def _kinds(policy: Resource, context: Context) -> Findings:
    for source, dead in _pairs(policy, context):
        if bool(source.get("fifoQueue")) != bool(dead.get("fifoQueue")):
            yield Violation(f"{source.name} and {dead.name} are not both FIFO, or both standard", _REDRIVE)


def _is_for_dead_letters(queue: Resource, context: Context) -> bool:
    if queue.has(_ALLOW):
        return queue.raw(_ALLOW) is UNKNOWN or policy_at(queue, _ALLOW).get("redrivePermission") != "denyAll"
    return is_dead_letter_queue(queue, context.everything) or _has(queue, REDRIVE_ALLOW_POLICY, context)


@control(
    id="RSL-SQS-002",
    title="Dead-letter queues have a longer retention period than their source",
    why="A message's age counts from the day it was first sent: with the same retention, it may be gone from the "
    "dead-letter queue before anybody looks.",
    fix="Set messageRetentionSeconds of the dead-letter queue above its source's, 1209600 (14 days) at best.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=_REDRIVES,
    scope=Scope.STACK,
    references=continuity(),
)
def dead_letters_are_kept_longer(policy: Resource, context: Context) -> Findings:
    """As long is enough in a FIFO queue, where age starts anew, and where SQS keeps nothing longer."""
    for source, dead in _pairs(policy, context):
        kept, at_source = (int(queue.number(_RETENTION, _DEFAULT_RETENTION)) for queue in (dead, source))
        as_long_will_do = kept == _LONGEST_RETENTION or bool(dead.get("fifoQueue"))
        if kept < at_source or (kept == at_source and not as_long_will_do):
            yield Violation(f"{dead.name} keeps them {kept} seconds, {source.name} {at_source}", _REDRIVE)

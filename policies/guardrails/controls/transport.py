"""Resource policies that refuse requests without TLS: buckets, queues, topics and file systems."""

from __future__ import annotations

from guardrails.buckets import BUCKET_POLICY, BUCKETS, is_for_directory, settings_of
from guardrails.control import (
    Context,
    Findings,
    Level,
    References,
    Scope,
    Severity,
    UndeterminedError,
    Violation,
    control,
)
from guardrails.iam import Document, Statement
from guardrails.iam_denials import Suits, denies, is_for_everyone, is_on_every_object
from guardrails.iam_sources import ask_documents, policy_sources
from guardrails.resource import Resource

_PLAIN = "What travels without TLS can be read and changed on the way."
_DENY = 'Add a statement with Effect Deny, Principal "*"'
_OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")


def _in_transit(checkov: tuple[str, ...] = (), security_hub: tuple[str, ...] = ()) -> References:
    return References(
        checkov=checkov,
        security_hub=security_hub,
        soc2=("CC6.7",),
        iso27001=("A.8.20", "A.8.24"),
        indonesia=("UU PDP 35", "UU PDP 39"),
    )


def _refuses_plain(statement: Statement) -> bool:
    return is_for_everyone(statement) and any(
        each.key == "aws:securetransport" and each.operator == "bool" and {*map(str.lower, each.values)} == {"false"}
        for each in statement.conditions
        if len(statement.conditions) == 1  # a second condition would let other requests through
    )


def _refuses_old_tls(statement: Statement) -> bool:
    return is_for_everyone(statement) and any(
        each.key == "s3:tlsversion" and each.operator == "numericlessthan" and _at_least_1_2(each.values)
        for each in statement.conditions
        if len(statement.conditions) == 1
    )


def _at_least_1_2(values: tuple[str, ...]) -> bool:
    try:
        return max(map(float, values)) >= 1.2
    except ValueError:
        return False


def _ask(resource: Resource, actions: tuple[str, ...], suits: Suits, why: str) -> Findings:
    def question(document: Document) -> Findings:
        try:
            if not denies(document, actions, suits):
                yield Violation(why)
        except UndeterminedError as unknown:
            yield unknown

    return ask_documents(policy_sources(resource), question)


def _refuse_plain(id_: str, what: str, types: tuple[str, ...], *actions: str) -> None:
    """A control that policies of these types deny ``actions`` without TLS; a resource without a policy passes."""

    def check(resource: Resource, _: Context) -> Findings:
        return _ask(resource, actions, _refuses_plain, "no statement denies requests without TLS to everybody")

    control(
        id=id_,
        title=f"Policies of {what} deny requests without TLS",
        why=_PLAIN,
        fix=f"{_DENY}, Action {', '.join(actions)} and only the condition Bool aws:SecureTransport false.",
        severity=Severity.MEDIUM,
        types=types,
        references=_in_transit(),
    )(check)


_refuse_plain(
    "ENC-SQS-003",
    "queues",
    ("aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"),
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
)
_refuse_plain("ENC-SNS-002", "topics", ("aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic"), "sns:Publish")
_refuse_plain(
    "ENC-EFS-003",
    "file systems",
    ("aws:efs/fileSystemPolicy:FileSystemPolicy",),
    "elasticfilesystem:ClientMount",
)


@control(
    id="ENC-S3-004",
    title="Buckets deny requests without TLS",
    why=_PLAIN,
    fix=f'{_DENY}, Action "s3:*" on bucket and objects, and only the condition Bool aws:SecureTransport false.',
    severity=Severity.MEDIUM,
    types=(*BUCKETS, BUCKET_POLICY),
    scope=Scope.STACK,
    references=_in_transit(("CKV_AWS_379",), ("S3.5",)),
)
def bucket_refuses_plain_requests(resource: Resource, context: Context) -> Findings:
    if is_for_directory(resource):
        return
    if resource.type in BUCKETS and not resource.has("policy"):
        if not settings_of(resource, context, (BUCKET_POLICY,)):
            yield Violation("it has no policy")
        return
    yield from _ask(
        resource,
        _OBJECTS,
        lambda statement: _refuses_plain(statement) and is_on_every_object(statement),
        "no statement denies requests for objects without TLS to everybody",
    )


@control(
    id="ENC-S3-005",
    title="Bucket policies require TLS 1.2",
    why="Older versions of TLS can be broken. AWS refuses them today; the policy says so for as long as it stands.",
    fix=f'{_DENY}, Action "s3:*" on bucket and objects, and only the condition NumericLessThan s3:TlsVersion 1.2.',
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(BUCKET_POLICY, *BUCKETS),
    references=_in_transit(),
)
def bucket_refuses_old_tls(resource: Resource, _: Context) -> Findings:
    if is_for_directory(resource):
        return
    yield from _ask(
        resource,
        _OBJECTS,
        lambda statement: _refuses_old_tls(statement) and is_on_every_object(statement),
        "no statement denies requests for objects with TLS older than 1.2 to everybody",
    )

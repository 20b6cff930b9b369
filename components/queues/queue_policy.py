"""Who may use a queue: roles of the account, by their own policies, and the AWS services that the queue names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from components.core.environment import Environment
from components.core.iam import Statement, Values, document
from components.core.resource_policy import deny_other_accounts, deny_plain_transport
from components.queues.settings import Producer

SEND = ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage")
RECEIVE = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
SOURCES: Mapping[Producer, str] = {"events": "rule/*", "sns": "*"}
"""Service -> the resources of the account on whose behalf it sends. A bucket's ARN doesn't tell its account."""


def queue_policy(environment: Environment, arn: str, producers: Sequence[Producer]) -> pulumi.Input[str]:
    """The policy of one queue: it denies what nobody may do, and lets services send that can't have a role."""
    sends = (service_sends(environment, arn, producer) for producer in producers)
    return document(*denials(environment, arn), *sends)


def denials(environment: Environment, arn: str) -> list[Statement]:
    """What nobody may do with a queue."""
    return [deny_plain_transport(["sqs:*"], [arn]), deny_other_accounts(environment, ["sqs:*"], [arn])]


def service_sends(environment: Environment, arn: str, producer: Producer) -> Statement:
    """One AWS service, on behalf of this account's resources."""
    condition: dict[str, dict[str, Values]] = (
        {"ArnLike": {"aws:SourceArn": environment.arn(producer, SOURCES[producer])}}
        if producer in SOURCES
        else {"StringEquals": {"aws:SourceAccount": environment.account_id}}
    )
    return Statement(
        sid=f"{producer.capitalize()}Sends",
        principals={"Service": f"{producer}.amazonaws.com"},
        actions=["sqs:SendMessage"],
        resources=[arn],
        conditions=condition,
    )

"""SQS queues: encryption at rest and in transit, and where dead-letter queues are."""

from __future__ import annotations

from guardrails.model.arn import arns_in
from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.references import key_management
from guardrails.model.regions import why_not_kept
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.destinations import LAW
from guardrails.shapes.properties import encrypt_with_customer_key
from guardrails.shapes.tls_policies import deny_plain_requests

_QUEUE = "aws:sqs/queue:Queue"


@control(
    id="ENC-SQS-001",
    title="Queues have server-side encryption",
    why="Messages carry orders and patients' data, and wait on disk.",
    fix="Set kmsMasterKeyId to an aws:kms/key:Key (or sqsManagedSseEnabled to true).",
    severity=Severity.HIGH,
    types=(_QUEUE,),
    references=References(checkov=("CKV_AWS_27",), security_hub=("SQS.1",), soc2=("CC6.1",), iso27001=("A.8.24",)),
)
def queue_is_encrypted(queue: Resource, _: Context) -> Findings:
    if not queue.has("kmsMasterKeyId") and not queue.get("sqsManagedSseEnabled", True):
        yield Violation("encryption is off", "sqsManagedSseEnabled")


encrypt_with_customer_key("ENC-SQS-002", "Queues", _QUEUE, "kmsMasterKeyId", key_management(("CKV2_AWS_73",)))


@control(
    id="RES-SQS-001",
    title="Dead-letter queues are in allowed regions",
    why="Data of the platform stays in Indonesia, in accounts that are known.",
    fix="Name a queue of an allowed region and account as deadLetterTargetArn in redrivePolicy.",
    severity=Severity.HIGH,
    types=(_QUEUE, "aws:sqs/redrivePolicy:RedrivePolicy", "aws:sns/topicSubscription:TopicSubscription"),
    references=LAW,
)
def redrive_target_stays(queue: Resource, context: Context) -> Findings:
    policy = queue.raw("redrivePolicy")
    if policy is UNKNOWN:
        if not queue.refers_to("redrivePolicy", (_QUEUE,)):
            yield UndeterminedError("redrivePolicy")
        return
    for arn in arns_in(str(policy or "")):
        text = f"arn:{arn.partition}:{arn.service}:{arn.region}:{arn.account}:{arn.resource}"
        why = why_not_kept(text, queue, context)
        if why:
            yield Violation(why, "redrivePolicy")


deny_plain_requests(
    "ENC-SQS-003",
    "Queue policies",
    ("aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"),
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
)

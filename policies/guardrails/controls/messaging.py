"""Queues, topics, logs, events and trails: where messages go, and their keys."""

from __future__ import annotations

from guardrails.arn import arns_in
from guardrails.control import Context, Findings, References, Severity, UndeterminedError, Violation, control
from guardrails.destinations import LAW, keep
from guardrails.references import key_management
from guardrails.regions import comes_from_aws, why_not_kept
from guardrails.resource import UNKNOWN, Resource
from guardrails.rules import encrypt_with_customer_key

_QUEUE = "aws:sqs/queue:Queue"
_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")


@control(
    id="ENC-SQS-001",
    title="Queues are encrypted",
    why="Messages carry orders and patients' data, and wait on disk.",
    fix="Set kmsMasterKeyId to an aws:kms/key:Key (or sqsManagedSseEnabled to true).",
    severity=Severity.HIGH,
    types=(_QUEUE,),
    references=References(checkov=("CKV_AWS_27",), security_hub=("SQS.1",), soc2=("CC6.1",), iso27001=("A.8.24",)),
)
def queue_is_encrypted(queue: Resource, _: Context) -> Findings:
    if not queue.has("kmsMasterKeyId") and queue.get("sqsManagedSseEnabled", True) is False:
        yield Violation("encryption is off", "sqsManagedSseEnabled")


encrypt_with_customer_key("ENC-SQS-002", "Queues", _QUEUE, "kmsMasterKeyId", key_management(("CKV2_AWS_73",)))
encrypt_with_customer_key(
    "ENC-SNS-001", "Topics", "aws:sns/topic:Topic", "kmsMasterKeyId", key_management(("CKV_AWS_26",), ("SNS.1",))
)
encrypt_with_customer_key(
    "ENC-CLOUDWATCH-001", "Log groups", "aws:cloudwatch/logGroup:LogGroup", "kmsKeyId", key_management(("CKV_AWS_158",))
)
encrypt_with_customer_key(
    "ENC-CLOUDTRAIL-001",
    "Trails",
    "aws:cloudtrail/trail:Trail",
    "kmsKeyId",
    key_management(("CKV_AWS_35",), ("CloudTrail.2",)),
)


@control(
    id="RES-SQS-001",
    title="Queues give up messages to queues in allowed regions",
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


@control(
    id="RES-SNS-001",
    title="Topics deliver inside the platform",
    why="Mail and plain web requests leave the country, and nobody knows where they end.",
    fix="Use the protocol sqs, lambda, firehose or https, with an endpoint in an allowed region and account.",
    severity=Severity.HIGH,
    types=("aws:sns/topicSubscription:TopicSubscription",),
    parameters={
        "protocols": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["sqs", "lambda", "firehose", "https"],
            "description": "The protocols over which a topic may deliver.",
        }
    },
    references=LAW,
)
def subscription_stays(subscription: Resource, context: Context) -> Findings:
    protocols, protocol = context.parameters["protocols"], subscription.get("protocol")
    if protocol not in protocols:
        yield Violation(f"{protocol} is not one of {', '.join(protocols)}", "protocol")
    endpoint = subscription.raw("endpoint")
    if endpoint is UNKNOWN and not comes_from_aws(subscription, "endpoint"):
        yield UndeterminedError("endpoint")
    if isinstance(endpoint, str) and endpoint.startswith("arn:"):
        why = why_not_kept(endpoint, subscription, context)
        if why:
            yield Violation(why, "endpoint")


keep(
    "RES-CLOUDTRAIL-001",
    "Trails deliver to allowed regions",
    "aws:cloudtrail/trail:Trail",
    "s3BucketName",
    targets=_BUCKETS,
)
keep(
    "RES-CLOUDTRAIL-002",
    "Trails use log groups and keys of allowed regions",
    "aws:cloudtrail/trail:Trail",
    "cloudWatchLogsGroupArn",
    "kmsKeyId",
)
keep(
    "RES-CLOUDWATCH-001",
    "Logs are sent to allowed regions and accounts",
    ("aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "aws:cloudwatch/logDestination:LogDestination"),
    "destinationArn",
    "targetArn",
)
keep(
    "RES-CLOUDWATCH-002",
    "Metrics are sent to allowed regions and accounts",
    ("aws:cloudwatch/metricStream:MetricStream", "aws:oam/link:Link"),
    "firehoseArn",
    "sinkIdentifier",
)
keep(
    "RES-EVENTBRIDGE-001",
    "Events are sent to allowed regions and accounts",
    "aws:cloudwatch/eventTarget:EventTarget",
    "arn",
)

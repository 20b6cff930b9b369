"""What is uploaded to a bucket goes, by way of a queue, to a function: with retries, dead letters and a limit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import cloudwatch, lambda_

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.encryption.grants import DECRYPT
from components.functions.function import Function, FunctionArgs
from components.queues.message_queues import MessageQueues
from components.storage.bucket import Bucket

VISIBILITY_TIMEOUTS = 6
"""How many runs a message stays hidden for: Lambda tries again by itself where it refuses one for the moment
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)."""
MAPPING = ("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage")
"""What Lambda does with a queue, by the function's role
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html)."""
FEWEST_AT_ONCE = 2
"""The smallest maximum concurrency of a queue's mapping
(https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html)."""


@dataclass(frozen=True, kw_only=True)
class UploadPipelineArgs:
    """What the pipeline needs.

    Attributes:
        context: of the stack.
        bucket: whose new objects are worked on.
        suffix: what the names of these end with, in any case, such as ``.pdf``.
        queues: the queues of the program.
        queue: the one between; it takes events (``producers: [events]``), and hides a message for six runs or longer.
        function: the function, with what it may do besides receiving messages. Its ``concurrency``, 2 or more, is also
            how many messages are given out at once.
        batch_size: messages of one run, 1 to 10.

    Raises:
        ValueError: the queue takes no events or hides messages for too short a time; or a limit is exceeded.
    """

    context: StackContext
    bucket: Bucket
    suffix: str
    queues: MessageQueues
    queue: str
    function: FunctionArgs
    batch_size: int = 1

    def __post_init__(self) -> None:
        settings = self.queues.args.queues.queues[self.queues.declared(self.queue)]
        if "events" not in settings.producers:
            raise ValueError(f"queue {self.queue}: takes no events; valid: producers: [events]")
        least = VISIBILITY_TIMEOUTS * self.function.timeout_seconds
        if settings.visibility_seconds < least:
            raise ValueError(f"queue {self.queue}: visibility_seconds: got {settings.visibility_seconds}, not {least}")
        if self.function.concurrency < FEWEST_AT_ONCE:
            raise ValueError(f"concurrency: got {self.function.concurrency}; valid: {FEWEST_AT_ONCE} or more")


class UploadPipeline(pulumi.ComponentResource):
    """The rule, the function and what connects them to the queue; an alarm where events are lost on the way.

    Attributes:
        function: that works on each object.
    """

    function: Function

    def __init__(self, name: str, args: UploadPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:pipeline:UploadPipeline", name, None, opts)
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.context.environment.tags(component="pipeline", data_class=args.function.data_class)
        received = args.queues.grant("Receive", MAPPING, [args.queue], DECRYPT)
        statements = [*args.function.statements, *received]
        self.function = Function(name, replace(args.function, statements=statements), self.child)
        self.events(name)
        lambda_.EventSourceMapping(
            name,
            event_source_arn=args.queues.arns[args.queue],
            function_name=self.function.arn,
            batch_size=args.batch_size,
            # Those that it names as failed, and no others, come again.
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": args.function.concurrency},
            tags=self.tags(name),
            opts=self.child,
        )
        self.register_outputs({"functionName": self.function.name})

    def events(self, name: str) -> None:
        """New objects of that name, to the queue."""
        args, physical = self.args, self.args.context.environment.physical_name(name, 64)
        rule = cloudwatch.EventRule(
            name,
            name=physical,
            description=f"Uploads of {args.suffix} files",
            event_pattern=args.bucket.name.apply(lambda bucket: json.dumps(pattern(bucket, args.suffix))),
            tags=self.tags(name),
            opts=self.child,
        )
        cloudwatch.EventTarget(name, rule=rule.name, arn=args.queues.arns[args.queue], opts=self.child)
        Alarms(context=args.context, tags=self.tags, parent=self, runbook="queues").add(
            f"{name}-lost",
            "critical",
            name=f"{physical}-lost",
            description="an upload didn't get to the queue, and won't be worked on: upload it again",
            namespace="AWS/Events",
            metric_name="FailedInvocations",
            dimensions={"RuleName": physical},
            statistic="Sum",
            period=300,
            evaluation_periods=1,
            threshold=0,
        )


def pattern(bucket: str, suffix: str) -> dict[str, object]:
    """Events of S3 that tell of a new object, as EventBridge matches them."""
    return {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": [bucket]},
            "object": {"key": [{"suffix": {"equals-ignore-case": suffix}}]},
        },
    }

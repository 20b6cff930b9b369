"""Message queues: declared as data, each with a dead-letter queue, and alarms for what gets stuck."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sqs

from components.core.context import Severity, StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key
from components.queues.queue_policy import RECEIVE, SEND, queue_policy
from components.queues.settings import LONGEST_RETENTION, Queue, Queues, dead_letter_name

DAY = 24 * 60 * 60
VISIBLE = "ApproximateNumberOfMessagesVisible"
KEY_REUSE_SECONDS = 300
"""How long SQS uses one data key: longer costs less, and a revoked key works on for as long."""


@dataclass(frozen=True, kw_only=True)
class MessageQueuesArgs:
    """What the queues need.

    Attributes:
        context: of the stack.
        queues: the queues, and whether they are watched.
    """

    context: StackContext
    queues: Queues


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What tells people that a queue is stuck, as soon as a metric is above a figure for a minute."""

    queue: str
    role: str
    severity: Severity
    metric: str
    above: int
    text: str


def alarms(name: str, settings: Queue) -> Iterator[Alarm]:
    """What nobody could process, what waits too long and what piles up."""
    age, depth = settings.alarm_age_seconds, settings.alarm_depth
    yield Alarm(
        queue=dead_letter_name(name),
        role="dead-letters",
        severity="critical",
        metric=VISIBLE,
        above=0,
        text=f"{name}: messages failed too often",
    )
    yield Alarm(
        queue=name,
        role="age",
        severity="warning",
        metric="ApproximateAgeOfOldestMessage",
        above=age,
        text=f"{name}: the oldest message has waited for more than {age} seconds",
    )
    yield Alarm(
        queue=name,
        role="depth",
        severity="warning",
        metric=VISIBLE,
        above=depth,
        text=f"{name}: more than {depth} messages wait",
    )


class MessageQueues(pulumi.ComponentResource):
    """A queue and a dead-letter queue of its kind for each entry; encrypted, for this account over TLS only.

    Attributes:
        urls: name -> URL, what programs send to and receive from.
        arns: name -> ARN.
        dead_letter_arns: name -> ARN of the queue that holds what failed too often.
    """

    urls: Mapping[str, pulumi.Output[str]]
    arns: Mapping[str, pulumi.Output[str]]
    dead_letter_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: MessageQueuesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:queues:MessageQueues", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="queues", data_class="personal")
        queues = args.queues.queues
        dead = {each: self.dead_letters(each, settings) for each, settings in queues.items()}
        live = {each: self.queue(each, settings, dead[each]) for each, settings in queues.items()}
        if args.queues.alarms:
            for each, settings in queues.items():
                for alarm in alarms(each, settings):
                    self.alarm(alarm)
        self.urls = {each: queue.url for each, queue in live.items()}
        self.arns = {each: queue.arn for each, queue in live.items()}
        self.dead_letter_arns = {each: queue.arn for each, queue in dead.items()}
        self.register_outputs({"urls": self.urls, "arns": self.arns, "deadLetterArns": self.dead_letter_arns})

    def dead_letters(self, name: str, settings: Queue) -> sqs.Queue:
        """Where messages end that failed too often; no other queue may send its own here."""
        dead = dead_letter_name(name)
        queue = self.make(dead, settings)
        sqs.RedriveAllowPolicy(
            f"{self.name}-{dead}",
            queue_url=queue.url,
            redrive_allow_policy=json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [self.arn(name)]}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return queue

    def queue(self, name: str, settings: Queue, dead: sqs.Queue) -> sqs.Queue:
        """The queue itself. The dead-letter queue's ARN is built, not read, so that a preview shows it."""
        redrive = {
            "deadLetterTargetArn": self.arn(dead_letter_name(name)),
            "maxReceiveCount": settings.max_receive_count,
        }
        return self.make(name, settings, redrive=json.dumps(redrive), depends_on=[dead])

    def make(
        self, name: str, settings: Queue, redrive: str | None = None, depends_on: Sequence[pulumi.Resource] = ()
    ) -> sqs.Queue:
        """A queue and its policy."""
        stateful = self.args.context.stateful(self)
        queue = sqs.Queue(
            f"{self.name}-{name}",
            name=self.physical_name(name),
            fifo_queue=True if settings.is_fifo else None,
            # Order holds within a message group; without these two, all groups of a queue share 300 calls a second.
            deduplication_scope="messageGroup" if settings.is_fifo else None,
            fifo_throughput_limit="perMessageGroupId" if settings.is_fifo else None,
            visibility_timeout_seconds=settings.visibility_seconds,
            receive_wait_time_seconds=settings.wait_seconds,
            # A message's age counts from the day it was sent: a dead-letter queue keeps it as long as SQS can.
            message_retention_seconds=(settings.retention_days if redrive else LONGEST_RETENTION) * DAY,
            redrive_policy=redrive,
            kms_master_key_id=self.args.context.keys["queues"],
            kms_data_key_reuse_period_seconds=KEY_REUSE_SECONDS,
            tags=self.tags(name),
            opts=pulumi.ResourceOptions.merge(stateful, pulumi.ResourceOptions(depends_on=depends_on)),
        )
        sqs.QueuePolicy(
            f"{self.name}-{name}",
            queue_url=queue.url,
            policy=queue_policy(self.environment, self.arn(name), settings.producers if redrive else ()),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return queue

    def alarm(self, alarm: Alarm) -> None:
        """One alarm. SQS tells nothing of a queue that nobody has touched for hours: what was wrong still is."""
        queue, topic = self.physical_name(alarm.queue), self.args.context.topics[alarm.severity]
        cloudwatch.MetricAlarm(
            f"{self.name}-{alarm.queue}-{alarm.role}",
            name=f"{queue}-{alarm.role}",
            alarm_description=alarm.text,
            namespace="AWS/SQS",
            metric_name=alarm.metric,
            dimensions={"QueueName": queue},
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.above,
            treat_missing_data="ignore",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self.tags(f"{alarm.queue}-{alarm.role}"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def physical_name(self, name: str) -> str:
        """The name in AWS, such as ``smile-prod-jobs``."""
        return f"{self.environment.prefix}-{name}"

    def arn(self, name: str) -> str:
        """The ARN, known before the queue is."""
        return self.environment.arn("sqs", self.physical_name(name))

    def grant_send(self, *names: str) -> list[Statement]:
        """What a role needs to send to these queues, and to no other.

        Raises:
            UndeclaredError: there is no such queue.
        """
        return self.grant("Send", SEND, names, ENCRYPT)

    def grant_receive(self, *names: str) -> list[Statement]:
        """What a role needs to receive and delete the messages of these queues, and of no other.

        Raises:
            UndeclaredError: there is no such queue.
        """
        return self.grant("Receive", RECEIVE, names, DECRYPT)

    def grant(
        self, what: str, actions: Sequence[str], names: Sequence[str], key_actions: Sequence[str]
    ) -> list[Statement]:
        """Actions on queues, and on their key through SQS alone; none without a name."""
        queues = [self.arn(self.declared(name)) for name in names]
        if not queues:
            return []
        key = grant_key(self.args.context, ["queues"], "sqs", sid=f"{what}MessagesWithKey", actions=key_actions)
        return [Statement(sid=f"{what}Messages", actions=actions, resources=queues), key]

    def declared(self, name: str) -> str:
        """The name, if there is such a queue.

        Raises:
            UndeclaredError: there is none.
        """
        Declared("queue", self.args.queues.queues)[name]
        return name

"""Message queues: declared as data, each with a dead-letter queue, and alarms for what gets stuck."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import sqs

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key
from components.queues.queue_policy import RECEIVE, SEND, queue_policy
from components.queues.settings import DAY, LONGEST_RETENTION, Queue, Queues, dead_letter_name

VISIBLE = "ApproximateNumberOfMessagesVisible"
KEY_REUSE_SECONDS = 300
"""How long SQS uses one data key: longer costs less, and a revoked key works on for as long."""


@dataclass(frozen=True, kw_only=True)
class MessageQueuesArgs:
    """What the queues need.

    Attributes:
        context: key ``queues``, topics, protection.
        queues: the queues, and whether they are watched.
    """

    context: StackContext
    queues: Queues


class MessageQueues(pulumi.ComponentResource):
    """A queue and a dead-letter queue of its kind for each entry; encrypted, for this account over TLS only.

    Attributes:
        urls: name -> URL, what programs send to and receive from.
        arns: name -> ARN.
        dead_letter_arns: name -> ARN of the queue that holds what failed too often.
        dead_letter_urls: name -> its URL.
    """

    urls: Mapping[str, pulumi.Output[str]]
    arns: Mapping[str, pulumi.Output[str]]
    dead_letter_arns: Mapping[str, pulumi.Output[str]]
    dead_letter_urls: Mapping[str, pulumi.Output[str]]

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
                self.alarms(each, settings)
        self.urls = {each: queue.url for each, queue in live.items()}
        self.arns = {each: queue.arn for each, queue in live.items()}
        self.dead_letter_arns = {each: queue.arn for each, queue in dead.items()}
        self.dead_letter_urls = {each: queue.url for each, queue in dead.items()}
        self.register_outputs(
            {
                "urls": self.urls,
                "arns": self.arns,
                "deadLetterArns": self.dead_letter_arns,
                "deadLetterUrls": self.dead_letter_urls,
            }
        )

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

    def alarms(self, name: str, settings: Queue) -> None:
        """What nobody could process, what waits too long and what piles up, each for a minute."""
        age, depth, dead = settings.alarm_age_seconds, settings.alarm_depth, dead_letter_name(name)
        oldest = f"{name}: the oldest message has waited for more than {age} seconds"
        self.alarm(dead, "dead-letters", "critical", f"{name}: messages failed too often", VISIBLE, 0)
        self.alarm(name, "age", "warning", oldest, "ApproximateAgeOfOldestMessage", age)
        self.alarm(name, "depth", "warning", f"{name}: more than {depth} messages wait", VISIBLE, depth)

    def alarm(self, queue: str, role: str, severity: Severity, text: str, metric: str, above: int) -> None:  # noqa: PLR0913, PLR0917 - as a table has columns
        """One alarm. SQS has no metrics of a queue that nobody has touched for hours: what was wrong still is."""
        physical = self.physical_name(queue)
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="queues").add(
            f"{self.name}-{queue}-{role}",
            severity,
            name=f"{physical}-{role}",
            description=text,
            namespace="AWS/SQS",
            metric_name=metric,
            dimensions={"QueueName": physical},
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            threshold=above,
            treat_missing_data="ignore",
        )

    def physical_name(self, name: str) -> str:
        """The name in AWS, such as ``acme-prod-jobs``."""
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

    def grant_send_dead_letters(self, *names: str) -> list[Statement]:
        """What a role needs to put what it could not process where it would end after too many tries.

        Raises:
            UndeclaredError: there is no such queue.
        """
        dead = [self.arn(dead_letter_name(self.declared(name))) for name in names]
        key = grant_key(self.args.context, ["queues"], "sqs", sid="SendDeadLettersWithKey", actions=ENCRYPT)
        return [Statement(sid="SendDeadLetters", actions=["sqs:SendMessage"], resources=dead), key]

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

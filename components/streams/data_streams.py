"""Data streams: declared as data, each with its fan-out consumers, and alarms on who falls behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import kinesis

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.declared import Declared
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, grant_key
from components.streams.settings import Stream, Streams

KEY = "streams"
"""Class of data whose key encrypts events."""
DESCRIBE = ("kinesis:DescribeStreamSummary", "kinesis:ListShards")
PUBLISH = (*DESCRIBE, "kinesis:PutRecord", "kinesis:PutRecords")
SUBSCRIBE = ("kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard")
ENCRYPT = ("kms:GenerateDataKey",)
"""Who writes decrypts nothing (https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html)."""
CONTEXT = "kms:EncryptionContext:aws:kinesis:arn"


@dataclass(frozen=True, kw_only=True)
class DataStreamsArgs:
    """What the streams need.

    Attributes:
        context: key ``streams``, topics, protection.
        settings: the streams, and whether they are watched.
    """

    context: StackContext
    settings: Streams


class DataStreams(pulumi.ComponentResource):
    """An on-demand stream for each entry, encrypted, and its consumers with enhanced fan-out.

    Attributes:
        names: name -> name in AWS, what producers write to.
        arns: name -> ARN, known before the stream is.
        consumer_arns: ``STREAM/CONSUMER`` -> ARN, what a consumer subscribes with.
    """

    names: Mapping[str, pulumi.Output[str]]
    arns: Mapping[str, str]
    consumer_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: DataStreamsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:streams:DataStreams", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="streams", data_class="personal")
        declared = args.settings.streams
        account = [self.advantage()] if args.settings.on_demand_advantage == "stack" else []
        self.streams = {each: self.stream(each, settings, account) for each, settings in declared.items()}
        self.consumer_arns = {
            f"{stream}/{consumer}": self.consumer(stream, consumer)
            for stream, settings in declared.items()
            for consumer in settings.consumers
        }
        if args.settings.alarms:
            for each, settings in declared.items():
                self.alarms(each, settings)
        self.names = {each: stream.name for each, stream in self.streams.items()}
        self.arns = Declared("stream", {each: self.arn(each) for each in declared})
        self.register_outputs({"names": self.names, "arns": dict(self.arns), "consumerArns": self.consumer_arns})

    def advantage(self) -> kinesis.AccountSettings:
        """Streams of the account have warm throughput, for a commitment that can be ended after 24 hours."""
        return kinesis.AccountSettings(
            self.name,
            minimum_throughput_billing_commitment={"status": "ENABLED"},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def stream(self, name: str, settings: Stream, account: Sequence[pulumi.Resource]) -> kinesis.Stream:
        """One stream. Its consumers go with it where nothing is protected."""
        stateful = self.args.context.stateful(self)
        return kinesis.Stream(
            f"{self.name}-{name}",
            name=self.physical_name(name),
            stream_mode_details={"stream_mode": "ON_DEMAND"},
            warm_throughput_mib_ps=settings.warm_mib_per_second,
            retention_period=settings.retention_hours,
            encryption_type="KMS",
            kms_key_id=self.args.context.keys[KEY],
            shard_level_metrics=[*settings.shard_metrics],
            enforce_consumer_deletion=self.args.context.empties_on_destroy,
            tags=self.tags(name),
            opts=pulumi.ResourceOptions.merge(stateful, pulumi.ResourceOptions(depends_on=account)),
        )

    def consumer(self, stream: str, consumer: str) -> pulumi.Output[str]:
        """A consumer with enhanced fan-out: events are pushed to it, typically within 70 milliseconds.

        https://docs.aws.amazon.com/streams/latest/dev/enhanced-consumers.html
        """
        return kinesis.StreamConsumer(
            f"{self.name}-{stream}-{consumer}",
            name=f"{self.environment.prefix}-{consumer}",
            stream_arn=self.streams[stream].arn,
            tags=self.tags(f"{stream}-{consumer}"),
            opts=pulumi.ResourceOptions(parent=self),
        ).arn

    def alarms(self, name: str, settings: Stream) -> None:
        """Who reads is behind for three of five minutes, or a write was refused.

        Who polls has another limit than those to whom events are pushed: Firehose asks each shard once a second
        (https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html).
        """
        late = f"is more than {settings.alarm_latency_ms} ms behind"
        lag: dict[str, Any] = {
            "statistic": "Maximum",
            "threshold": settings.alarm_latency_ms,
            "evaluation_periods": 5,
            "datapoints_to_alarm": 3,
        }
        text = f"{name}: who polls the stream is more than {settings.alarm_polled_seconds} seconds behind"
        polled = lag | {"threshold": settings.alarm_polled_seconds * 1000}
        self.alarm(name, "iterator-age", "warning", text, "GetRecords.IteratorAgeMilliseconds", polled)
        for consumer in settings.consumers:
            text = f"{name}: consumer {consumer} {late}"
            metric = "SubscribeToShardEvent.MillisBehindLatest"
            dimensions = {"ConsumerName": f"{self.environment.prefix}-{consumer}"}
            self.alarm(name, f"{consumer}-latency", "critical", text, metric, lag, dimensions)
        refused = {"statistic": "Sum", "threshold": 0, "evaluation_periods": 1}
        text = f"{name}: writes were refused, the stream takes no more"
        self.alarm(name, "throttles", "critical", text, "WriteProvisionedThroughputExceeded", refused)

    def alarm(  # noqa: PLR0913, PLR0917 - as a table has columns
        self,
        stream: str,
        role: str,
        severity: Severity,
        text: str,
        metric: str,
        limits: Mapping[str, Any],
        dimensions: Mapping[str, str] | None = None,
    ) -> None:
        """One alarm, of a metric that AWS reports every minute."""
        physical = self.physical_name(stream)
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="analytics").add(
            f"{self.name}-{stream}-{role}",
            severity,
            name=f"{physical}-{role}",
            description=text,
            namespace="AWS/Kinesis",
            metric_name=metric,
            dimensions={"StreamName": physical, **(dimensions or {})},
            period=60,
            **limits,
        )

    def physical_name(self, name: str) -> str:
        """The name in AWS, such as ``acme-prod-events``."""
        return f"{self.environment.prefix}-{name}"

    def arn(self, name: str) -> str:
        """The ARN, known before the stream is."""
        return self.environment.arn("kinesis", f"stream/{self.physical_name(name)}")

    def grant_publish(self, *names: str) -> list[Statement]:
        """What a role needs to write to these streams, and to no other; nothing without a name.

        Raises:
            UndeclaredError: there is no such stream.
        """
        streams = [self.arns[name] for name in names]
        if not streams:
            return []
        return [
            Statement(sid="PublishEvents", actions=PUBLISH, resources=streams),
            self.grant_key("PublishEventsWithKey", streams, ENCRYPT),
        ]

    def grant_consume(self, *names: str) -> list[Statement]:
        """What a role needs to subscribe as these consumers (``STREAM/CONSUMER``); nothing without a name.

        Raises:
            UndeclaredError: there is no such stream or consumer.
        """
        if not names:
            return []
        known = Declared("consumer", self.consumer_arns)
        streams, consumers = dict[str, None](), list[str]()
        for name in names:
            known[name]
            stream, _, consumer = name.partition("/")
            streams[self.arns[stream]] = None
            # AWS puts the time at which it was made behind its name.
            consumers.append(f"{self.arns[stream]}/consumer/{self.environment.prefix}-{consumer}:*")
        return [
            Statement(sid="ListShards", actions=DESCRIBE, resources=[*streams]),
            Statement(sid="ConsumeEvents", actions=SUBSCRIBE, resources=consumers),
            self.grant_key("ConsumeEventsWithKey", [*streams], DECRYPT),
        ]

    def grant_key(self, sid: str, streams: Sequence[str], actions: Sequence[str]) -> Statement:
        """The use of the key through Kinesis, for these streams alone."""
        return grant_key(self.args.context, [KEY], "kinesis", sid=sid, actions=actions, equals={CONTEXT: streams})

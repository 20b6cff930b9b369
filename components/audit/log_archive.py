"""The log archive: audit logs of log groups, copied to a bucket that keeps them for years."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, kinesis

from components.core.alarms import Alarms
from components.core.context import AuditLog, StackContext
from components.core.firehose import LOOK, SERVICE, WRITE, trust
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import ENCRYPT, grant_key
from components.storage.bucket import Bucket

KEY = "log-copies"
"""The class of data whose key encrypts the copies, on the way too."""
FOLDER, ERRORS = "log-groups", "log-groups-errors"
"""Folder of the copies, with one for each log group, and of what could not be processed or written."""
LOG_STREAM = "delivery"
BUFFER_MIB, BUFFER_SECONDS = 64, 900
"""Few and large objects, for nobody waits for them; 900 seconds are the most
(https://docs.aws.amazon.com/firehose/latest/APIReference/API_BufferingHints.html)."""
PROCESSORS: tuple[
    kinesis.FirehoseDeliveryStreamExtendedS3ConfigurationProcessingConfigurationProcessorArgsDict, ...
] = (
    {"type": "Decompression", "parameters": [{"parameter_name": "CompressionFormat", "parameter_value": "GZIP"}]},
    {"type": "AppendDelimiterToRecord"},
)
"""CloudWatch Logs sends gzip: undone, then a line for each record, so that Athena and ``zcat`` read the objects.

With the first, the stream takes records of CloudWatch Logs alone
(https://docs.aws.amazon.com/firehose/latest/dev/writing-with-cloudwatch-logs-decompression.html).
"""


@dataclass(frozen=True, kw_only=True)
class LogArchiveArgs:
    """What the archive needs.

    Attributes:
        context: its audit logs, those of all components that are made before; keys ``log-copies`` and ``logs``,
            topics, time zone.
        bucket: encrypted with the key ``log-copies``, and keeps what is in it as long as it must be kept. Without
            Object Lock: S3 refuses uploads there that carry no checksum, and whether Firehose sends one, AWS doesn't
            say (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html).
    """

    context: StackContext
    bucket: Bucket


class LogArchive(pulumi.ComponentResource):
    """A subscription of each audit log and a Firehose stream that takes it to its folder, by day.

    A stream for each log rather than one for all with dynamic partitioning, which is charged by GB and object
    (https://aws.amazon.com/firehose/pricing/): each log has a stream's quota for itself, and alarms say whose copy is
    late. Streams themselves cost nothing.

    Raises:
        ValueError: there is no audit log yet: the archive is made too early.
    """

    def __init__(self, name: str, args: LogArchiveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:LogArchive", name, None, opts)
        if not args.context.audit_logs:
            raise ValueError(f"{name}: no component has made an audit log yet; the archive comes after those that do")
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="audit", data_class="personal")
        self.log_path = f"/aws/kinesisfirehose/{self.environment.physical_name(name, 64)}"
        self.child = pulumi.ResourceOptions(parent=self)
        log, writer, sender = self.log(), self.writer(), self.sender()
        for each in args.context.audit_logs:
            stream = self.stream(each, writer, log)
            self.subscription(each, stream, sender)
            self.alarms(each, stream)
        self.register_outputs({})

    def copy_name(self, log: AuditLog) -> str:
        """Logical name of what copies a log."""
        return f"{self.name}-{log.name.removeprefix(f'{self.environment.project}-')}"

    def physical(self, log: AuditLog) -> str:
        """Name in AWS of the stream and of the subscription (64 characters)."""
        return self.environment.physical_name(self.copy_name(log), 64)

    def log(self) -> cloudwatch.LogStream:
        """Why something could not be delivered; each entry names the stream."""
        group = log_group(f"{self.name}-log", self.args.context, self.log_path, self.tags("log-archive-log"), self)
        return cloudwatch.LogStream(self.name, name=LOG_STREAM, log_group_name=group.name, opts=self.child)

    def writer(self) -> ServiceRole:
        """The role with which Firehose writes the copies, and never deletes one."""
        bucket = self.args.bucket.arn
        log = f"log-group:{self.log_path}:log-stream:{LOG_STREAM}"
        only = {"kms:EncryptionContext:aws:s3:arn": bucket}  # with a bucket key, what S3 encrypts for
        statements = [
            Statement(sid="LookAtBucket", actions=LOOK, resources=[bucket]),
            Statement(sid="WriteCopies", actions=WRITE, resources=[f"{bucket}/{each}/*" for each in (FOLDER, ERRORS)]),
            Statement(sid="WriteLog", actions=["logs:PutLogEvents"], resources=[self.environment.arn("logs", log)]),
            grant_key(self.args.context, [KEY], "s3", sid="WriteCopiesWithKey", actions=ENCRYPT, equals=only),
        ]
        what = "Write copies of audit logs"
        return self.role("writer", SERVICE, what, statements, trust(self.environment))

    def sender(self) -> ServiceRole:
        """The role with which CloudWatch Logs sends to the streams.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#FirehoseExample
        """
        service = "logs.amazonaws.com"
        streams = [
            self.environment.arn("firehose", f"deliverystream/{self.physical(each)}")
            for each in self.args.context.audit_logs
        ]
        logs = Statement(
            sid="LogsOfThisAccount",
            actions=["sts:AssumeRole"],
            principals={"Service": service},
            conditions={"ArnLike": {"aws:SourceArn": self.environment.arn("logs", "*")}},
        )
        send = Statement(sid="SendLogs", actions=["firehose:PutRecord"], resources=streams)
        return self.role("sender", service, "Send audit logs to their archive", [send], logs)

    def role(self, role: str, service: str, what: str, statements: list[Statement], who: Statement) -> ServiceRole:
        """One of the two roles."""
        args = ServiceRoleArgs(
            environment=self.environment,
            service=service,
            description=what,
            statements=statements,
            tags=self.tags(f"log-archive-{role}"),
            trust=who,
        )
        return ServiceRole(f"{self.name}-{role}", args, self.child)

    def stream(self, log: AuditLog, role: ServiceRole, errors: cloudwatch.LogStream) -> kinesis.FirehoseDeliveryStream:
        """The way of one log to its folder. Its days are those of the stack's time zone, by when a record arrives."""
        args, folder = self.args, log.path.strip("/")
        day = "day=!{timestamp:yyyy-MM-dd}/"
        return kinesis.FirehoseDeliveryStream(
            self.copy_name(log),
            name=self.physical(log),
            destination="extended_s3",
            server_side_encryption={
                "enabled": True,
                "key_type": "CUSTOMER_MANAGED_CMK",
                "key_arn": args.context.keys[KEY],
            },
            extended_s3_configuration={
                "role_arn": role.arn,
                "bucket_arn": args.bucket.arn,
                "prefix": f"{FOLDER}/{folder}/{day}",
                "error_output_prefix": f"{ERRORS}/{folder}/!{{firehose:error-output-type}}/{day}",
                "custom_time_zone": args.context.time_zone,
                "buffering_size": BUFFER_MIB,
                "buffering_interval": BUFFER_SECONDS,
                "compression_format": "GZIP",
                "kms_key_arn": args.context.keys[KEY],
                "processing_configuration": {"enabled": True, "processors": PROCESSORS},
                "cloudwatch_logging_options": {
                    "enabled": True,
                    "log_group_name": errors.log_group_name,
                    "log_stream_name": errors.name,
                },
            },
            tags=self.tags(self.copy_name(log).removeprefix(f"{self.environment.project}-")),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, args.bucket]),
        )

    def subscription(self, log: AuditLog, stream: kinesis.FirehoseDeliveryStream, role: ServiceRole) -> None:
        """All of a log; CloudWatch Logs tries the stream out as it is made."""
        cloudwatch.LogSubscriptionFilter(
            self.copy_name(log),
            name=self.physical(log),
            log_group=log.path,
            filter_pattern="",
            destination_arn=stream.arn,
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log.group, role]),
        )

    def alarms(self, log: AuditLog, stream: pulumi.Resource) -> None:
        """A copy that is late, one that Firehose has no room for, and one that was refused and isn't tried again."""
        firehose = {"namespace": "AWS/Firehose", "dimensions": {"DeliveryStreamName": self.physical(log)}}
        logs = {"namespace": "AWS/Logs", "dimensions": {"LogGroupName": log.path}}
        late = 3 * BUFFER_SECONDS
        freshness = {"metric_name": "DeliveryToS3.DataFreshness", "statistic": "Maximum", "threshold": late}
        throttled = {"metric_name": "ThrottledRecords", "evaluation_periods": 12}
        found: dict[str, tuple[str, dict[str, Any]]] = {
            "late": (f"wait for more than {late} seconds before they are in the archive", firehose | freshness),
            "throttled": ("exceed their stream's quota for an hour, and are lost after 24", firehose | throttled),
            "refused": (
                "did not reach their stream, and are not in the archive",
                logs | {"metric_name": "DeliveryErrors"},
            ),
        }
        for role, (text, metric) in found.items():
            usual: dict[str, Any] = {"statistic": "Sum", "period": 300, "evaluation_periods": 1, "threshold": 0}
            Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="audit", after=[stream]).add(
                f"{self.copy_name(log)}-{role}",
                "warning",
                name=f"{self.physical(log)}-{role}",
                description=f"Records of {log.path} {text}",
                **usual | metric,
            )

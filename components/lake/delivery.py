"""The way from a data stream to a table: Firehose, which converts JSON to Parquet and writes a folder for each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, kinesis

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.firehose import LOOK, SERVICE, WRITE, trust
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key
from components.lake.grants import lake_key
from components.lake.settings import ERRORS, KEY, PARTITION, QUERY_KEY, Lake
from components.storage.bucket import Bucket
from components.streams.data_streams import CONTEXT
from components.streams.data_streams import KEY as STREAM_KEY

LOG_STREAM = "delivery"
READ_STREAM = ("kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards")
READ_SCHEMA = ("glue:GetTable", "glue:GetTableVersion", "glue:GetTableVersions")
"""All of https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html"""


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """What a delivery needs.

    Attributes:
        context: keys ``analytics``, ``queries``, ``streams`` and ``logs``, topics, time zone.
        settings: of the lake.
        table: where events end, a table of the settings.
        database: name of the Glue database that has the table.
        stream: name in AWS of the stream that they come from.
        bucket: of the lake.
        ready: what Firehose looks at as it is made: the table and the catalogue's encryption.
    """

    context: StackContext
    settings: Lake
    table: str
    database: str
    stream: str
    bucket: Bucket
    ready: tuple[pulumi.Resource, ...]


class Delivery(pulumi.ComponentResource):
    """A Firehose stream with its role, its log and its alarms."""

    def __init__(self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:lake:Delivery", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.tags = self.environment.tags(component="lake", data_class="personal")
        self.stream_arn = self.environment.arn("kinesis", f"stream/{args.stream}")
        self.physical = self.environment.physical_name(name, 64)
        role = self.role()
        log = self.log()
        delivery = self.delivery(role, log)
        if args.settings.alarms:
            self.alarms(delivery)
        self.register_outputs({"arn": delivery.arn})

    def log(self) -> cloudwatch.LogStream:
        """Why something could not be delivered."""
        path = f"/aws/kinesisfirehose/{self.physical}"
        group = log_group(f"{self.name}-log", self.args.context, path, self.tags(f"{self.args.table}-log"), self)
        return cloudwatch.LogStream(
            self.name, name=LOG_STREAM, log_group_name=group.name, opts=pulumi.ResourceOptions(parent=self)
        )

    def role(self) -> ServiceRole:
        """Reads the stream and the table's columns, writes to the table's folder and to that of errors."""
        return ServiceRole(
            f"{self.name}-role",
            ServiceRoleArgs(
                environment=self.environment,
                service=SERVICE,
                description=f"Deliver the events of {self.args.stream} to the lake",
                statements=self.statements(),
                tags=self.tags(f"{self.args.table}-delivery"),
                trust=trust(self.environment),
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def statements(self) -> list[Statement]:
        """What the role may do."""
        args, environment, bucket = self.args, self.environment, self.args.bucket.arn
        table = f"table/{args.database}/{args.table}"
        catalog = [environment.arn("glue", each) for each in ("catalog", f"database/{args.database}", table)]
        only = {CONTEXT: self.stream_arn}
        log = f"log-group:/aws/kinesisfirehose/{self.physical}:log-stream:{LOG_STREAM}"
        return [
            Statement(sid="ReadStream", actions=READ_STREAM, resources=[self.stream_arn]),
            Statement(sid="ReadSchema", actions=READ_SCHEMA, resources=catalog),
            Statement(sid="LookAtLake", actions=LOOK, resources=[bucket]),
            Statement(
                sid="WriteLake", actions=WRITE, resources=[f"{bucket}/{each}/*" for each in (args.table, ERRORS)]
            ),
            Statement(sid="WriteLog", actions=["logs:PutLogEvents"], resources=[environment.arn("logs", log)]),
            grant_key(args.context, [STREAM_KEY], "kinesis", sid="ReadStreamWithKey", actions=DECRYPT, equals=only),
            grant_key(args.context, [QUERY_KEY], "glue", sid="ReadSchemaWithKey", actions=DECRYPT),
            lake_key(args.context, bucket, "WriteLakeWithKey", ENCRYPT),
        ]

    def delivery(self, role: ServiceRole, log: cloudwatch.LogStream) -> kinesis.FirehoseDeliveryStream:
        """The delivery. Its days are those of the stack's time zone, by when an event arrives."""
        args = self.args
        day = f"{PARTITION}=!{{timestamp:yyyy-MM-dd}}/"
        return kinesis.FirehoseDeliveryStream(
            self.name,
            name=self.physical,
            destination="extended_s3",
            kinesis_source_configuration={"kinesis_stream_arn": self.stream_arn, "role_arn": role.arn},
            extended_s3_configuration={
                "role_arn": role.arn,
                "bucket_arn": args.bucket.arn,
                "prefix": f"{args.table}/{day}",
                "error_output_prefix": f"{ERRORS}/{args.table}/!{{firehose:error-output-type}}/{day}",
                "custom_time_zone": args.context.time_zone,
                "buffering_size": args.settings.buffer_mib,
                "buffering_interval": args.settings.buffer_seconds,
                "compression_format": "UNCOMPRESSED",  # Parquet compresses by itself
                "kms_key_arn": args.context.keys[KEY],
                "cloudwatch_logging_options": {
                    "enabled": True,
                    "log_group_name": log.log_group_name,
                    "log_stream_name": log.name,
                },
                "data_format_conversion_configuration": {
                    "enabled": True,
                    # Times are milliseconds since 1970: the one form that this deserializer takes without a pattern.
                    "input_format_configuration": {
                        "deserializer": {"hive_json_ser_de": {"timestamp_formats": ["millis"]}}
                    },
                    "output_format_configuration": {"serializer": {"parquet_ser_de": {"compression": "SNAPPY"}}},
                    "schema_configuration": {
                        "database_name": args.database,
                        "table_name": args.table,
                        "region": self.environment.region,
                        "role_arn": role.arn,
                    },
                },
            },
            tags=self.tags(args.table),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, *args.ready]),
        )

    def alarms(self, delivery: pulumi.Resource) -> None:
        """Events that wait for three buffers' time, and events that fit no column."""
        late = 3 * self.args.settings.buffer_seconds
        text = f"{self.args.table}: events wait for more than {late} seconds before they are in the lake"
        self.alarm("freshness", "warning", text, "DeliveryToS3.DataFreshness", "Maximum", late, delivery)
        text = f"{self.args.table}: events fit no column, and lie under {ERRORS}/"
        self.alarm("conversion", "warning", text, "FailedConversion.Records", "Sum", 0, delivery)

    def alarm(  # noqa: PLR0913, PLR0917 - as a table has columns
        self, role: str, severity: Severity, text: str, metric: str, statistic: str, above: int, after: pulumi.Resource
    ) -> None:
        """One alarm of the delivery."""
        metrics: Mapping[str, Any] = {
            "period": 300,
            "evaluation_periods": 1,
            "threshold": above,
            "statistic": statistic,
        }
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="analytics", after=[after]).add(
            f"{self.name}-{role}",
            severity,
            name=f"{self.physical}-{role}",
            description=text,
            namespace="AWS/Firehose",
            metric_name=metric,
            dimensions={"DeliveryStreamName": self.physical},
            **metrics,
        )

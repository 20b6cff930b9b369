"""The data lake: a database with its tables, deliveries of data streams to them, a workgroup that asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import athena, glue

from components.core.context import StackContext
from components.core.declared import Declared
from components.lake.delivery import Delivery, DeliveryArgs
from components.lake.settings import PARTITION, QUERY_KEY, Lake, Table
from components.storage.bucket import Bucket

GIB = 2**30
ENGINE = "Athena engine version 3"
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True, kw_only=True)
class DataLakeArgs:
    """What the lake needs.

    Attributes:
        context: keys ``analytics``, ``queries``, ``streams`` and ``logs``, topics, time zone.
        settings: its tables.
        bucket: that holds the tables, encrypted with the key ``analytics``.
        results: bucket of query results, with the key ``queries``, which forgets them after a while.
        streams: name -> name in AWS, of the streams that tables take.
    """

    context: StackContext
    settings: Lake
    bucket: Bucket
    results: Bucket
    streams: Mapping[str, str]


class DataLake(pulumi.ComponentResource):
    """Tables that Athena finds the days of by itself (partition projection): nothing crawls, nobody adds partitions.

    IAM alone says who reads what, as Glue leaves it by default: Lake Formation isn't used.

    Attributes:
        database: name in Glue.
        workgroup: name of Athena's workgroup.
        locations: table -> its folder, ``s3://BUCKET/TABLE``.
    """

    database: str
    workgroup: pulumi.Output[str]
    locations: Mapping[str, str]

    def __init__(self, name: str, args: DataLakeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:lake:DataLake", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="lake", data_class="personal")
        self.database = self.environment.prefix.replace("-", "_")
        bucket = args.bucket.args.name
        self.locations = Declared("table", {each: f"s3://{bucket}/{each}" for each in args.settings.tables})
        encryption = self.encryption()
        database = glue.CatalogDatabase(
            name,
            name=self.database,
            description=f"Events of {self.environment.prefix}, and what jobs make of them",
            tags=self.tags("database"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=encryption),
        )
        for each, about in args.settings.tables.items():
            table = self.table(each, about, database)
            if about.stream:
                self.delivery(each, args.streams[about.stream], (table, *encryption))
        self.workgroup = self.make_workgroup()
        self.register_outputs({"database": self.database, "workgroup": self.workgroup})

    def encryption(self) -> list[pulumi.Resource]:
        """Of the account's whole catalogue in the Region, which has one key; none where somebody else sets it."""
        if self.args.settings.catalog_encryption == "account":
            return []
        key = self.args.context.keys[QUERY_KEY]
        return [
            glue.DataCatalogEncryptionSettings(
                self.name,
                data_catalog_encryption_settings={
                    "encryption_at_rest": {"catalog_encryption_mode": "SSE-KMS", "sse_aws_kms_key_id": key},
                    "connection_password_encryption": {
                        "return_connection_password_encrypted": True,
                        "aws_kms_key_id": key,
                    },
                },
                opts=self.child,
            )
        ]

    def table(self, name: str, about: Table, database: glue.CatalogDatabase) -> glue.CatalogTable:
        """Columns, where the files are, and which days there can be. Tomorrow too: UTC is behind half of the world."""
        location = self.locations[name]
        return glue.CatalogTable(
            f"{self.name}-{name}",
            name=name,
            database_name=database.name,
            table_type="EXTERNAL_TABLE",
            parameters={
                "EXTERNAL": "TRUE",
                "classification": "parquet",
                "projection.enabled": "true",
                f"projection.{PARTITION}.type": "date",
                f"projection.{PARTITION}.format": "yyyy-MM-dd",
                f"projection.{PARTITION}.range": f"{self.args.settings.first_day},NOW+1DAY",
                "storage.location.template": f"{location}/{PARTITION}=${{{PARTITION}}}",
            },
            partition_keys=[{"name": PARTITION, "type": "string"}],
            storage_descriptor={
                "location": f"{location}/",
                "input_format": f"{PARQUET}.MapredParquetInputFormat",
                "output_format": f"{PARQUET}.MapredParquetOutputFormat",
                "ser_de_info": {"serialization_library": f"{PARQUET}.serde.ParquetHiveSerDe"},
                "columns": [{"name": column, "type": type_} for column, type_ in about.columns.items()],
            },
            opts=self.child,
        )

    def delivery(self, table: str, stream: str, ready: tuple[pulumi.Resource, ...]) -> None:
        """Of a stream to a table."""
        args = DeliveryArgs(
            context=self.args.context,
            settings=self.args.settings,
            table=table,
            database=self.database,
            stream=stream,
            bucket=self.args.bucket,
            ready=ready,
        )
        Delivery(f"{self.name}-{table}", args, self.child)

    def make_workgroup(self) -> pulumi.Output[str]:
        """Whoever asks can't set aside where results go, how they are encrypted, and how much is read."""
        context, results = self.args.context, self.args.results
        return athena.Workgroup(
            self.name,
            name=self.environment.prefix,
            description=f"Queries of the lake of {self.environment.prefix}",
            state="ENABLED",
            force_destroy=context.empties_on_destroy,
            configuration={
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "bytes_scanned_cutoff_per_query": self.args.settings.query_limit_gib * GIB,
                "requester_pays_enabled": False,
                "engine_version": {"selected_engine_version": ENGINE},
                "result_configuration": {
                    "output_location": results.name.apply(lambda name: f"s3://{name}/athena/"),
                    "expected_bucket_owner": self.environment.account_id,
                    "encryption_configuration": {
                        "encryption_option": "SSE_KMS",
                        "kms_key_arn": context.keys[QUERY_KEY],
                    },
                },
            },
            tags=self.tags("workgroup"),
            opts=self.child,
        ).name

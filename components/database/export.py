"""The database's monthly archive: a snapshot, exported as Parquet, which outlives any engine."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.core.context import StackContext
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.functions.function import Function, FunctionArgs, Placement
from components.functions.schedule import Schedule, ScheduleArgs, invoking
from components.storage.bucket_policy import bucket_arn


@dataclass(frozen=True, kw_only=True)
class DatabaseExportArgs:
    """What the export needs.

    Attributes:
        context: key ``backups``, and what its function needs.
        database: the database's identifier.
        bucket: name of the bucket of backups; its lifecycle moves and keeps what arrives.
        schedule: when it is checked that this month's export exists, as a cron expression in its time zone.
        placement: where in the VPC the function runs.
    """

    context: StackContext
    database: str
    bucket: str
    schedule: str
    placement: Placement | None = None


class DatabaseExport(pulumi.ComponentResource):
    """A function that starts the export, its schedule, and the role with which RDS writes to the bucket."""

    def __init__(self, name: str, args: DatabaseExportArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:DatabaseExport", name, None, opts)
        self.args = args
        context, child = args.context, pulumi.ResourceOptions(parent=self)
        tags = context.environment.tags(component="backup", data_class="personal")
        writer = ServiceRole(
            f"{name}-writer",
            ServiceRoleArgs(
                environment=context.environment,
                service="export.rds.amazonaws.com",
                names_source=False,
                description="Writes database exports to the bucket of backups",
                statements=self.writing(),
                tags=tags("database-export-writer"),
            ),
            child,
        )
        function = Function(
            name,
            FunctionArgs(
                context=context,
                component="backup",
                data_class="internal",
                description="Exports the database's newest snapshot once a month",
                code="export_database",
                statements=self.starting(writer),
                environment={
                    "DATABASE": args.database,
                    "NAME": context.environment.prefix,
                    "BUCKET": args.bucket,
                    "KEY_ARN": context.keys["backups"],
                    "ROLE_ARN": writer.arn,
                },
                placement=args.placement,
            ),
            child,
        )
        Schedule(
            name,
            ScheduleArgs(
                context=context,
                target=invoking(function),
                expression=args.schedule,
                description="Checks every night that this month's database export exists",
                component="backup",
            ),
            child,
        )
        self.register_outputs({})

    def writing(self) -> list[Statement]:
        """What RDS may do with the bucket and its key."""
        bucket = bucket_arn(self.args.context.environment, self.args.bucket)
        return [
            Statement(sid="SeeBucket", actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[bucket]),
            Statement(
                sid="WriteExports",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                resources=[f"{bucket}/database/*"],
            ),
            Statement(
                sid="EncryptExports",
                actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
                resources=[self.args.context.keys["backups"]],
            ),
        ]

    def starting(self, writer: ServiceRole) -> list[Statement]:
        """What the function may do: see snapshots, and export those of this database."""
        environment = self.args.context.environment
        snapshots = environment.arn("rds", "snapshot:*")
        database = environment.arn("rds", f"db:{self.args.database}")
        return [
            Statement(
                sid="ExportSnapshots",
                actions=["rds:DescribeDBSnapshots", "rds:DescribeExportTasks", "rds:StartExportTask"],
                resources=[database, snapshots],
            ),
            Statement(
                sid="PassWriter",
                actions=["iam:PassRole"],
                resources=[writer.arn],
                conditions={"StringEquals": {"iam:PassedToService": "export.rds.amazonaws.com"}},
            ),
            Statement(
                sid="EncryptExports",
                actions=[
                    *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
                    *("kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
                ],
                resources=[self.args.context.keys["backups"]],
                conditions={"StringEquals": {"kms:ViaService": environment.service("rds")}},
            ),
            Statement(
                sid="GrantKeyToExport",
                actions=["kms:CreateGrant"],
                resources=[self.args.context.keys["backups"]],
                conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
            ),
        ]

"""Customer-managed KMS keys: one for each class of data, so that each can be given, watched and revoked alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import kms

from components.core.declared import Declared
from components.core.environment import DataClass, Environment
from components.encryption.key_policy import KeyUse, key_policy


@dataclass(frozen=True, kw_only=True)
class KeyClass:
    """One class of data.

    Attributes:
        holds: what the key encrypts.
        data_class: how sensitive that is.
        use: which services use the key.
    """

    holds: str
    data_class: DataClass
    use: KeyUse


CLASSES: Mapping[str, KeyClass] = {
    "database": KeyClass(
        holds="Databases, their snapshots and performance data",
        data_class="personal",
        use=KeyUse(via=("rds",)),
    ),
    "tables": KeyClass(
        holds="Tables of DynamoDB and their backups",
        data_class="personal",
        use=KeyUse(via=("dynamodb",)),
    ),
    "workflows": KeyClass(
        holds="State machines, inputs and histories of their executions",
        data_class="personal",
        use=KeyUse(via=("states",), state_machines=True),
    ),
    "cache": KeyClass(
        holds="Caches and their snapshots",
        data_class="personal",
        use=KeyUse(via=("elasticache",)),
    ),
    "queues": KeyClass(
        holds="Messages in queues and topics",
        data_class="personal",
        use=KeyUse(
            via=("sqs", "sns"), producers=("sns", "cloudwatch", "s3", "backup", "budgets", "costalerts"), events=True
        ),
    ),
    "files": KeyClass(
        holds="Shared file systems",
        data_class="personal",
        use=KeyUse(via=("elasticfilesystem",)),
    ),
    "objects": KeyClass(
        holds="Documents and media in buckets",
        data_class="personal",
        use=KeyUse(via=("s3",), distributions=True),
    ),
    "logs": KeyClass(
        holds="Log groups, log archives in buckets, the audit trail and the history of resources",
        data_class="confidential",
        use=KeyUse(via=("s3",), producers=("config", "delivery.logs"), log_groups=True, trails=True),
    ),
    "log-copies": KeyClass(
        holds="Copies of audit logs for years",
        data_class="personal",
        use=KeyUse(via=("firehose", "s3")),
    ),
    "telemetry": KeyClass(
        holds="Traces, and the canary's code and runs",
        data_class="internal",
        use=KeyUse(via=("xray", "s3", "lambda")),
    ),
    "secrets": KeyClass(
        holds="Passwords, tokens, secure parameters, and what passes in sessions",
        data_class="confidential",
        use=KeyUse(via=("secretsmanager", "ssm"), sessions=True),
    ),
    "kubernetes": KeyClass(
        holds="Kubernetes secrets, the disks of nodes and pods, and templates of jobs",
        data_class="personal",
        use=KeyUse(via=("eks", "ec2", "emr-containers"), cluster_grants=True, auto_scaling=True),
    ),
    "functions": KeyClass(
        holds="Code and environment variables of functions, and inputs of schedules",
        data_class="internal",
        use=KeyUse(via=("lambda",), schedules=True),
    ),
    "images": KeyClass(
        holds="Container images",
        data_class="internal",
        use=KeyUse(via=("ecr",)),
    ),
    "streams": KeyClass(
        holds="Events in data streams",
        data_class="personal",
        use=KeyUse(via=("kinesis",)),
    ),
    "analytics": KeyClass(
        holds="The data lake",
        data_class="personal",
        use=KeyUse(via=("s3",)),
    ),
    "queries": KeyClass(
        holds="The catalogue of the data lake, and results of queries",
        data_class="personal",
        use=KeyUse(via=("glue", "s3")),
    ),
    "backups": KeyClass(
        holds="Recovery points in backup vaults, and exports in buckets",
        data_class="personal",
        use=KeyUse(via=("backup", "rds", "s3")),
    ),
}
"""Class of data -> its key: what the components of this library encrypt with. A program may add its own."""


@dataclass(frozen=True, kw_only=True)
class EncryptionKeysArgs:
    """What the keys need.

    Attributes:
        environment: whose keys they are.
        classes: class of data -> its key.
        rotation_days: how often KMS replaces the key material, 90 to 2560.
        deletion_window_days: how long a deleted key can be rescued, 7 to 30.
        protect: Pulumi refuses to delete the keys.
        retain_on_delete: a key that is taken out of the program stays in AWS.
    """

    environment: Environment
    classes: Mapping[str, KeyClass] = field(default_factory=lambda: CLASSES)
    rotation_days: int = 365
    deletion_window_days: int = 30
    protect: bool = True
    retain_on_delete: bool = True


class EncryptionKeys(pulumi.ComponentResource):
    """A key and an alias (``alias/acme-prod-database``) for each class of data; in one Region, rotating.

    Attributes:
        arns: class of data -> ARN of its key: what a service is configured with.
    """

    arns: Declared[pulumi.Output[str]]

    def __init__(self, name: str, args: EncryptionKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:encryption:EncryptionKeys", name, None, opts)
        self.args = args
        keys = {data: self.key(f"{name}-{data}", data) for data in args.classes}
        for data, key in keys.items():
            self.alias(f"{name}-{data}", data, key)
        self.arns = Declared("encryption key", {data: key.arn for data, key in keys.items()})
        self.register_outputs({"arns": self.arns})

    def key(self, name: str, data: str) -> kms.Key:
        """The key of one class."""
        args, about = self.args, self.args.classes[data]
        return kms.Key(
            name,
            description=about.holds,
            policy=key_policy(args.environment, about.use),
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days,
            deletion_window_in_days=args.deletion_window_days,
            multi_region=False,
            tags=args.environment.tags(component="encryption", data_class=about.data_class)(data),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, retain_on_delete=args.retain_on_delete),
        )

    def alias(self, name: str, data: str, key: kms.Key) -> kms.Alias:
        """The name by which people find the key."""
        return kms.Alias(
            name,
            name=f"alias/{self.args.environment.prefix}-{data}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )

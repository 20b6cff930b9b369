"""Customer-managed KMS keys: one for each class of data, so that each can be given, watched and revoked alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, unique

import pulumi
from pulumi_aws import kms

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


@unique
class DataKey(Enum):
    """The classes of data. Adding one is one entry here."""

    DATABASE = KeyClass(
        holds="Databases, their snapshots and performance data",
        data_class="personal",
        use=KeyUse(via=("rds",)),
    )
    CACHE = KeyClass(
        holds="Caches and their snapshots",
        data_class="personal",
        use=KeyUse(via=("elasticache",)),
    )
    QUEUES = KeyClass(
        holds="Messages in queues and topics",
        data_class="personal",
        use=KeyUse(via=("sqs", "sns"), producers=("sns", "cloudwatch", "s3", "backup"), events=True),
    )
    FILES = KeyClass(
        holds="Shared file systems",
        data_class="personal",
        use=KeyUse(via=("elasticfilesystem",)),
    )
    OBJECTS = KeyClass(
        holds="Documents and media in buckets",
        data_class="personal",
        use=KeyUse(via=("s3",), distributions=True),
    )
    LOGS = KeyClass(
        holds="Log groups, log archives in buckets, and the audit trail",
        data_class="confidential",
        use=KeyUse(via=("s3",), producers=("delivery.logs",), log_groups=True, trails=True),
    )
    SECRETS = KeyClass(
        holds="Passwords, tokens and secure parameters",
        data_class="confidential",
        use=KeyUse(via=("secretsmanager", "ssm")),
    )
    KUBERNETES = KeyClass(
        holds="Kubernetes secrets and the disks of nodes and pods",
        data_class="personal",
        use=KeyUse(via=("eks", "ec2"), cluster_grants=True, auto_scaling=True),
    )
    FUNCTIONS = KeyClass(
        holds="Code and environment variables of functions, and their schedules",
        data_class="internal",
        use=KeyUse(via=("lambda", "scheduler")),
    )
    IMAGES = KeyClass(
        holds="Container images",
        data_class="internal",
        use=KeyUse(via=("ecr",)),
    )
    BACKUPS = KeyClass(
        holds="Recovery points in backup vaults, and exports in buckets",
        data_class="personal",
        use=KeyUse(via=("backup", "rds", "s3")),
    )

    @property
    def slug(self) -> str:
        """The name in logical names and aliases, such as ``database``."""
        return self.name.lower()


@dataclass(frozen=True, kw_only=True)
class EncryptionKeysArgs:
    """What the keys need.

    Attributes:
        environment: whose keys they are.
        rotation_days: how often KMS replaces the key material, 90 to 2560.
        deletion_window_days: how long a deleted key can be rescued, 7 to 30.
        protect: Pulumi refuses to delete the keys.
        retain_on_delete: a key that is taken out of the program stays in AWS.
    """

    environment: Environment
    rotation_days: int = 365
    deletion_window_days: int = 30
    protect: bool = True
    retain_on_delete: bool = True


class EncryptionKeys(pulumi.ComponentResource):
    """A key and an alias (``alias/smile-prod-database``) for each class of data; in one Region, rotating.

    Attributes:
        arns: ARN of the key of each class: what a service is configured with.
    """

    arns: Mapping[DataKey, pulumi.Output[str]]

    def __init__(self, name: str, args: EncryptionKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:encryption:EncryptionKeys", name, None, opts)
        self.args = args
        keys = {data: self.key(f"{name}-{data.slug}", data) for data in DataKey}
        for data, key in keys.items():
            self.alias(f"{name}-{data.slug}", data, key)
        self.arns = {data: key.arn for data, key in keys.items()}
        self.register_outputs({"arns": {data.slug: arn for data, arn in self.arns.items()}})

    def key(self, name: str, data: DataKey) -> kms.Key:
        """The key of one class."""
        args, about = self.args, data.value
        return kms.Key(
            name,
            description=about.holds,
            policy=key_policy(args.environment, about.use),
            enable_key_rotation=True,
            rotation_period_in_days=args.rotation_days,
            deletion_window_in_days=args.deletion_window_days,
            multi_region=False,
            tags=args.environment.tags(component="encryption", data_class=about.data_class)(data.slug),
            opts=pulumi.ResourceOptions(parent=self, protect=args.protect, retain_on_delete=args.retain_on_delete),
        )

    def alias(self, name: str, data: DataKey, key: kms.Key) -> kms.Alias:
        """The name by which people find the key."""
        return kms.Alias(
            name,
            name=f"alias/{self.args.environment.prefix}-{data.slug}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )

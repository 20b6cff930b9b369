"""What AWS Backup may do to make backups, and to let them expire.

AWS's own policies for this (``AWSBackupServiceRolePolicyFor...``) cover every service, every resource and every key of
the account. These are their parts for RDS, EFS and S3, on this stack's resources. What is left out on purpose:
changing a database (continuous backup of RDS, which isn't used), copies to other vaults, sharing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.core.context import StackContext
from components.core.iam import ANY, Statement, Values
from components.storage.bucket_policy import bucket_arn

KEYS = ("database", "files", "objects", "backups")
"""Classes of data that are backed up, and the vaults'."""


@dataclass(frozen=True, kw_only=True)
class BackupRolesArgs:
    """What the roles need.

    Attributes:
        bucket: name of the bucket that is backed up.
        tag: what the resources carry that are backed up, name -> value.
    """

    context: StackContext
    bucket: str
    tag: Mapping[str, str]

    @property
    def bucket_arn(self) -> str:
        """ARN of the bucket."""
        return bucket_arn(self.context.environment, self.bucket)

    @property
    def has_files(self) -> bool:
        """Whether the stack has shared file systems: those have a key of their own."""
        return "files" in self.context.keys

    @property
    def keys(self) -> list[pulumi.Input[str]]:
        """ARNs of the keys of what is backed up, and of the vaults."""
        return [self.context.keys[key] for key in KEYS if key != "files" or self.has_files]

    def present(self, statements: Sequence[Statement]) -> list[Statement]:
        """The statements, without those about file systems where there are none."""
        about_files = "elasticfilesystem:"
        return [each for each in statements if self.has_files or not each.actions[0].startswith(about_files)]


def backing_up(args: BackupRolesArgs) -> list[Statement]:
    """RDS snapshots and EFS backups of what is tagged."""
    environment = args.context.environment
    database, snapshots = environment.arn("rds", "db:*"), environment.arn("rds", "snapshot:awsbackup:*")
    tagged: dict[str, Values] = {f"aws:ResourceTag/{key}": value for key, value in args.tag.items()}
    statements = [
        Statement(
            sid="FindTagged", actions=["tag:GetResources"], resources=[ANY], allow_any="it takes no narrower resource"
        ),
        Statement(
            sid="ReadDatabases",
            actions=["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
            resources=[database, environment.arn("rds", "snapshot:*")],
        ),
        Statement(
            sid="SnapshotDatabases",
            actions=["rds:AddTagsToResource", "rds:CreateDBSnapshot"],
            resources=[database, snapshots],
        ),
        Statement(sid="ExpireSnapshots", actions=["rds:DeleteDBSnapshot"], resources=[snapshots]),
        Statement(
            sid="BackUpFiles",
            actions=["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"],
            resources=[environment.arn("elasticfilesystem", "file-system/*")],
            conditions={"StringEquals": tagged},
        ),
        Statement(
            sid="UseVaults",
            actions=["backup:DescribeBackupVault"],
            resources=[environment.arn("backup", f"backup-vault:{environment.prefix}-*")],
        ),
        Statement(
            sid="TagRecoveryPoints",
            actions=["backup:TagResource"],
            resources=[environment.arn("backup", "recovery-point:*")],
        ),
        *keys(args),
    ]
    return args.present(statements)


def reading_bucket(args: BackupRolesArgs) -> list[Statement]:
    """Continuous backup of a bucket: its objects, an inventory, and a rule of AWS Backup's own on its events."""
    environment = args.context.environment
    return [
        Statement(
            sid="ReadBucket",
            actions=[
                "s3:GetBucketAcl",
                "s3:GetBucketLocation",
                "s3:GetBucketNotification",
                "s3:GetBucketTagging",
                "s3:GetBucketVersioning",
                "s3:GetInventoryConfiguration",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListTagsForResource",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
            ],
            resources=[args.bucket_arn],
        ),
        Statement(
            sid="ReadObjects",
            actions=[
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
            ],
            resources=[f"{args.bucket_arn}/*"],
        ),
        Statement(
            sid="FollowChanges",
            actions=[
                "events:DeleteRule",
                "events:DescribeRule",
                "events:DisableRule",
                "events:EnableRule",
                "events:ListTargetsByRule",
                "events:PutRule",
                "events:PutTargets",
                "events:RemoveTargets",
            ],
            resources=[environment.arn("events", "rule/AwsBackupManagedRule*")],
        ),
        Statement(
            sid="ReadSizes",
            actions=["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"],
            resources=[ANY],
            allow_any="they take no narrower resource",
        ),
        Statement(
            sid="DecryptObjects",
            actions=["kms:Decrypt"],
            resources=[args.context.keys["objects"]],
            conditions={"StringEquals": {"kms:ViaService": environment.service("s3")}},
        ),
    ]


def keys(args: BackupRolesArgs) -> list[Statement]:
    """Grants on keys, for the services that read and write what they encrypt."""
    arns = args.keys
    return [
        Statement(sid="ReadKeys", actions=["kms:DescribeKey"], resources=arns),
        Statement(
            sid="GrantKeysToServices",
            actions=["kms:CreateGrant"],
            resources=arns,
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]

"""What AWS Backup may do to restore: beside what is in use, and nothing is deleted but what a test restored."""

from __future__ import annotations

from components.backup.permissions import BackupRolesArgs, keys
from components.core.iam import ANY, Statement, Values

RESTORED = "awsbackup-restore-test"
"""Beginning of the names, and name of the tag, that AWS Backup gives what it restores for a test."""


def restoring(args: BackupRolesArgs) -> list[Statement]:
    """Databases and file systems, beside those in use."""
    environment = args.context.environment
    test_database = environment.arn("rds", f"db:{RESTORED}*")
    files = environment.arn("elasticfilesystem", "file-system/*")
    parts = ("og", "pg", "subgrp")
    services = ("backup", *(["elasticfilesystem"] if args.has_files else []), "rds", "s3")
    via: Values = [environment.service(name) for name in services]
    statements = [
        Statement(
            sid="ReadDatabases",
            actions=["rds:DescribeDBInstances", "rds:DescribeDBSnapshots", "rds:ListTagsForResource"],
            resources=[environment.arn("rds", "db:*"), environment.arn("rds", "snapshot:*")],
        ),
        Statement(
            sid="RestoreDatabase",
            actions=["rds:AddTagsToResource", "rds:CreateDBInstance", "rds:RestoreDBInstanceFromDBSnapshot"],
            resources=[
                test_database,
                environment.arn("rds", "snapshot:awsbackup:*"),
                *(environment.arn("rds", f"{part}:*") for part in parts),
            ],
        ),
        Statement(sid="RemoveTestDatabase", actions=["rds:DeleteDBInstance"], resources=[test_database]),
        Statement(
            sid="MakeFileSystem",
            actions=["elasticfilesystem:CreateFileSystem"],
            resources=[ANY],
            conditions={
                "Bool": {"elasticfilesystem:Encrypted": "true"},
                "StringEquals": {"aws:RequestedRegion": environment.region},
            },
            allow_any="what isn't made yet has no ARN",
        ),
        Statement(
            sid="RestoreFiles",
            actions=[
                "elasticfilesystem:DescribeFileSystems",
                "elasticfilesystem:Restore",
                "elasticfilesystem:TagResource",
            ],
            resources=[files],
        ),
        Statement(
            sid="RemoveTestFiles",
            actions=["elasticfilesystem:DeleteFileSystem"],
            resources=[files],
            conditions={"Null": {f"aws:ResourceTag/{RESTORED}": "false"}},
        ),
        Statement(
            sid="UseKeys",
            actions=[
                "kms:Decrypt",
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:ReEncryptFrom",
                "kms:ReEncryptTo",
            ],
            resources=args.keys,
            conditions={"StringEquals": {"kms:ViaService": via}},
        ),
        *keys(args),
    ]
    return args.present(statements)


def writing_bucket(args: BackupRolesArgs) -> list[Statement]:
    """Objects back into the bucket that they came from."""
    return [
        Statement(
            sid="ReadBucket",
            actions=[
                "s3:GetBucketLocation",
                "s3:GetBucketOwnershipControls",
                "s3:GetBucketVersioning",
                "s3:ListBucket",
                "s3:ListBucketVersions",
            ],
            resources=[args.bucket_arn],
        ),
        Statement(
            sid="WriteObjects",
            actions=[
                "s3:GetObject",
                "s3:GetObjectAcl",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionAcl",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
                "s3:PutObjectTagging",
            ],
            resources=[f"{args.bucket_arn}/*"],
        ),
    ]

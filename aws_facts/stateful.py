"""Types of resources that hold what can't be made again."""

from __future__ import annotations

from fnmatch import fnmatchcase

DATA_STORES = (
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:docdb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:redshift/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:memorydb/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:efs/fileSystem:FileSystem",
    "aws:fsx/*FileSystem",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketV2:BucketV2",
    "aws:opensearch/domain:Domain",
    "aws:backup/vault:Vault",
)
"""Databases, file systems, buckets and vaults, as patterns of fnmatch."""
LOST_WITH_THEM = (
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cognito/userPool:UserPool",
    "aws:ebs/volume:Volume",
    "aws:ecr/repository:Repository",
    "aws:kinesis/stream:Stream",
    "aws:kms/key:Key",
    "aws:route53/zone:Zone",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
    "kubernetes:core/v1:PersistentVolumeClaim",
)
"""What else takes with it something that nobody has elsewhere: records, users, messages, keys, images, delegations."""


def is_stateful(type_: str) -> bool:
    """Whether a resource of this type, deleted or replaced, takes with it what can't be made again."""
    return any(fnmatchcase(type_, pattern) for pattern in (*DATA_STORES, *LOST_WITH_THEM))

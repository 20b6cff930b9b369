"""Replication, inventories, logs and transfer acceleration of buckets."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.services.buckets import BUCKETS, LOGGING, both
from guardrails.shapes.destinations import LAW, keep, share_with_known_accounts
from guardrails.shapes.properties import forbid_type

_REPLICATIONS = ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", *BUCKETS)
_REPLICA = "rules[*].destination"
_REPLICAS_OF_BUCKETS = (
    "replicationConfiguration.rules[*].destination",
    "replicationConfigurations[*].rules[*].destinations[*]",
)
"""In a bucket itself, as the two generations of bucket resources have it."""

keep(
    "RES-S3-001",
    "Buckets replicate to allowed regions only",
    _REPLICATIONS,
    *(f"{replica}.bucket" for replica in (_REPLICA, *_REPLICAS_OF_BUCKETS)),
    targets=BUCKETS,
    references=References(
        checkov=("CKV_AWS_144",), security_hub=("S3.7",), iso27001=LAW.iso27001, indonesia=LAW.indonesia
    ),
)
keep(
    "RES-S3-002",
    "Replicas are encrypted with keys of allowed regions",
    _REPLICATIONS,
    f"{_REPLICA}.encryptionConfiguration.replicaKmsKeyId",
    *(f"{replica}.replicaKmsKeyId" for replica in _REPLICAS_OF_BUCKETS),
)
share_with_known_accounts(
    "RES-S3-003",
    "Buckets replicate to known accounts only",
    _REPLICATIONS,
    f"{_REPLICA}.account",
    *(f"{replica}.accountId" for replica in _REPLICAS_OF_BUCKETS),
)
forbid_type(
    "it routes requests, and so data, to buckets in any region",
    id="RES-S3-004",
    title="No multi-region access points",
    why="Data of the platform stays in Indonesia.",
    fix="Remove it and use the bucket, or an access point of one region.",
    severity=Severity.HIGH,
    types=(
        "aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint",
        "aws:s3control/multiRegionAccessPointPolicy:MultiRegionAccessPointPolicy",
    ),
    references=LAW,
)


@control(
    id="RES-S3-005",
    title="S3 Transfer Acceleration is off",
    why="It takes uploads in at edge locations all over the world.",
    fix="Remove the resource, or set status to Suspended.",
    severity=Severity.MEDIUM,
    types=(*both("bucketAccelerateConfiguration"), *BUCKETS),
    references=LAW,
)
def acceleration_is_off(resource: Resource, _: Context) -> Findings:
    path = "accelerationStatus" if resource.type in BUCKETS else "status"
    if resource.get(path, "Suspended") != "Suspended":
        yield Violation("it is on", path)


keep(
    "RES-S3-006",
    "Server access logs stay in allowed regions",
    (*LOGGING, *BUCKETS),
    "targetBucket",
    "logging.targetBucket",
    "loggings[*].targetBucket",
    targets=BUCKETS,
)
_REPORTS = {
    "aws:s3/inventory:Inventory": {"destination.bucket": ("bucketArn", "accountId")},
    "aws:s3/analyticsConfiguration:AnalyticsConfiguration": {
        "storageClassAnalysis.dataExport.destination.s3BucketDestination": ("bucketArn", "bucketAccountId")
    },
    "aws:s3control/storageLensConfiguration:StorageLensConfiguration": {
        f"storageLensConfiguration.{export}.s3BucketDestination": ("arn", "accountId")
        for export in ("dataExport", "expandedPrefixesDataExport")
    },
}
"""Where reports on buckets are written to: type -> block -> in it the bucket, and the account that owns that."""
keep(
    "RES-S3-007",
    "S3 reports stay in allowed regions",
    tuple(_REPORTS),
    *(f"{block}.{bucket}" for blocks in _REPORTS.values() for block, (bucket, _) in blocks.items()),
    targets=BUCKETS,
)


keep(
    "RES-S3-010",
    "S3 reports stay in allowed accounts",
    tuple(_REPORTS),
    *(f"{block}.{account}" for blocks in _REPORTS.values() for block, (_, account) in blocks.items()),
)

keep(
    "RES-S3-009",
    "Buckets tell allowed Regions and accounts of their objects",
    "aws:s3/bucketNotification:BucketNotification",
    "queues[*].queueArn",
    "topics[*].topicArn",
    "lambdaFunctions[*].lambdaFunctionArn",
)

"""Buckets: what leaves them, and how they are encrypted."""

from __future__ import annotations

from guardrails.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.destinations import LAW, keep, share_with_known_accounts
from guardrails.resource import Resource
from guardrails.rules import forbid_type, require_customer_key, require_value


def _both(name: str) -> tuple[str, str]:
    """A type's token, and the one it had while there were two generations of bucket resources."""
    title = name[0].upper() + name[1:]
    return f"aws:s3/{name}:{title}", f"aws:s3/{name}V2:{title}V2"


BUCKETS = _both("bucket")
ENCRYPTION = _both("bucketServerSideEncryptionConfiguration")
_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_REPLICA = "rules[*].destination"
_DEFAULT = "rules[*].applyServerSideEncryptionByDefault"

keep(
    "RES-S3-001",
    "Buckets replicate to allowed regions only",
    (_REPLICATION, *BUCKETS),
    f"{_REPLICA}.bucket",
    "replicationConfiguration.rules[*].destination.bucket",
    targets=BUCKETS,
    references=References(
        checkov=("CKV_AWS_144",), security_hub=("S3.7",), iso27001=LAW.iso27001, indonesia=LAW.indonesia
    ),
)
keep(
    "RES-S3-002",
    "Replicas are encrypted with keys of allowed regions",
    _REPLICATION,
    f"{_REPLICA}.encryptionConfiguration.replicaKmsKeyId",
)
share_with_known_accounts("RES-S3-003", "Buckets replicate to known accounts only", _REPLICATION, f"{_REPLICA}.account")
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
require_value(
    "status",
    ("Suspended",),
    id="RES-S3-005",
    title="Transfer acceleration is off",
    why="It takes uploads in at edge locations all over the world.",
    fix="Remove the resource, or set status to Suspended.",
    severity=Severity.MEDIUM,
    types=_both("bucketAccelerateConfiguration"),
    references=LAW,
)
keep(
    "RES-S3-006",
    "Access logs stay in allowed regions",
    _both("bucketLogging"),
    "targetBucket",
    targets=BUCKETS,
)
keep(
    "RES-S3-007",
    "Inventories stay in allowed regions",
    "aws:s3/inventory:Inventory",
    "destination.bucket.bucketArn",
    targets=BUCKETS,
)


@control(
    id="ENC-S3-001",
    title="Buckets have their own default encryption",
    why="Without it objects are encrypted with a key of AWS, which nobody here can withdraw.",
    fix="Add an aws:s3/bucketServerSideEncryptionConfiguration for the bucket.",
    severity=Severity.HIGH,
    types=BUCKETS,
    scope=Scope.STACK,
    references=References(checkov=("CKV_AWS_19",), soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def bucket_is_encrypted(bucket: Resource, context: Context) -> Findings:
    if not context.everything.referrers(bucket, ENCRYPTION, "bucket"):
        yield Violation("nothing configures its encryption")


require_customer_key(
    f"{_DEFAULT}.kmsMasterKeyId",
    id="ENC-S3-002",
    title="Buckets are encrypted with a customer managed key",
    why="Only a key of one's own has a policy, an audit trail and an off switch of one's own.",
    fix="Set sseAlgorithm to aws:kms and kmsMasterKeyId to an aws:kms/key:Key.",
    severity=Severity.HIGH,
    types=ENCRYPTION,
    references=References(checkov=("CKV_AWS_145",), security_hub=("S3.17",), soc2=("CC6.1",), iso27001=("A.8.24",)),
)


@control(
    id="ENC-S3-003",
    title="Buckets use bucket keys",
    why="Without it every object costs a call to KMS, and its quota is shared by the whole account.",
    fix="Set bucketKeyEnabled to true in each rule.",
    severity=Severity.LOW,
    types=ENCRYPTION,
    references=References(iso27001=("A.8.24",)),
)
def bucket_key_is_on(configuration: Resource, _: Context) -> Findings:
    for index, _rule in enumerate(configuration.get("rules", [])):
        path = f"rules[{index}].bucketKeyEnabled"
        if not configuration.get(path):
            yield Violation("bucket keys are off", path)

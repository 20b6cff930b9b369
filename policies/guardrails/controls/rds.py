"""Databases: encrypted, and not copied abroad."""

from __future__ import annotations

from guardrails.control import References, Severity
from guardrails.destinations import LAW, keep, share_with_known_accounts
from guardrails.resource import Resource
from guardrails.rules import forbid_property, forbid_type, require_customer_key, require_value

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
_MEMBER = "aws:rds/clusterInstance:ClusterInstance"
_ABROAD = "Data of the platform stays in Indonesia."
_OWN_KEY = "Only a key of one's own has a policy, an audit trail and an off switch of one's own."


def _has_insights(instance: Resource) -> bool:
    return bool(instance.get("performanceInsightsEnabled"))


def _has_managed_password(database: Resource) -> bool:
    return bool(database.get("manageMasterUserPassword"))


def _has_own_storage(instance: Resource) -> bool:
    """A replica in the region of its source, or a member of a cluster, takes the key from there."""
    return not instance.has("replicateSourceDb") or str(instance.raw("replicateSourceDb")).startswith("arn:")


require_value(
    "storageEncrypted",
    (True,),
    default=False,
    id="ENC-RDS-001",
    title="Database instances are encrypted at rest",
    why="Health records on a disk, a snapshot or a backup must be useless to whoever gets hold of it.",
    fix="Set storageEncrypted to true; changing it replaces the instance.",
    severity=Severity.CRITICAL,
    types=(INSTANCE,),
    references=References(
        checkov=("CKV_AWS_16",),
        security_hub=("RDS.3",),
        soc2=("CC6.1",),
        iso27001=("A.8.24",),
        indonesia=("UU PDP 35",),
    ),
)
require_customer_key(
    "kmsKeyId",
    when=_has_own_storage,
    id="ENC-RDS-002",
    title="Database instances are encrypted with a customer managed key",
    why=_OWN_KEY,
    fix="Set kmsKeyId to the ARN of an aws:kms/key:Key; changing it replaces the instance.",
    severity=Severity.HIGH,
    types=(INSTANCE,),
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",)),
)
require_value(
    "storageEncrypted",
    (True,),
    default=False,
    id="ENC-RDS-003",
    title="Database clusters are encrypted at rest",
    why="Health records on a disk, a snapshot or a backup must be useless to whoever gets hold of it.",
    fix="Set storageEncrypted to true; changing it replaces the cluster.",
    severity=Severity.CRITICAL,
    types=(CLUSTER,),
    references=References(
        checkov=("CKV_AWS_96",),
        security_hub=("RDS.27",),
        soc2=("CC6.1",),
        iso27001=("A.8.24",),
        indonesia=("UU PDP 35",),
    ),
)
require_customer_key(
    "kmsKeyId",
    id="ENC-RDS-004",
    title="Database clusters are encrypted with a customer managed key",
    why=_OWN_KEY,
    fix="Set kmsKeyId to the ARN of an aws:kms/key:Key; changing it replaces the cluster.",
    severity=Severity.HIGH,
    types=(CLUSTER,),
    references=References(checkov=("CKV_AWS_327",), soc2=("CC6.1",), iso27001=("A.8.24",)),
)
require_customer_key(
    "performanceInsightsKmsKeyId",
    when=_has_insights,
    id="ENC-RDS-005",
    title="Performance Insights are encrypted with a customer managed key",
    why="The statements that it keeps may hold personal data.",
    fix="Set performanceInsightsKmsKeyId to the ARN of an aws:kms/key:Key.",
    severity=Severity.MEDIUM,
    types=(INSTANCE, _MEMBER),
    references=References(checkov=("CKV_AWS_354",), iso27001=("A.8.24",)),
)
require_customer_key(
    "masterUserSecretKmsKeyId",
    when=_has_managed_password,
    id="ENC-RDS-006",
    title="Managed master passwords are encrypted with a customer managed key",
    why=_OWN_KEY,
    fix="Set masterUserSecretKmsKeyId to the id of an aws:kms/key:Key.",
    severity=Severity.MEDIUM,
    types=(INSTANCE, CLUSTER),
    references=References(soc2=("CC6.1",), iso27001=("A.8.24",)),
)
require_value(
    "manageMasterUserPassword",
    (True,),
    default=False,
    id="ENC-RDS-007",
    title="Master passwords are made and kept by Secrets Manager",
    why="A password in a program or in the state is known to everybody who can read either.",
    fix="Set manageMasterUserPassword to true and remove password and masterPassword.",
    severity=Severity.HIGH,
    types=(INSTANCE, CLUSTER),
    references=References(soc2=("CC6.1",), iso27001=("A.5.17",)),
)

forbid_type(
    "it copies backups to another region",
    id="RES-RDS-001",
    title="Backups are not replicated to another region",
    why=_ABROAD,
    fix="Remove it; keep backups in a locked vault of the region.",
    severity=Severity.CRITICAL,
    types=("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",),
    references=LAW,
)
keep("RES-RDS-002", "Read replicas have their source in an allowed region", INSTANCE, "replicateSourceDb")
forbid_type(
    "it spreads the database over regions",
    id="RES-RDS-003",
    title="No Aurora global databases",
    why=_ABROAD,
    fix="Remove it; use a cluster over the zones of the region.",
    severity=Severity.CRITICAL,
    types=("aws:rds/globalCluster:GlobalCluster",),
    references=LAW,
)
keep("RES-RDS-004", "Clusters replicate from an allowed region", CLUSTER, "replicationSourceIdentifier")
forbid_property(
    "globalClusterIdentifier",
    "it joins a global database",
    id="RES-RDS-005",
    title="Clusters join no global database",
    why=_ABROAD,
    fix="Remove globalClusterIdentifier.",
    severity=Severity.CRITICAL,
    types=(CLUSTER,),
    references=LAW,
)
keep(
    "RES-RDS-006",
    "Snapshots are copied to allowed regions only",
    ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy"),
    "destinationRegion",
)
share_with_known_accounts(
    "RES-RDS-007",
    "Snapshots are shared with known accounts only",
    (
        "aws:rds/snapshot:Snapshot",
        "aws:rds/clusterSnapshot:ClusterSnapshot",
        "aws:rds/snapshotCopy:SnapshotCopy",
        "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy",
    ),
    "sharedAccounts",
    references=References(security_hub=("RDS.1",), soc2=("CC6.1",), iso27001=LAW.iso27001, indonesia=LAW.indonesia),
)
keep(
    "RES-RDS-008",
    "Exports stay in allowed regions",
    "aws:rds/exportTask:ExportTask",
    "s3BucketName",
    targets=("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"),
)

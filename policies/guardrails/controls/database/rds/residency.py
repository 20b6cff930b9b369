"""Databases and their copies stay in allowed regions and accounts."""

from __future__ import annotations

from guardrails.controls.database.rds.databases import CLUSTERS, INSTANCE
from guardrails.model.control import References, Severity
from guardrails.model.references import RESIDENCY
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import LAW, keep, share_with_known_accounts
from guardrails.shapes.properties import forbid_property, forbid_type

GLOBAL_CLUSTERS = (
    "aws:rds/globalCluster:GlobalCluster",
    "aws:docdb/globalCluster:GlobalCluster",
    "aws:neptune/globalCluster:GlobalCluster",
)
BACKUP_REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
SNAPSHOT_COPIES = ("aws:rds/snapshotCopy:SnapshotCopy", "aws:rds/clusterSnapshotCopy:ClusterSnapshotCopy")
SHARED_SNAPSHOTS = ("aws:rds/snapshot:Snapshot", "aws:rds/clusterSnapshot:ClusterSnapshot", *SNAPSHOT_COPIES)
"""The snapshots that may be shared with other accounts."""

forbid_type(
    "it copies backups to another region",
    id="RES-RDS-001",
    title="Backups are not replicated to another region",
    why=RESIDENCY,
    fix="Remove it; keep backups in a locked vault of the region.",
    severity=Severity.CRITICAL,
    types=(BACKUP_REPLICATION,),
    references=LAW,
)
keep("RES-RDS-002", "Read replicas have their source in an allowed region", INSTANCE, "replicateSourceDb")
forbid_type(
    "it spreads the database over regions",
    id="RES-RDS-003",
    title="No global databases",
    why=RESIDENCY,
    fix="Remove it; use a cluster over the zones of the region.",
    severity=Severity.CRITICAL,
    types=GLOBAL_CLUSTERS,
    references=LAW,
)
keep(
    "RES-RDS-004",
    "Clusters replicate from an allowed region",
    CLUSTERS,
    "replicationSourceIdentifier",
    "sourceRegion",
)
forbid_property(
    "globalClusterIdentifier",
    "it joins a global database",
    id="RES-RDS-005",
    title="Clusters join no global database",
    why=RESIDENCY,
    fix="Remove globalClusterIdentifier.",
    severity=Severity.CRITICAL,
    types=CLUSTERS,
    references=LAW,
)
keep("RES-RDS-006", "Snapshots are copied to allowed regions only", SNAPSHOT_COPIES, "destinationRegion")
share_with_known_accounts(
    "RES-RDS-007",
    "Snapshots are shared with known accounts only",
    SHARED_SNAPSHOTS,
    "sharedAccounts",
    references=References(security_hub=("RDS.1",), soc2=("CC6.1",), iso27001=LAW.iso27001, indonesia=LAW.indonesia),
)
keep(
    "RES-RDS-008",
    "Exports stay in allowed regions",
    "aws:rds/exportTask:ExportTask",
    "s3BucketName",
    targets=BUCKETS,
)
keep(
    "RES-RDS-009",
    "Integrations replicate to allowed Regions and accounts",
    ("aws:rds/integration:Integration", "aws:redshift/integration:Integration"),
    "targetArn",
)

"""ElastiCache datastores, snapshots and logs stay in allowed regions."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import RESIDENCY
from guardrails.services.buckets import BUCKETS
from guardrails.services.caches import CACHES, REPLICATION_GROUP
from guardrails.shapes.destinations import LAW, keep
from guardrails.shapes.properties import forbid_property, forbid_type

keep(
    "RES-ELASTICACHE-004",
    "Cache logs stay in allowed regions and accounts",
    ("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"),
    "logDeliveryConfigurations[*].destination",
)
forbid_type(
    "it spreads the cache over regions",
    id="RES-ELASTICACHE-001",
    title="No global datastores",
    why=RESIDENCY,
    fix="Remove it; use a replication group over the zones of the region.",
    severity=Severity.HIGH,
    types=(
        "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
        "aws:memorydb/multiRegionCluster:MultiRegionCluster",
    ),
    references=LAW,
)
forbid_property(
    "globalReplicationGroupId",
    "it joins a global datastore",
    id="RES-ELASTICACHE-002",
    title="Caches join no global datastore",
    why=RESIDENCY,
    fix="Remove globalReplicationGroupId.",
    severity=Severity.HIGH,
    types=(REPLICATION_GROUP,),
    references=LAW,
)
keep(
    "RES-ELASTICACHE-003",
    "Caches are restored from snapshots in allowed regions",
    CACHES,
    "snapshotArns",
    "snapshotArnsToRestores",
    targets=BUCKETS,
)

"""ElastiCache failover, backups, upgrades and logs."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.logic import first_that
from guardrails.model.references import continuity, recovery
from guardrails.model.resource import Resource, origins
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.caches import (
    CLUSTER,
    MEMORYDB,
    REPLICATION_GROUP,
    SERVERLESS,
    WITH_NODES,
    is_member,
    is_memcached,
)
from guardrails.shapes.properties import require_value


@control(
    id="RSL-ELASTICACHE-001",
    title="Caches have automatic failover and Multi-AZ",
    why="Otherwise the cache is down until an operator promotes a replica.",
    fix="Set automaticFailoverEnabled and multiAzEnabled to true (MemoryDB: numReplicasPerShard to 1 or more).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(REPLICATION_GROUP, MEMORYDB),
    references=continuity(checkov=("CKV2_AWS_50",), security_hub=("ElastiCache.3",)),
)
def cache_fails_over(cache: Resource, _: Context) -> Findings:
    if cache.type == MEMORYDB:
        if cache.number("numReplicasPerShard", 1) < 1:
            yield Violation("there is no replica to fail over to", "numReplicasPerShard")
        return
    # a member of a global datastore has zones of its own, but fails over as the datastore says
    for path in ("multiAzEnabled",) if is_member(cache) else ("automaticFailoverEnabled", "multiAzEnabled"):
        try:
            if not cache.get(path):
                yield Violation("it is off", path)
        except UndeterminedError as unknown:
            yield unknown


@control(
    id="RSL-ELASTICACHE-002",
    title="Caches have automatic backups",
    why="Sessions, counters and queues that are kept in a cache are gone with it.",
    fix="Set snapshotRetentionLimit to minimumDays or more.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(REPLICATION_GROUP, CLUSTER, SERVERLESS, MEMORYDB),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 35,
            "default": 1,
            "description": "How long the daily snapshots are kept, in days.",
        }
    },
    references=recovery(checkov=("CKV_AWS_134",), security_hub=("ElastiCache.1",)),
)
def cache_is_backed_up(cache: Resource, context: Context) -> Findings:
    """Memcached takes no snapshots; a member of a replication group is in the group's."""
    if cache.type == CLUSTER and is_member(cache):
        return
    days, least = cache.number("snapshotRetentionLimit", 0), context.parameters["minimumDays"]
    if days < least and not is_memcached(cache):
        kept = f"snapshots are kept for {days} days, at least {least} are expected" if days else "no snapshot is taken"
        yield Violation(kept, "snapshotRetentionLimit")


require_value(
    "autoMinorVersionUpgrade",
    (True,),
    default=True,
    id="RSL-ELASTICACHE-003",
    title="Caches have automatic minor version upgrades",
    why="Minor versions contain security fixes; published vulnerabilities are attacked soon after.",
    fix="Remove autoMinorVersionUpgrade, or set it to true.",
    severity=Severity.MEDIUM,
    types=WITH_NODES,
    references=References(
        checkov=("CKV_AWS_322",), security_hub=("ElastiCache.2",), soc2=("CC7.1",), iso27001=("A.8.8",)
    ),
)


@control(
    id="RSL-ELASTICACHE-004",
    title="Each shard has nodes in two Availability Zones or more",
    why="What is on a single node, or in a single zone, is gone with it.",
    fix="Set numCacheClusters to 2 or replicasPerNodeGroup to 1, or more, in zones that differ.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(REPLICATION_GROUP,),
    references=continuity(),
)
def shards_span_zones(cache: Resource, _: Context) -> Findings:
    if is_member(cache):
        return
    for path, nodes in _nodes(cache):
        if nodes < 2:
            yield Violation("there is one node only", path)
    for path, zones in _zones(cache):
        if len(zones) > 1 and all(zone == zones[0] for zone in zones):
            yield Violation(f"every node is in {zones[0]}", path)


def _nodes(cache: Resource) -> Iterator[tuple[str, float]]:
    """The nodes of each shard, as far as they are said in one of three ways, and where."""
    shards = cache.items("nodeGroupConfigurations")
    for index in range(len(shards)):
        path = f"nodeGroupConfigurations[{index}].replicaCount"
        if cache.has(path):
            yield path, 1 + cache.number(path, 0)
    if cache.has("replicasPerNodeGroup"):
        yield "replicasPerNodeGroup", 1 + cache.number("replicasPerNodeGroup", 0)
    elif not shards:
        yield "numCacheClusters", cache.number("numCacheClusters", 1)


def _zones(cache: Resource) -> Iterator[tuple[str, list[str]]]:
    """The zones that are named for the nodes of each shard."""
    if cache.has("preferredCacheClusterAzs"):
        cache.items("preferredCacheClusterAzs")
        yield "preferredCacheClusterAzs", cache.known("preferredCacheClusterAzs")
    for index in range(len(cache.items("nodeGroupConfigurations"))):
        path = f"nodeGroupConfigurations[{index}]"
        primary = cache.get(f"{path}.primaryAvailabilityZone")
        replicas = cache.known(f"{path}.replicaAvailabilityZones", [])
        yield f"{path}.replicaAvailabilityZones", [zone for zone in (primary, *replicas) if zone]


@control(
    id="RSL-ELASTICACHE-005",
    title="Caches deliver their slow log and engine log",
    why="What made a cache slow, and who failed to log in, stands nowhere else.",
    fix="Add a logDeliveryConfigurations entry with logType slow-log and one with engine-log.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(REPLICATION_GROUP, CLUSTER),
    references=References(soc2=("CC7.2",), iso27001=("A.8.15",)),
)
def cache_delivers_logs(cache: Resource, _: Context) -> Findings:
    path = "logDeliveryConfigurations"
    if cache.type == CLUSTER and (is_member(cache) or is_memcached(cache)):
        return
    logs = [f"{path}[{index}].logType" for index in range(len(cache.items(path)))]
    for wanted in ("slow-log", "engine-log"):
        if first_that(logs, lambda where, wanted=wanted: cache.get(where) == wanted) is None:
            yield Violation(f"the {wanted} is not delivered", path)


@control(
    id="RSL-ELASTICACHE-006",
    title="Caches have a final snapshot",
    why="Without one, a cache that is deleted or replaced by mistake can't be brought back.",
    fix="Set finalSnapshotIdentifier (MemoryDB: finalSnapshotName).",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=WITH_NODES,
    references=recovery(),
)
def cache_leaves_snapshot(cache: Resource, _: Context) -> Findings:
    path = "finalSnapshotName" if cache.type == MEMORYDB else "finalSnapshotIdentifier"
    if cache.type == CLUSTER and (is_member(cache) or is_memcached(cache)):
        return
    if not (cache.raw(path) is UNKNOWN and origins(cache, path)) and not cache.get(path):  # made by another resource
        yield Violation("it is not named", path)

"""Caches: what they are called, and which of them decide for themselves."""

from __future__ import annotations

from guardrails.model.resource import Resource

REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
CLUSTER = "aws:elasticache/cluster:Cluster"
SERVERLESS = "aws:elasticache/serverlessCache:ServerlessCache"
MEMORYDB = "aws:memorydb/cluster:Cluster"
WITH_NODES = (REPLICATION_GROUP, CLUSTER, MEMORYDB)
CACHES = (*WITH_NODES, SERVERLESS)


def is_member(cache: Resource) -> bool:
    """Whether it takes its settings from the group that it joins: a cluster's, or a global datastore's."""
    match cache.type:
        case "aws:elasticache/cluster:Cluster":
            return cache.has("replicationGroupId")
        case "aws:elasticache/replicationGroup:ReplicationGroup":
            return cache.has("globalReplicationGroupId")
        case _:
            return False


def decides(cache: Resource) -> bool:
    """The opposite of `is_member`."""
    return not is_member(cache)


def is_memcached(cache: Resource) -> bool:
    """Whether it is a Memcached, which has neither users nor, with nodes, snapshots.

    Raises:
        UndeterminedError: the engine is not known yet.
    """
    return cache.get("engine") == "memcached"

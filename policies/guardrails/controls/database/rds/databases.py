"""Databases as RDS keeps them: instances, clusters, their members, and where what isn't said comes from."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from guardrails.model.arn import parse_arn
from guardrails.model.regions import region_of
from guardrails.model.relations import named
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
DOCUMENT_CLUSTER = "aws:docdb/cluster:Cluster"
GRAPH_CLUSTER = "aws:neptune/cluster:Cluster"
CLUSTERS = (CLUSTER, DOCUMENT_CLUSTER, GRAPH_CLUSTER)
DATABASES = (INSTANCE, *CLUSTERS)
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
DOCUMENT_MEMBER = "aws:docdb/clusterInstance:ClusterInstance"
GRAPH_MEMBER = "aws:neptune/clusterInstance:ClusterInstance"
MEMBERS = (MEMBER, DOCUMENT_MEMBER, GRAPH_MEMBER)
"""The instances of clusters, in the order of `CLUSTERS`."""
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
PROXY = "aws:rds/proxy:Proxy"
SUBNET_GROUPS = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:docdb/subnetGroup:SubnetGroup",
    "aws:neptune/subnetGroup:SubnetGroup",
)

_ENGINES = {DOCUMENT_CLUSTER: "docdb", DOCUMENT_MEMBER: "docdb", GRAPH_CLUSTER: "neptune", GRAPH_MEMBER: "neptune"}
_EDITION = re.compile(r"-(ee|se\d?|ex|web|dev-ee|ae)(-cdb)?$")


def one_named(resource: Resource, path: str, types: Collection[str]) -> Resource | None:
    """What the resource names at ``path``, if it is of ``types`` and of this stack.

    Raises:
        UndeterminedError: it is not known yet, or the stack is not in view.
    """
    if resource.stack is None:
        raise UndeterminedError(path)
    return named(resource.stack, resource, path, types)


def replicated_from(database: Resource) -> str:
    """The property that names what the database is a replica of; empty when it is none."""
    return next((path for path in ("replicateSourceDb", "replicationSourceIdentifier") if database.has(path)), "")


def is_replica(database: Resource) -> bool:
    """Whether it follows another database, from which it has its data, users and engine."""
    return bool(replicated_from(database))


def restored_from(database: Resource) -> str:
    """The property that names the backup that the database is made of; empty when it starts empty."""
    return next((path for path in ("snapshotIdentifier", "restoreToPointInTime") if database.has(path)), "")


def source_of(replica: Resource) -> Resource | None:
    """The database of this stack that it is a replica of; None when it is none, or of a database elsewhere.

    Raises:
        UndeterminedError: the source is not known yet, or the stack is not in view.
    """
    path = replicated_from(replica)
    return one_named(replica, path, DATABASES) if path else None


def is_local_replica(database: Resource) -> bool:
    """Whether it follows a database of its own region, from which it has its encryption and parameters too.

    Raises:
        UndeterminedError: the source or the region is not known yet.
    """
    path = replicated_from(database)
    value = database.raw(path) if path else None
    if value is UNKNOWN:
        source = source_of(database)
        return source is not None and region_of(source) == region_of(database)
    arn = parse_arn(str(value))
    if arn is None:
        return bool(path)  # an identifier, which is of its own region
    region = region_of(database)
    if not region:
        raise UndeterminedError("region")
    return arn.region == region


def engine_of(database: Resource) -> str:
    """The engine without its edition: ``mysql``, ``aurora-postgresql``, ``sqlserver``, ``oracle``, ``docdb`` ...

    Raises:
        UndeterminedError: it is not said, or not known yet; a replica's is that of its source.
    """
    stated = _ENGINES.get(database.type) or database.get("engine")
    if not stated:
        source = source_of(database)
        if source is None:
            raise UndeterminedError("engine")
        return engine_of(source)
    return without_edition(str(stated))


def without_edition(engine: str) -> str:
    """``oracle`` of ``oracle-ee-cdb``: what is the same for all editions goes by that name."""
    return _EDITION.sub("", engine.lower())


def is_multi_zone_cluster(cluster: Resource) -> bool:
    """Whether it is a Multi-AZ cluster of MySQL or PostgreSQL, which has its three instances without being told."""
    return cluster.type == CLUSTER and cluster.has("dbClusterInstanceClass")


def is_serverless(cluster: Resource) -> bool:
    """Whether it is of the first generation of Aurora Serverless, which has no instances; AWS looks after the rest."""
    return cluster.type == CLUSTER and cluster.get("engineMode") == "serverless"


def cluster_of(member: Resource) -> Resource | None:
    """The cluster of this stack that an instance is in; None for one that stands alone or is in a cluster elsewhere.

    Raises:
        UndeterminedError: the cluster is not known yet, or the stack is not in view.
    """
    return one_named(member, "clusterIdentifier", CLUSTERS) if member.type in MEMBERS else None


def setting(database: Resource, path: str) -> Any:
    """The value at ``path``; for the instance of a cluster that says nothing, the cluster's.

    Raises:
        UndeterminedError: it is not known yet, or the cluster isn't.
    """
    value = database.get(path)
    if value is not None or database.type not in MEMBERS:
        return value
    cluster = cluster_of(database)
    if cluster is None:
        raise UndeterminedError("clusterIdentifier")
    return cluster.get(path)


def group_parameter(group: Resource, name: str) -> Any:
    """The value that a parameter group sets; None when it leaves the default.

    Raises:
        UndeterminedError: it, or the name of a parameter, is not known yet.
    """
    found: Any = None
    for index in range(len(group.items("parameters"))):
        if str(group.get(f"parameters[{index}].name")).lower() == name:
            found = group.get(f"parameters[{index}].value")
    return found


def is_on(value: object) -> bool:
    """Whether a parameter's value switches something on, in whichever way it is written."""
    return str(value).lower() in {"1", "on", "true"}

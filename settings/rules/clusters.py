"""The clusters' rules: groups that can exist, versions that fit together, nobody twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aws_facts.ec2_instance_types import APPLICATION, DATA, GPU
from components.cluster.node_group_settings import NodeGroup
from components.cluster.settings import Cluster
from components.core.settings.finding import Finding
from components.core.settings.problems import Path
from settings.rule import rule
from settings.stack import Settings

BOUNDS: Mapping[str, tuple[int, int]] = {"application": (2, 50), "data": (1, 20)}
"""Fewest and most nodes of each group, as documented (SMILE-NODE-01 to 05)."""


def clusters(settings: Settings) -> Iterator[tuple[Path, Cluster]]:
    """Each cluster and where it is set, whether it is enabled or not."""
    yield ("clusters", "application"), settings.clusters.application
    yield ("clusters", "data"), settings.clusters.data


def groups(settings: Settings) -> Iterator[tuple[Path, str, NodeGroup]]:
    """Each group, where it is set, and its name."""
    named: dict[str, Mapping[Any, NodeGroup]] = {
        "application": settings.clusters.application.groups,
        "data": settings.clusters.data.groups,
    }
    for cluster, members in named.items():
        for name, group in members.items():
            yield ("clusters", cluster, "groups", name), name, group


@rule
def there_is_an_application_cluster(settings: Settings) -> Iterator[Finding]:
    """Every stack runs the microservices (OP-S-01)."""
    if not settings.clusters.application.enabled and not settings.is_development:
        path = ("clusters", "application", "enabled")
        yield Finding(path, "got false", f"true in {settings.kind}; false in development only")


@rule
def sizes_are_in_order(settings: Settings) -> Iterator[Finding]:
    """Each group is within the documented bounds, and has not more nodes at least than at most (OP-S-23)."""
    for path, _, group in groups(settings):
        least, most = BOUNDS[str(path[1])]
        if group.max_nodes > most:
            yield Finding((*path, "max_nodes"), f"got {group.max_nodes}", f"{least} to {most}")
        if not least <= group.min_nodes <= group.max_nodes:
            valid = f"{least} to {max(least, group.max_nodes)}"
            yield Finding((*path, "min_nodes"), f"got {group.min_nodes}", valid, ((*path, "max_nodes"),))


@rule
def types_are_those_of_the_cluster(settings: Settings) -> Iterator[Finding]:
    """Each cluster has its list of instance types (SMILE-NODE-06, SMILE-NODE-07)."""
    for path, name, group in groups(settings):
        valid = GPU if name == "gpu" else APPLICATION if path[1] == "application" else DATA
        if not group.instance_types:
            yield Finding((*path, "instance_types"), "got []", f"at least one of {', '.join(valid)}")
        for index, instance_type in enumerate(group.instance_types):
            if instance_type not in valid:
                where = (*path, "instance_types", index)
                yield Finding(where, f'got "{instance_type}"', f"{', '.join(valid)} in the group {name}")


@rule
def spot_is_for_batch(settings: Settings) -> Iterator[Finding]:
    """Users wait for the other groups, which a spot instance's end would leave short (OP-S-25)."""
    for path, name, group in groups(settings):
        if group.capacity == "SPOT" and name != "batch":
            yield Finding((*path, "capacity"), 'got "SPOT"', "ON_DEMAND; SPOT in the group batch only")


@rule
def labels_and_taints_are_unambiguous(settings: Settings) -> Iterator[Finding]:
    """A node has each label once, and each taint once for an effect."""
    for path, name, group in groups(settings):
        if group.labels.get("workload", name) != name:
            got = f'got "{group.labels["workload"]}"'
            yield Finding((*path, "labels", "workload"), got, f"nothing: workload is the group's name, {name}")
        seen: set[tuple[str, str]] = set()
        for index, taint in enumerate(group.taints):
            if (taint.key, taint.effect) in seen:
                got = f"got {taint.key} with {taint.effect} again"
                yield Finding((*path, "taints", index), got, "each key once for an effect")
            seen.add((taint.key, taint.effect))


@rule
def versions_fit_together(settings: Settings) -> Iterator[Finding]:
    """The nodes' image and kube-proxy are of the cluster's version (SMILE-NODE-16)."""
    for path, cluster in clusters(settings):
        reads = ((*path, "version"),)
        if not cluster.release.startswith(f"{cluster.version}."):
            got = f'got "{cluster.node_release}" with Kubernetes {cluster.version}'
            yield Finding((*path, "node_release"), got, f"a release of {cluster.version}, or nothing", reads)
        proxy = cluster.addon_versions["kube-proxy"]
        if not proxy.startswith(f"v{cluster.version}."):
            got = f'got "{proxy}" with Kubernetes {cluster.version}'
            yield Finding((*path, "addons", "kube-proxy"), got, f"a version of {cluster.version}", reads)


@rule
def nobody_is_named_twice(settings: Settings) -> Iterator[Finding]:
    """EKS takes one access entry of each role."""
    for path, cluster in clusters(settings):
        seen: set[str] = set()
        for kind, arns in cluster.access:
            for index, arn in enumerate(arns):
                if arn in seen:
                    yield Finding((*path, "access", kind, index), f"got {arn} again", "each role once, of one kind")
                seen.add(arn)


@rule
def data_nodes_exist(settings: Settings) -> Iterator[Finding]:
    """Only nodes that there are can be let through to the database."""
    if settings.network.database_access.data_nodes and not settings.clusters.data.enabled:
        path, reads = ("network", "database_access", "data_nodes"), (("clusters", "data", "enabled"),)
        valid = "false, or smile:clusters.data.enabled: true"
        yield Finding(path, "got true, but there is no data cluster", valid, reads)

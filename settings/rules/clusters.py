"""The clusters' rules: groups that can exist, versions that fit together, nobody twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aws_facts.eks_versions import AMI_TYPES
from components.cluster.node_group_settings import MOST_NODES, NodeGroup
from components.cluster.settings import Cluster
from components.core.settings.finding import Finding
from components.core.settings.problems import Path
from settings.node_types import APPLICATION, DATA, GPU
from settings.rule import rule
from settings.stack import Settings

BOUNDS: Mapping[str, tuple[int, int]] = {"application": (2, 50), "data": (1, 20)}
"""Fewest and most nodes of each group, as documented (SMILE-NODE-01 to 05)."""
NVIDIA = tuple(each for each in AMI_TYPES if "NVIDIA" in each)
DISKS = (30, 100)
"""Smallest and largest disk of a node in GiB, as documented (SMILE-NODE-08)."""
TYPES: Mapping[str, tuple[str, ...]] = {"application": APPLICATION, "data": DATA}
"""Instance types of each cluster, as documented; of any other, those of both."""


def clusters(settings: Settings) -> Iterator[tuple[Path, Cluster]]:
    """Each cluster and where it is set, whether it is enabled or not."""
    for name, cluster in settings.clusters.items():
        yield ("clusters", name), cluster


def groups(settings: Settings) -> Iterator[tuple[Path, str, NodeGroup]]:
    """Each group, where it is set, and its name."""
    for path, cluster in clusters(settings):
        for name, group in cluster.groups.items():
            yield (*path, "groups", name), name, group


@rule
def there_is_an_application_cluster(settings: Settings) -> Iterator[Finding]:
    """Every stack runs the microservices (OP-S-01)."""
    application = settings.clusters.get("application")
    if settings.services.catalogue and not (application and application.enabled) and not settings.is_development:
        what = "got false" if application else "there is no cluster application"
        reads = (("services", "catalogue"),)
        path = ("clusters", "application", "enabled")
        yield Finding(path, what, f"true in {settings.kind}; false in development only", reads)


@rule
def services_have_nodes(settings: Settings) -> Iterator[Finding]:
    """The groups that services run on are those of the application cluster."""
    cluster = settings.enabled_clusters.get("application")
    for kind, group in settings.workloads.node_groups.items():
        if cluster and group not in cluster.groups:
            path, reads = ("workloads", "node_groups", kind), (("clusters", "application", "groups"),)
            yield Finding(path, f"no group {group}", ", ".join(cluster.groups) or "none: there is no group", reads)


@rule
def sizes_are_in_order(settings: Settings) -> Iterator[Finding]:
    """Each group is within the documented bounds, and has not more nodes at least than at most (OP-S-23)."""
    for path, _, group in groups(settings):
        least, most = BOUNDS.get(str(path[1]), (1, MOST_NODES))
        if group.max_nodes > most:
            yield Finding((*path, "max_nodes"), f"got {group.max_nodes}", f"{least} to {most}")
        if not least <= group.min_nodes <= group.max_nodes:
            valid = f"{least} to {max(least, group.max_nodes)}"
            yield Finding((*path, "min_nodes"), f"got {group.min_nodes}", valid, ((*path, "max_nodes"),))
        smallest, largest = DISKS
        if not smallest <= group.volume_gib <= largest:
            yield Finding((*path, "volume_gib"), f"got {group.volume_gib}", f"{smallest} to {largest}")


@rule
def types_are_those_of_the_cluster(settings: Settings) -> Iterator[Finding]:
    """Each cluster has its list of instance types (SMILE-NODE-06, SMILE-NODE-07)."""
    for path, name, group in groups(settings):
        valid = GPU if group.ami_type in NVIDIA else TYPES.get(str(path[1]), (*APPLICATION, *DATA))
        for index, instance_type in enumerate(group.instance_types):
            if instance_type not in valid:
                where = (*path, "instance_types", index)
                yield Finding(where, f'got "{instance_type}"', f"{', '.join(valid)} in the group {name}")


@rule
def images_fit_the_processors(settings: Settings) -> Iterator[Finding]:
    """Every documented type has an x86 processor."""
    for path, _, group in groups(settings):
        if "ARM" in group.ami_type:
            valid = ", ".join(each for each in AMI_TYPES if "x86" in each)
            yield Finding((*path, "ami_type"), f'got "{group.ami_type}"', valid)


@rule
def spot_is_for_batch(settings: Settings) -> Iterator[Finding]:
    """Users wait for the other groups, which a spot instance's end would leave short (OP-S-25)."""
    for path, name, group in groups(settings):
        if group.capacity == "SPOT" and name != "batch":
            yield Finding((*path, "capacity"), 'got "SPOT"', "ON_DEMAND; SPOT in the group batch only")


@rule
def taints_are_unambiguous(settings: Settings) -> Iterator[Finding]:
    """A node has each taint once for an effect."""
    for path, _, group in groups(settings):
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
    if settings.network.database_access.data_nodes and "data" not in settings.enabled_clusters:
        path, reads = ("network", "database_access", "data_nodes"), (("clusters", "data", "enabled"),)
        valid = "false, or smile:clusters.data.enabled: true"
        yield Finding(path, "got true, but there is no data cluster", valid, reads)

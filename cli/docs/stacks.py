"""What differs between the stacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args

from cli.docs.markdown import table
from components.files.settings import Files
from components.workloads.services_settings import Kind
from settings import Settings, load_from_files

STACKS = ("dev", "staging", "prod")
"""Those that documents name; others may come, and pages stay current."""


def by_stack(section: Callable[[Settings], Any], *rows: tuple[str, Callable[[Any], object]]) -> str:
    """A row for each name, with what it is in each stack."""
    settings = [section(load_from_files(stack)) for stack in STACKS]
    return table(("", *STACKS), [(name, *map(value, settings)) for name, value in rows])


def database() -> str:
    """Sizes, windows and backups of the database."""
    return by_stack(
        lambda settings: settings.database,
        ("class", lambda it: it.instance_class),
        ("storage (gp3)", lambda it: f"{it.allocated_gib} GiB{growth(it.max_allocated_gib)}"),
        ("zones", lambda it: "2: primary and standby" if it.multi_az else 1),
        ("automated backups", lambda it: f"{it.backup_retention_days} days"),
        ("final snapshot", lambda it: yes(it.final_snapshot)),
        ("Database Insights", lambda it: it.insights),
        ("enhanced monitoring", lambda it: f"{it.enhanced_monitoring_seconds} s"),
        ("backup, as written", lambda it: it.backup_window),
        ("backup, UTC", lambda it: it.backup_window_utc),
        ("maintenance, as written", lambda it: it.maintenance_window),
        ("maintenance, UTC", lambda it: it.maintenance_window_utc),
    )


def growth(most_gib: int) -> str:
    """How large storage may grow."""
    return f", growing to {most_gib} GiB" if most_gib else ""


def yes(value: object) -> str:
    """A switch, in a word."""
    return "yes" if value else "no"


def cache() -> str:
    """Nodes, snapshots and windows of the cache."""
    return by_stack(
        lambda settings: settings.cache,
        ("engine", lambda it: f"{it.engine} {it.version}"),
        ("node type", lambda it: it.node_type),
        ("shards", lambda it: it.shards),
        ("replicas of each primary", lambda it: it.replicas_per_shard),
        ("daily snapshot, days kept", lambda it: it.snapshot_retention_days),
        ("between them", lambda it: between(it.periodic_snapshots)),
        ("final snapshot", lambda it: yes(it.final_snapshot)),
        ("snapshot, as written", lambda it: it.snapshot_window),
        ("snapshot, UTC", lambda it: it.snapshot_window_utc),
        ("maintenance, as written", lambda it: it.maintenance_window),
        ("maintenance, UTC", lambda it: it.maintenance_window_utc),
        ("changes apply", lambda it: "at once" if it.apply_immediately else "in the window"),
    )


def between(snapshots: Any) -> str:
    """How often snapshots are taken between the daily ones."""
    return f"every {snapshots.interval_hours} hours, {snapshots.retention_days} days" if snapshots.enabled else "none"


def files() -> str:
    """Throughput and replicas of the shared file system."""
    return by_stack(
        lambda settings: settings.files,
        ("throughput", throughput),
        ("to Infrequent Access after", lambda it: f"{it.infrequent_access_days} days"),
        ("replica", lambda it: yes(it.replica)),
        ("access points", lambda it: ", ".join(it.access_points)),
    )


def throughput(settings: Files) -> str:
    """The mode, and what is paid for."""
    provisioned = settings.throughput == "provisioned"
    return f"{settings.provisioned_mibps} MiB/s, provisioned" if provisioned else settings.throughput


def workloads() -> str:
    """Replicas of services, and sizes of their pods."""
    return by_stack(
        lambda settings: settings.workloads,
        ("replicas of each service and colour", lambda it: "{} to {}".format(*it.count())),
        ("a pod is added above", lambda it: f"{it.cpu_target_percent} % of its processors"),
        *((f"pod of kind {kind}", sizes(kind)) for kind in get_args(Kind)),
    )


def sizes(kind: Kind) -> Callable[[Any], str]:
    """What a pod of a kind asks for, and what it may take."""

    def of(settings: Any) -> str:
        size = settings.resources(kind)
        return f"{size.cpu_request}, {size.memory_request} to {size.cpu_limit}, {size.memory_limit}"

    return of


def node_groups() -> str:
    """Prod's node groups, with how many nodes each has in every stack."""
    stacks = [load_from_files(stack).clusters for stack in STACKS]
    return table(
        ("cluster", "group", "types", "disk", "taint", *STACKS),
        [
            (
                cluster,
                name,
                ", ".join(group.instance_types),
                f"{group.volume_gib} GiB",
                ", ".join(f"{taint.key}={taint.value}" for taint in group.taints) or "-",
                *nodes(name, [clusters[cluster] for clusters in stacks]),
            )
            for cluster, prod in stacks[-1].items()
            for name, group in prod.groups.items()
        ],
    )


def nodes(name: str, clusters: Iterable[Any]) -> Iterable[str]:
    """Fewest and most nodes of a group, in each of the clusters."""
    for cluster in clusters:
        group = cluster.groups[name]
        yield f"{group.min_nodes} to {group.max_nodes}" if cluster.enabled else "none"

"""The cache's rules: enough nodes, snapshots kept long enough."""

from __future__ import annotations

from collections.abc import Iterator

from components.cache.settings import MOST_NODES
from components.core.settings.finding import Finding
from components.core.settings.windows import overlap
from settings.rule import rule
from settings.stack import Settings

KEPT_DAYS = 30
"""How long snapshots are kept at least, where users or testers depend on them (SMILE-REDIS-06)."""
LONGEST_INTERVAL_HOURS = 6


@rule
def nodes_are_few_enough(settings: Settings) -> Iterator[Finding]:
    """A cluster has at most 500 nodes."""
    cache = settings.cache
    nodes = cache.shards * (1 + cache.replicas_per_shard)
    if nodes > MOST_NODES:
        what = f"{cache.shards} shards of 1 primary and {cache.replicas_per_shard} replicas are {nodes} nodes"
        reads = (("cache", "replicas_per_shard"),)
        yield Finding(("cache", "shards"), what, f"at most {MOST_NODES} nodes", reads)


@rule
def layout_is_the_documented_one(settings: Settings) -> Iterator[Finding]:
    """Two shards of one primary and two replicas, or more; smaller in development only (OP-S-33)."""
    if settings.is_development:
        return
    for name in ("shards", "replicas_per_shard"):
        count: int = getattr(settings.cache, name)
        if count < 2:
            yield Finding(("cache", name), f"got {count}", f"2 or more in {settings.kind}; fewer in development only")
    if settings.is_production and settings.cache.node_type.startswith("cache.t"):
        got = f'got "{settings.cache.node_type}", which is slow once its CPU credits are spent'
        yield Finding(
            ("cache", "node_type"), got, "a type of a family other than t in production, such as cache.r7g.large"
        )


@rule
def snapshots_are_kept(settings: Settings) -> Iterator[Finding]:
    """Daily and six-hourly snapshots for 30 days, but in development (SMILE-REDIS-05, SMILE-REDIS-06)."""
    if settings.is_development:
        return
    cache, periodic = settings.cache, settings.cache.periodic_snapshots
    path, where = ("cache", "periodic_snapshots"), f"in {settings.kind}; less in development only"
    if cache.snapshot_retention_days < KEPT_DAYS:
        got = f"got {cache.snapshot_retention_days}"
        yield Finding(("cache", "snapshot_retention_days"), got, f"{KEPT_DAYS} or more {where}")
    if not periodic.enabled:
        yield Finding((*path, "enabled"), "got false", f"true {where}")
    if periodic.interval_hours > LONGEST_INTERVAL_HOURS:
        got = f"got {periodic.interval_hours}"
        yield Finding((*path, "interval_hours"), got, f"{LONGEST_INTERVAL_HOURS} or fewer {where}")
    if periodic.retention_days < KEPT_DAYS:
        yield Finding((*path, "retention_days"), f"got {periodic.retention_days}", f"{KEPT_DAYS} or more {where}")
    if settings.is_production and not cache.final_snapshot:
        yield Finding(("cache", "final_snapshot"), "got false", "true in production")


@rule
def windows_are_apart(settings: Settings) -> Iterator[Finding]:
    """A node that is patched can't be copied: the daily snapshot and maintenance have times of their own."""
    cache = settings.cache
    if overlap(cache.snapshot_window, cache.maintenance_window):
        what = f'"{cache.snapshot_window}" overlaps the maintenance window {cache.maintenance_window}'
        reads = (("cache", "maintenance_window"),)
        yield Finding(("cache", "snapshot_window"), what, "a time of its own", reads)

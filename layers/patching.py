"""Maintenance: patches of hosts, releases of nodes, and the hours of development's database."""

from __future__ import annotations

from components.patching.database_schedule import DatabaseSchedule, DatabaseScheduleArgs
from components.patching.node_updates import NodeGroupRelease, NodeUpdates, NodeUpdatesArgs
from components.patching.patching import Patching, PatchingArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.data import Data


def patching_layer(base: Base, data: Data, compute: Compute) -> None:
    """One window a week, and what is done in it."""
    settings = base.settings.patching
    if settings.enabled:
        patching = Patching(
            f"{NAME}-patching",
            PatchingArgs(context=base.context, settings=settings, runbook=base.runbook("patching")),
            base.options(),
        )
        groups = {
            f"{name}-{group}": NodeGroupRelease(
                cluster=cluster.args.name, group=made.node_group_name, release=cluster.args.settings.release
            )
            for name, cluster in compute.clusters.items()
            for group, made in cluster.node_groups.items()
        }
        if groups:
            args = NodeUpdatesArgs(context=base.context, window_id=patching.window_id, groups=groups)
            NodeUpdates(f"{NAME}-update-nodes", args, base.options())
    if settings.database_hours:
        DatabaseSchedule(
            f"{NAME}-database-hours",
            DatabaseScheduleArgs(
                context=base.context, identifier=data.database.identifier, hours=settings.database_hours
            ),
            base.options(),
        )

"""Snapshots of a cache between its daily ones: ElastiCache takes one a day by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.cache.settings import PeriodicSnapshots
from components.core.context import StackContext
from components.core.iam import Statement
from components.functions.function import Function, FunctionArgs, Placement
from components.functions.schedule import Schedule, ScheduleArgs, invoking

LONGEST_SECONDS = 900
"""The longest that Lambda lets a function run: most of it may be spent on waiting for the cache."""


@dataclass(frozen=True, kw_only=True)
class CacheSnapshotsArgs:
    """What the snapshots need.

    Attributes:
        context: key ``cache``, and what its function needs.
        cache: physical name of the cache.
        periodic: how often, and for how long.
        placement: where in the VPC the function runs.
    """

    context: StackContext
    cache: str
    periodic: PeriodicSnapshots
    placement: Placement | None = None


class CacheSnapshots(pulumi.ComponentResource):
    """A function that takes a snapshot and deletes its own old ones, and the schedule that invokes it."""

    def __init__(self, name: str, args: CacheSnapshotsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cache:CacheSnapshots", name, None, opts)
        self.args = args
        self.prefix = f"{args.cache}-periodic-"
        child = pulumi.ResourceOptions(parent=self)
        description = f"Takes a snapshot of the cache every {args.periodic.interval_hours} hours and deletes old ones"
        function = Function(
            name,
            FunctionArgs(
                context=args.context,
                component="cache",
                data_class="internal",
                description=description,
                code="snapshot_cache",
                statements=self.statements(),
                environment={
                    "CACHE": args.cache,
                    "PREFIX": self.prefix,
                    "INTERVAL_HOURS": str(args.periodic.interval_hours),
                    "RETENTION_DAYS": str(args.periodic.retention_days),
                },
                timeout_seconds=LONGEST_SECONDS,
                placement=args.placement,
            ),
            child,
        )
        schedule = ScheduleArgs(
            context=args.context,
            target=invoking(function),
            expression=f"rate({args.periodic.interval_hours} hours)",
            description=description,
            component="cache",
        )
        Schedule(name, schedule, child)
        self.register_outputs({})

    def statements(self) -> list[Statement]:
        """What the function may do: look at this cache, copy it, and delete the copies that it made itself."""
        environment = self.args.context.environment
        cache = environment.arn("elasticache", f"replicationgroup:{self.args.cache}")
        nodes = environment.arn("elasticache", f"cluster:{self.args.cache}-*")
        own = environment.arn("elasticache", f"snapshot:{self.prefix}*")
        return [
            Statement(sid="WatchCache", actions=["elasticache:DescribeReplicationGroups"], resources=[cache]),
            Statement(
                sid="ListSnapshots",
                actions=["elasticache:DescribeSnapshots"],
                resources=[environment.arn("elasticache", "snapshot:*")],
            ),
            Statement(sid="TakeSnapshot", actions=["elasticache:CreateSnapshot"], resources=[cache, nodes, own]),
            Statement(sid="DeleteOwnSnapshots", actions=["elasticache:DeleteSnapshot"], resources=[own]),
            Statement(
                sid="EncryptSnapshot",
                actions=["kms:CreateGrant", "kms:DescribeKey"],
                resources=[self.args.context.keys["cache"]],
                conditions={"StringEquals": {"kms:ViaService": environment.service("elasticache")}},
            ),
        ]

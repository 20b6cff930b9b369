"""Backup plans: what is copied when, into which vault, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import backup

from components.backup.settings import LATEST_END, LATEST_START, Backup
from components.core.context import StackContext
from components.core.environment import Environment
from components.storage.bucket_policy import bucket_arn

TAG = {"Backup": "daily"}
"""What asks for backups: the database, the file system and the documents bucket carry it."""
TAG_KEY, TAG_VALUE = next(iter(TAG.items()))

Vault = Literal["daily", "archive"]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One plan, with one rule.

    Attributes:
        role: what it is for; part of its name.
        vault: where its recovery points go.
        resources: ARN patterns; it takes those that are tagged.
        without: ARN patterns of those that another plan takes: a second backup of one resource at a time expires.
        schedule: cron expression in the stack's time zone.
        delete_after: days.
        cold_after: days until cold storage; None for never.
        continuous: kept so that any second can be restored, instead of once a day.
        waits: starts as late as a daily backup of the same resource may still run.
    """

    role: str
    vault: Vault
    resources: tuple[str, ...]
    schedule: str
    delete_after: int
    cold_after: int | None = None
    continuous: bool = False
    without: tuple[str, ...] = ()
    waits: bool = False


def plans(settings: Backup, environment: Environment) -> Iterator[Plan]:
    """The plans of a stack.

    The database isn't backed up continuously here: AWS Backup would take over its retention and backup window, and
    each `pulumi up` would take them back. Its own automated backups give it any second of as many days. Only file
    systems are archived: recovery points of RDS have no cold storage, so the database's archive is an export.
    """
    buckets = bucket_arn(environment, "*")
    yield Plan(
        role="daily",
        vault="daily",
        resources=("*",),
        schedule=settings.daily.schedule,
        delete_after=settings.daily.retention_days,
        without=(buckets,) if settings.daily.continuous else (),
    )
    if settings.daily.continuous:
        yield Plan(
            role="continuous",
            vault="daily",
            resources=(buckets,),
            schedule=settings.daily.schedule,
            delete_after=settings.daily.continuous_days,
            continuous=True,
        )
    if settings.monthly.enabled:
        yield Plan(
            role="monthly",
            vault="daily",
            resources=(environment.arn("rds", "db:*"),),
            schedule=settings.monthly.schedule,
            delete_after=settings.monthly.retention_days,
            waits=True,
        )
    if settings.archive.enabled:
        yield Plan(
            role="archive",
            vault="archive",
            resources=(environment.arn("elasticfilesystem", "file-system/*"),),
            schedule=settings.archive.schedule,
            delete_after=settings.archive.retention_days,
            cold_after=settings.archive.cold_after_days,
            waits=True,
        )


@dataclass(frozen=True, kw_only=True)
class BackupPlansArgs:
    """What the plans need.

    Attributes:
        settings: of backups.
        vaults: the vaults' names.
        role_arn: the role that makes the backups.
        after: what is there before the first backup: the role's permissions, and the locks of the vaults.
    """

    context: StackContext
    settings: Backup
    vaults: Mapping[Vault, pulumi.Input[str]]
    role_arn: pulumi.Input[str]
    after: Sequence[pulumi.Resource] = ()


class BackupPlans(pulumi.ComponentResource):
    """The plans, each with its selection by tag.

    Attributes:
        arns: plan -> its ARN.
    """

    arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: BackupPlansArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:backup:BackupPlans", name, None, opts)
        self.name = name
        self.args = args
        made = plans(args.settings, args.context.environment)
        self.arns = {plan.role: self.plan(plan) for plan in made}
        self.register_outputs({"arns": self.arns})

    def plan(self, plan: Plan) -> pulumi.Output[str]:
        """One plan and what it takes."""
        environment, settings = self.args.context.environment, self.args.settings
        child = pulumi.ResourceOptions(parent=self, depends_on=list(self.args.after))
        tags = environment.tags(component="backup", data_class="internal")
        longest = settings.completion_window_minutes
        start = min(longest, LATEST_START) if plan.waits else settings.start_window_minutes
        lifecycle = backup.PlanRuleLifecycleArgs(cold_storage_after=plan.cold_after, delete_after=plan.delete_after)
        made = backup.Plan(
            f"{self.name}-{plan.role}",
            name=f"{environment.prefix}-{plan.role}",
            rules=[
                backup.PlanRuleArgs(
                    rule_name=plan.role,
                    target_vault_name=self.args.vaults[plan.vault],
                    schedule=plan.schedule,
                    schedule_expression_timezone=self.args.context.time_zone,
                    start_window=start,
                    completion_window=min(start + longest, LATEST_END) if plan.waits else longest,
                    enable_continuous_backup=plan.continuous,
                    lifecycle=lifecycle,
                    recovery_point_tags=tags(f"{plan.role}-recovery-point"),
                )
            ],
            tags=tags(plan.role),
            opts=child,
        )
        backup.Selection(
            f"{self.name}-{plan.role}",
            name=f"{environment.prefix}-{plan.role}",
            plan_id=made.id,
            iam_role_arn=self.args.role_arn,
            resources=list(plan.resources),
            not_resources=list(plan.without) or None,
            conditions=[{"string_equals": [{"key": f"aws:ResourceTag/{TAG_KEY}", "value": TAG_VALUE}]}],
            opts=child,
        )
        return made.arn

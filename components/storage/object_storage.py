"""The buckets: what each is for, who delivers to it, how long it keeps what, and alarms on their volume."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import s3

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.declared import Declared
from components.core.environment import Environment
from components.core.iam import Statement
from components.storage.bucket import Bucket, BucketArgs, Lifecycle, Lock
from components.storage.bucket_policy import (
    bucket_arn,
    takes_bucket_requests,
    takes_configuration_history,
    takes_distribution_logs,
    takes_dns_queries,
    takes_firewall_logs,
    takes_flow_logs,
    takes_load_balancer_logs,
    takes_trails,
)
from components.storage.grants import reads, writes
from components.storage.settings import SSE_S3, BucketUse, Delivery, Retention, Storage
from components.storage.transitions import Transitions

DAY_SECONDS = 86400
"""How often S3 measures a bucket."""
BYTES_PER_TB = 10**12
DELIVERIES: Mapping[Delivery, Callable[[Environment, str], list[Statement]]] = {
    "flow_logs": takes_flow_logs,
    "dns_queries": takes_dns_queries,
    "distribution_logs": takes_distribution_logs,
    "web_acl_logs": takes_firewall_logs,
    "trails": takes_trails,
    "configuration_history": takes_configuration_history,
    "load_balancer_logs": takes_load_balancer_logs,
}
"""What AWS delivers -> the statements that let it in, of a bucket's ARN; access logs of S3 name the other buckets."""


@dataclass(frozen=True, kw_only=True)
class ObjectStorageArgs:
    """What the buckets need.

    Attributes:
        context: the keys that buckets name, topic ``warning``, protection.
        settings: the buckets; names, retention, lock.
        policy_later: buckets whose policy somebody else writes, with `Bucket.admit`: it names what isn't there yet.
    """

    context: StackContext
    settings: Storage
    policy_later: Collection[str] = ()


class ObjectStorage(pulumi.ComponentResource):
    """A bucket for each entry, alarms on their volume, and the account's public access block.

    Attributes:
        buckets: name -> bucket.
        arns: name -> ARN, known before it exists.
    """

    buckets: Mapping[str, Bucket]
    arns: Mapping[str, str]

    def __init__(self, name: str, args: ObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:storage:ObjectStorage", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        # In order: the engine hands on mappings with their keys sorted, files as they are written.
        self.uses = Declared("bucket", dict(sorted(args.settings.buckets.items())))
        self.arns = Declared(
            "bucket", {each: bucket_arn(self.environment, self.bucket_name(each)) for each in self.uses}
        )
        logs = args.settings.access_logs
        made = {logs: self.bucket(logs, None)} if logs else {}
        access_logs = made[logs] if logs else None
        made |= {each: self.bucket(each, access_logs) for each in self.uses if each != logs}
        self.buckets = Declared("bucket", made)
        for each, use in self.uses.items():
            if use.alarm_tb:
                self.volume_alarm(each, use.alarm_tb)
        if args.settings.account_public_access_block:
            self.account_block()
        self.register_outputs(
            {"names": {each: bucket.name for each, bucket in self.buckets.items()}, "arns": dict(self.arns)}
        )

    def bucket_name(self, name: str) -> str:
        """The physical name.

        Raises:
            UndeclaredError: there is no such bucket.
        """
        where = self.environment
        self.uses[name]
        return self.args.settings.name(name, project=where.project, stack=where.name, account_id=where.account_id)

    def grant_read(self, *names: str) -> list[Statement]:
        """What a role needs to list these buckets and to read their objects; nothing without a name.

        Raises:
            UndeclaredError: there is no such bucket.
        """
        return reads(self.args.context, self.keys_of(names))

    def grant_write(self, *names: str) -> list[Statement]:
        """What a role needs to upload to these buckets and to delete from them; nothing without a name.

        Raises:
            UndeclaredError: there is no such bucket.
        """
        return writes(self.args.context, self.keys_of(names))

    def keys_of(self, names: Sequence[str]) -> dict[str, str | None]:
        """ARN of each of these buckets -> the class of data whose key encrypts it."""
        return {bucket.arn: bucket.args.key for bucket in map(self.buckets.__getitem__, names)}

    def bucket(self, name: str, access_logs: Bucket | None) -> Bucket:
        """One bucket."""
        settings, use = self.args.settings, self.uses[name]
        args = BucketArgs(
            context=self.args.context,
            name=self.bucket_name(name),
            purpose=name,
            data_class=use.data_class,
            key=None if use.key == SSE_S3 else use.key,
            lifecycle=self.lifecycle(use),
            lock=self.lock(use),
            statements=self.deliveries(name, use),
            trails="trails" in use.deliveries,
            policy_later=name in self.args.policy_later,
            access_logs=access_logs,
            cors_origins=settings.cors_origins if use.cors else (),
            tags={"Backup": use.backup} if use.backup else {},
        )
        return Bucket(f"{self.name}-{name}", args, pulumi.ResourceOptions(parent=self))

    def lock(self, use: BucketUse) -> Lock | None:
        """What nobody deletes before its time."""
        settings = self.args.settings
        if use.lock == "none" or settings.object_lock.mode == "none":
            return None
        return Lock(mode=settings.object_lock.mode, days=settings.retention_days if use.lock == "all" else None)

    def lifecycle(self, use: BucketUse) -> Lifecycle:
        """What becomes of objects with time."""
        settings = self.args.settings
        transitions: Mapping[Retention, Transitions] = {
            "logs": settings.log_transitions,
            "backups": settings.backup_transitions,
            "lake": settings.lake_transitions,
        }
        expire: Mapping[Retention, int | None] = {"forever": None, "temporary": settings.temporary_days}
        return Lifecycle(
            transitions=transitions.get(use.retention, use.transitions),
            expire=expire.get(use.retention, settings.retention_days),
            noncurrent=settings.noncurrent_days,
            abort_upload=settings.abort_upload_days,
        )

    def deliveries(self, name: str, use: BucketUse) -> list[Statement]:
        """Who, besides the account's own roles, reaches the bucket."""
        environment, arn = self.environment, self.arns[name]
        statements: list[Statement] = []
        for delivery in use.deliveries:
            if delivery == "s3_access_logs":
                others = [other for each, other in self.arns.items() if each != name]
                statements.append(takes_bucket_requests(environment, arn, others))
            else:
                statements += DELIVERIES[delivery](environment, arn)
        return merged(statements)

    def volume_alarm(self, name: str, terabytes: float) -> None:
        """A bucket outgrows what was planned."""
        prefix = self.environment.prefix
        tags = self.environment.tags(component="storage", data_class="internal")
        Alarms(context=self.args.context, tags=tags, parent=self, runbook="storage").add(
            f"{self.name}-{name}-volume",
            "warning",
            name=f"{prefix}-{name}-volume",
            description=f"The {name} take more than {terabytes:g} TB, the volume that was planned for.",
            namespace="AWS/S3",
            metric_name="BucketSizeBytes",
            dimensions={"BucketName": self.buckets[name].name, "StorageType": "StandardStorage"},
            statistic="Maximum",
            period=DAY_SECONDS,
            evaluation_periods=1,
            threshold=terabytes * BYTES_PER_TB,
            treat_missing_data="ignore",  # S3 measures once a day; in between nothing is known
        )

    def account_block(self) -> None:
        """No bucket of the account is public, whoever made it."""
        s3.AccountPublicAccessBlock(
            self.name,
            account_id=self.environment.account_id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )


def merged(statements: Sequence[Statement]) -> list[Statement]:
    """Statements that differ by their resources alone, as one: AWS looks for its deliveries' under its own names."""
    found: dict[str, Statement] = {}
    for statement in statements:
        about = repr(replace(statement, resources=()))
        first = found.get(about)
        resources = [*first.resources, *statement.resources] if first else statement.resources
        found[about] = replace(statement, resources=list(dict.fromkeys(resources)))
    return list(found.values())

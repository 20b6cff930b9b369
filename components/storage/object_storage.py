"""The buckets: what each is for, who delivers to it, how long it keeps what, and the alarm on the documents' volume."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch, s3

from components.core.context import StackContext
from components.core.declared import Declared
from components.core.environment import DataClass
from components.core.iam import Statement
from components.storage.bucket import Bucket, BucketArgs, Lifecycle, Lock
from components.storage.bucket_policy import (
    bucket_arn,
    takes_bucket_requests,
    takes_distribution_logs,
    takes_firewall_logs,
    takes_flow_logs,
    takes_load_balancer_logs,
    takes_trails,
)
from components.storage.grants import reads, writes
from components.storage.settings import PURPOSES, Purpose, Storage

DAY_SECONDS = 86400
"""How often S3 measures a bucket."""
BYTES_PER_TB = 10**12
ACCESS_LOGS: Purpose = "access-logs"


@dataclass(frozen=True, kw_only=True)
class BucketUse:
    """What a bucket is for.

    Attributes:
        holds: in words.
        data_class: how sensitive that is.
        key: the class of the key that encrypts it; None where AWS's log delivery can't use one.
        kept: for good, as logs are, or as backups are.
        locked: which objects nobody can delete before their time: none, all, or those that whoever writes says.
        browsers: web front ends up- and download with presigned links.
        tags: more tags; AWS Backup selects by ``Backup``.
    """

    holds: str
    data_class: DataClass
    key: str | None
    kept: Literal["for good", "as logs", "as backups"]
    locked: Literal["none", "all", "by writers"] = "none"
    browsers: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


USES: Mapping[Purpose, BucketUse] = {
    "assets": BucketUse(
        holds="The React build and static assets, served by CloudFront",
        data_class="internal",
        key="objects",
        kept="for good",
    ),
    "documents": BucketUse(
        holds="Users' documents and media",
        data_class="personal",
        key="objects",
        kept="for good",
        browsers=True,
        tags={"Backup": "daily"},
    ),
    "backups": BucketUse(
        holds="Exports of database snapshots, and logical dumps",
        data_class="personal",
        key="backups",
        kept="as backups",
        locked="by writers",  # whether RDS can export to a bucket that locks everything, AWS doesn't say
    ),
    "logs": BucketUse(
        holds="Logs of AWS services, such as VPC flow logs",
        data_class="confidential",
        key="logs",
        kept="as logs",
    ),
    "firewall-logs": BucketUse(
        holds="What the web ACL at the edge saw: AWS delivers it to no bucket of another name",
        data_class="confidential",
        key="logs",
        kept="as logs",
    ),
    ACCESS_LOGS: BucketUse(
        holds="Requests to buckets and load balancers: AWS delivers these to no bucket with a KMS key or a lock",
        data_class="confidential",
        key=None,
        kept="as logs",
    ),
    "audit": BucketUse(
        holds="Audit records",
        data_class="confidential",
        key="logs",
        kept="as logs",
        locked="all",
    ),
    "archive": BucketUse(
        holds="Records that must be kept for seven years",
        data_class="personal",
        key="objects",
        kept="as logs",
        locked="all",
    ),
}
"""Adding a bucket is one entry here, and its name in `settings.storage.Purpose`."""


@dataclass(frozen=True, kw_only=True)
class ObjectStorageArgs:
    """What the buckets need.

    Attributes:
        context: of the stack.
        settings: names, retention, lock.
    """

    context: StackContext
    settings: Storage


class ObjectStorage(pulumi.ComponentResource):
    """A bucket for each purpose, an alarm on the documents' volume, and the account's public access block.

    Attributes:
        buckets: purpose -> bucket.
    """

    buckets: Mapping[str, Bucket]

    def __init__(self, name: str, args: ObjectStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:storage:ObjectStorage", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.arns = {purpose: bucket_arn(self.environment, self.bucket_name(purpose)) for purpose in PURPOSES}
        access_logs = self.bucket(ACCESS_LOGS, None)
        self.buckets = Declared(
            "bucket",
            {each: access_logs if each == ACCESS_LOGS else self.bucket(each, access_logs) for each in PURPOSES},
        )
        self.volume_alarm()
        if args.settings.account_public_access_block:
            self.account_block()
        self.register_outputs({"names": {purpose: bucket.name for purpose, bucket in self.buckets.items()}})

    def bucket_name(self, purpose: Purpose) -> str:
        """The physical name."""
        return self.args.settings.name(purpose, self.environment.name, self.environment.account_id)

    def grant_read(self, *names: Purpose) -> list[Statement]:
        """What a role needs to list these buckets and to read their objects; nothing without a name.

        Raises:
            UndeclaredError: there is no such bucket.
        """
        return reads(self.args.context, [self.buckets[name] for name in names])

    def grant_write(self, *names: Purpose) -> list[Statement]:
        """What a role needs to upload to these buckets and to delete from them; nothing without a name.

        Raises:
            UndeclaredError: there is no such bucket.
        """
        return writes(self.args.context, [self.buckets[name] for name in names])

    def bucket(self, purpose: Purpose, access_logs: Bucket | None) -> Bucket:
        """The bucket of one purpose."""
        settings, use = self.args.settings, USES[purpose]
        args = BucketArgs(
            context=self.args.context,
            name=self.bucket_name(purpose),
            purpose=purpose,
            data_class=use.data_class,
            key=use.key,
            lifecycle=self.lifecycle(use),
            lock=self.lock(use),
            # The assets bucket gets its policy from the front end, which names the distribution in it.
            statements=None if purpose == "assets" else self.deliveries(purpose),
            access_logs=access_logs,
            cors_origins=settings.cors_origins if use.browsers else (),
            tags=use.tags,
        )
        return Bucket(f"{self.name}-{purpose}", args, pulumi.ResourceOptions(parent=self))

    def lock(self, use: BucketUse) -> Lock | None:
        """What nobody deletes before its time."""
        settings = self.args.settings
        if use.locked == "none" or settings.object_lock.mode == "none":
            return None
        return Lock(mode=settings.object_lock.mode, days=settings.retention_days if use.locked == "all" else None)

    def lifecycle(self, use: BucketUse) -> Lifecycle:
        """What becomes of objects with time."""
        settings = self.args.settings
        tiers = {"for good": {}, "as logs": settings.log_tiers, "as backups": settings.backup_tiers}
        return Lifecycle(
            tiers=tiers[use.kept],
            expire=None if use.kept == "for good" else settings.retention_days,
            noncurrent=settings.noncurrent_days,
            abort_upload=settings.abort_upload_days,
        )

    def deliveries(self, purpose: Purpose) -> list[Statement]:
        """Who, besides the account's own roles, reaches the bucket."""
        environment, arn = self.environment, self.arns[purpose]
        if purpose == "logs":
            return [*takes_flow_logs(environment, arn), takes_distribution_logs(environment, arn)]
        if purpose == "firewall-logs":
            return takes_firewall_logs(environment, arn)
        if purpose == "audit":
            return takes_trails(environment, arn)
        if purpose == ACCESS_LOGS:
            sources = [other for purpose, other in self.arns.items() if purpose != ACCESS_LOGS]
            return [takes_bucket_requests(environment, arn, sources), takes_load_balancer_logs(environment, arn)]
        return []

    def volume_alarm(self) -> None:
        """The documents outgrow what was planned."""
        topic = self.args.context.topics["warning"]
        terabytes = self.args.settings.documents_alarm_tb
        cloudwatch.MetricAlarm(
            f"{self.name}-documents-volume",
            name=f"{self.environment.prefix}-documents-volume",
            alarm_description=f"The documents take more than {terabytes:g} TB, the volume that was planned for.",
            namespace="AWS/S3",
            metric_name="BucketSizeBytes",
            dimensions={"BucketName": self.buckets["documents"].name, "StorageType": "StandardStorage"},
            statistic="Maximum",
            period=DAY_SECONDS,
            evaluation_periods=1,
            comparison_operator="GreaterThanThreshold",
            threshold=terabytes * BYTES_PER_TB,
            treat_missing_data="ignore",  # S3 measures once a day; in between nothing is known
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self.environment.tags(component="storage", data_class="internal")("documents-volume"),
            opts=pulumi.ResourceOptions(parent=self),
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

"""One bucket with all that S3 keeps apart: versions, encryption, access, lifecycle, lock, logging, events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_aws import s3

from components.core.context import StackContext
from components.core.environment import DataClass
from components.core.iam import Statement, document
from components.core.policy_outline import outline
from components.storage.bucket_policy import BUCKET_REQUESTS, bucket_arn, refusals
from components.storage.grants import reads, writes
from components.storage.settings import LockMode
from components.storage.transitions import Transitions

CORS_METHODS = ("GET", "HEAD", "POST", "PUT")
"""What presigned links are made for."""


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """What becomes of objects with time; all in days.

    Attributes:
        transitions: storage class -> age at which objects move there.
        expire: age at which objects are deleted; None for never.
        expire_prefix: what the names of these begin with; all are meant where there is none.
        noncurrent: how long a replaced or deleted version is kept.
        abort_upload: after which an upload that was never finished is dropped.
    """

    transitions: Transitions = field(default_factory=Transitions)
    expire: int | None = None
    expire_prefix: str = ""
    noncurrent: int = 30
    abort_upload: int = 7


@dataclass(frozen=True, kw_only=True)
class Lock:
    """Object Lock.

    Attributes:
        mode: ``governance`` or ``compliance``, of every new object.
        days: for which an object can be neither deleted nor overwritten; None where whoever writes it has to say so.
    """

    mode: LockMode
    days: int | None


@dataclass(frozen=True, kw_only=True)
class BucketArgs:
    """What a bucket needs.

    Attributes:
        context: the key, protection.
        name: physical name; no other account in the world may have it.
        purpose: what it is for, in tags.
        data_class: how sensitive the objects are.
        key: the class of the key that encrypts them; None for SSE-S3, which some log deliveries of AWS insist on.
        lifecycle: what becomes of objects with time.
        lock: Object Lock; None without. Switching it on or off replaces the bucket.
        statements: which services of AWS are let in.
        trails: CloudTrail is one of them; its digest files are SSE-S3, whatever the key.
        policy_later: ``admit`` writes the policy, with whom else it lets in.
        access_logs: the bucket that each request is logged to; None for that bucket itself.
        cors_origins: web front ends that may use presigned links from the browser.
        tags: more tags.
    """

    context: StackContext
    name: str
    purpose: str
    data_class: DataClass
    key: str | None
    lifecycle: Lifecycle
    lock: Lock | None = None
    statements: Sequence[Statement] = ()
    trails: bool = False
    policy_later: bool = False
    access_logs: Bucket | None = None
    cors_origins: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class Bucket(pulumi.ComponentResource):
    """A private, versioned, encrypted bucket. What writes to it depends on the whole of it, not on its name alone.

    Attributes:
        name: of the bucket.
        arn: of the bucket, known before it exists.
        domain: host name in the Region, by which CloudFront knows an origin.
    """

    name: pulumi.Output[str]
    arn: str
    domain: pulumi.Output[str]

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:storage:Bucket", name, None, opts)
        self.logical_name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.arn = bucket_arn(args.context.environment, args.name)
        tags = args.context.environment.tags(component="storage", data_class=args.data_class)
        bucket = s3.Bucket(
            name,
            bucket=args.name,
            object_lock_enabled=args.lock is not None,
            force_destroy=args.context.empties_on_destroy,
            tags=tags(args.purpose, args.tags),
            opts=args.context.stateful(self),
        )
        self.name = bucket.bucket
        self.domain = bucket.bucket_regional_domain_name

        versioning = self.versioning()
        self.encryption()
        self.access()
        self.lifecycle(versioning)
        self.lock(versioning)
        self.logging()
        self.browsers()
        s3.BucketNotification(name, bucket=self.name, eventbridge=True, opts=self.child)
        self.register_outputs({"name": self.name, "arn": self.arn, "domain": self.domain})

    def grant_read(self) -> list[Statement]:
        """What a role needs to list the bucket and to read its objects."""
        return reads(self.args.context, {self.arn: self.args.key})

    def grant_write(self) -> list[Statement]:
        """What a role needs to upload objects and to delete them."""
        return writes(self.args.context, {self.arn: self.args.key})

    def versioning(self) -> s3.BucketVersioning:
        """Every version is kept for a while."""
        return s3.BucketVersioning(
            self.logical_name,
            bucket=self.name,
            versioning_configuration={"status": "Enabled"},
            opts=self.child,
        )

    def encryption(self) -> None:
        """With the key of its data, and with no key that a client would bring along."""
        default: s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict
        if self.args.key:
            default = {"sse_algorithm": "aws:kms", "kms_master_key_id": self.args.context.keys[self.args.key]}
        else:
            default = {"sse_algorithm": "AES256"}
        s3.BucketServerSideEncryptionConfiguration(
            self.logical_name,
            bucket=self.name,
            rules=[
                {
                    "apply_server_side_encryption_by_default": default,
                    "bucket_key_enabled": self.args.key is not None,
                    "blocked_encryption_types": ["SSE-C"],
                }
            ],
            opts=self.child,
        )

    def access(self) -> None:
        """Nothing public, no ACLs."""
        self.block = s3.BucketPublicAccessBlock(
            self.logical_name,
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child,
        )
        s3.BucketOwnershipControls(
            self.logical_name,
            bucket=self.name,
            rule={"object_ownership": "BucketOwnerEnforced"},
            opts=self.child,
        )
        if not self.args.policy_later:
            self.admit()

    def admit(self, *statements: Statement) -> dict[str, Any]:
        """The policy, once: these and the arguments' are let in, where everybody else needs IAM permissions.

        Returns its outline.
        """
        args, environment = self.args, self.args.context.environment
        denials = refusals(
            environment, self.arn, kms=args.key is not None, locked=args.lock is not None, trails=args.trails
        )
        policy = s3.BucketPolicy(
            self.logical_name,
            bucket=self.name,
            policy=document(*denials, *self.args.statements, *statements),
            # One after the other: S3 refuses a change while it makes another one to the same bucket.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.block]),
        )
        return outline(policy, "policy", [*denials, *self.args.statements, *statements])

    def lifecycle(self, versioning: s3.BucketVersioning) -> None:
        """To colder storage, then away."""
        about = self.args.lifecycle
        moves = sorted(about.transitions.items(), key=lambda move: move[1])
        everything = about.expire if not about.expire_prefix else None
        some: s3.BucketLifecycleConfigurationRuleArgsDict = {
            "id": "some",
            "status": "Enabled",
            "filter": {"prefix": about.expire_prefix},
            "expiration": {"days": about.expire},
        }
        s3.BucketLifecycleConfiguration(
            self.logical_name,
            bucket=self.name,
            rules=[
                {
                    "id": "all",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "transitions": [{"days": days, "storage_class": storage_class} for storage_class, days in moves],
                    # With an age, S3 also removes the marks of what was deleted; without one it must be set.
                    "expiration": {"days": everything} if everything else {"expired_object_delete_marker": True},
                    "noncurrent_version_expiration": {"noncurrent_days": about.noncurrent},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": about.abort_upload},
                },
                *([some] if about.expire and about.expire_prefix else []),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def lock(self, versioning: s3.BucketVersioning) -> None:
        """What nobody deletes before its time."""
        if self.args.lock and self.args.lock.days:
            s3.BucketObjectLockConfiguration(
                self.logical_name,
                bucket=self.name,
                rule={"default_retention": {"mode": self.args.lock.mode.upper(), "days": self.args.lock.days}},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
            )

    def logging(self) -> None:
        """A record of every request, by source bucket and day."""
        if self.args.access_logs:
            s3.BucketLogging(
                self.logical_name,
                bucket=self.name,
                target_bucket=self.args.access_logs.name,
                target_prefix=f"{BUCKET_REQUESTS}/",
                target_object_key_format={"partitioned_prefix": {"partition_date_source": "EventTime"}},
                opts=pulumi.ResourceOptions(parent=self, depends_on=[self.args.access_logs]),
            )

    def browsers(self) -> None:
        """Presigned upload and download from the front ends."""
        if self.args.cors_origins:
            s3.BucketCorsConfiguration(
                self.logical_name,
                bucket=self.name,
                cors_rules=[
                    {
                        "allowed_origins": list(self.args.cors_origins),
                        "allowed_methods": list(CORS_METHODS),
                        "allowed_headers": ["content-type", "content-md5", "x-amz-*"],
                        "expose_headers": ["ETag", "x-amz-version-id"],
                        "max_age_seconds": 3000,
                    }
                ],
                opts=self.child,
            )

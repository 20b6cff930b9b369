"""The buckets' rules: names of their own, tiers that S3 takes, retention that holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.core.settings.finding import Finding
from components.storage.findings import OF_OBJECTS as KEYS
from components.storage.findings import WITHOUT_KMS, bucket_findings
from components.storage.settings import (
    SEVEN_YEARS,
    SSE_S3,
    WEB_ACL_LOGS,
    BucketUse,
    Delivery,
    Locked,
)
from components.storage.transitions import earliest_ages, earliest_deletion
from settings.rule import rule
from settings.stack import PROJECT, Settings

NEEDED: Mapping[str, tuple[Delivery, ...]] = {
    "access-logs": ("s3_access_logs", "load_balancer_logs"),
    "archive": (),
    "assets": (),
    "audit": ("trails",),
    "backups": (),
    "documents": (),
    "firewall-logs": ("web_acl_logs",),
    "log-copies": (),
    "logs": ("flow_logs", "dns_queries", "distribution_logs", "configuration_history"),
}
"""The buckets that the program writes to by name, and what AWS must be let deliver there (SMILE-AUDIT-05)."""
LOCKS: Mapping[str, tuple[Locked, ...]] = {
    "archive": ("all",),
    "audit": ("all",),
    "backup": ("all", "by_writers"),
    "trail": ("all",),
}
"""Part of a bucket's name that says what it holds -> its locks outside development (SMILE-S3-12)."""


@rule
def bucket_names_differ(settings: Settings) -> Iterator[Finding]:
    """Each bucket has a name of its own."""
    buckets, owners = settings.storage.buckets, dict[str, str]()
    for bucket in sorted(buckets, key=lambda each: (buckets[each].name != "", each)):
        name = bucket_name(settings, bucket)
        if name in owners:
            what = f"{name} is the name of the {owners[name]} bucket"
            yield Finding(("storage", "buckets", bucket, "name"), what, "a name of its own", (("account", "id"),))
        owners.setdefault(name, bucket)


def bucket_name(settings: Settings, bucket: str) -> str:
    """What a bucket of the stack is called in S3."""
    return settings.storage.name(bucket, project=PROJECT, stack=settings.stack, account_id=settings.account.id)


@rule
def needed_buckets_are_there(settings: Settings) -> Iterator[Finding]:
    """What the program writes to by name, and what AWS delivers there; a program without any bucket is another one."""
    if settings.storage.buckets:
        yield from bucket_findings(settings.storage, NEEDED)


@rule
def keys_fit_the_deliveries(settings: Settings) -> Iterator[Finding]:
    """A key that S3, and what AWS delivers, can use (SMILE-S3-08)."""
    for bucket, use in settings.storage.buckets.items():
        valid = keys(bucket, use)
        if use.key not in valid:
            reads = (("storage", "buckets", bucket, "deliveries"),)
            yield Finding(("storage", "buckets", bucket, "key"), f'got "{use.key}"', " or ".join(valid), reads)


def keys(bucket: str, use: BucketUse) -> tuple[str, ...]:
    """The keys that can encrypt a bucket; CloudFront, which reads the assets, uses ``objects`` only.

    The log archive encrypts what it writes with its own, whatever the bucket's.
    """
    if own := {"assets": "objects", "log-copies": "log-copies"}.get(bucket):
        return (own,)
    if WITHOUT_KMS.intersection(use.deliveries):
        return (SSE_S3,)
    return ("logs",) if use.deliveries else KEYS


@rule
def config_delivers_to_no_lock(settings: Settings) -> Iterator[Finding]:
    """AWS Config takes no bucket with Object Lock (API PutDeliveryChannel)."""
    for bucket, use in settings.storage.buckets.items():
        if "configuration_history" in use.deliveries and use.lock != "none":
            reads = (("storage", "buckets", bucket, "deliveries"),)
            what = f'got "{use.lock}", and AWS Config delivers there'
            yield Finding(("storage", "buckets", bucket, "lock"), what, "none", reads)


@rule
def evidence_is_locked(settings: Settings) -> Iterator[Finding]:
    """Audit records and backups can't be deleted; S3 delivers access logs to no bucket that locks all (OP-S-39)."""
    for bucket, use in settings.storage.buckets.items():
        path, reads = ("storage", "buckets", bucket, "lock"), (("storage", "buckets", bucket, "name"),)
        names = bucket, bucket_name(settings, bucket)
        for part in [part for part in LOCKS if any(part in name for name in names)]:
            if use.lock not in LOCKS[part] and not settings.is_development:
                valid = f"{' or '.join(LOCKS[part])} in {settings.kind} for what is named {part}"
                yield Finding(path, f'got "{use.lock}"', valid, reads)
        if use.lock == "all" and "s3_access_logs" in use.deliveries:
            yield Finding(path, 'got "all"', "none or by_writers where S3 delivers access logs", reads)


@rule
def firewall_logs_arrive(settings: Settings) -> Iterator[Finding]:
    """AWS delivers a web ACL's log to no bucket of another name."""
    for bucket, use in settings.storage.buckets.items():
        if use.name and "web_acl_logs" in use.deliveries and not use.name.startswith(WEB_ACL_LOGS):
            path = ("storage", "buckets", bucket, "name")
            yield Finding(path, f"got {use.name}", f"a name that begins with {WEB_ACL_LOGS}")


@rule
def transitions_get_colder(settings: Settings) -> Iterator[Finding]:
    """Objects move from warm to cold, stay for what is paid, and are deleted last (SMILE-S3-11)."""
    for field in ("log_transitions", "backup_transitions", "lake_transitions"):
        path, retention = ("storage", field), ("storage", "retention_days")
        for storage_class, least, age in earliest_ages(getattr(settings.storage, field)):
            if age < least:
                yield Finding((*path, storage_class), f"got {age}", f"{least} or more, after the class before it")
        if (least := earliest_deletion(getattr(settings.storage, field))) > settings.storage.retention_days:
            what = f"got {settings.storage.retention_days}, before {field} end"
            yield Finding(retention, what, f"{least} or more, or fewer {field}", (path,))


@rule
def retention_is_kept(settings: Settings) -> Iterator[Finding]:
    """Seven years outside dev (SMILE-AUDIT-07), locked; for good only with a written approval (OP-S-39)."""
    storage, lock = settings.storage, settings.storage.object_lock
    if not settings.is_development:
        where = f"in {settings.kind}; otherwise in development only"
        if storage.retention_days < SEVEN_YEARS:
            yield Finding(
                ("storage", "retention_days"), f"got {storage.retention_days}", f"{SEVEN_YEARS} or more {where}"
            )
        if lock.mode == "none":
            yield Finding(("storage", "object_lock", "mode"), 'got "none"', f"governance or compliance {where}")
    if lock.mode == "compliance" and not lock.approval.strip():
        approval = ("storage", "object_lock", "approval")
        what = "compliance mode can't be undone, and object_lock.approval is empty"
        yield Finding(("storage", "object_lock", "mode"), what, "governance, or the approval's reference", (approval,))


@rule
def origins_differ(settings: Settings) -> Iterator[Finding]:
    """Each origin once, at a port that exists (SMILE-S3-13)."""
    origins = settings.storage.cors_origins
    for index, origin in enumerate(origins):
        path = ("storage", "cors_origins", index)
        if origin in origins[:index]:
            yield Finding(path, f"got {origin} again", "each origin once")
        port = origin.removeprefix("https://").partition(":")[2]
        if port and int(port) > 65535:
            yield Finding(path, f"got port {port}", "ports 1 to 65535")

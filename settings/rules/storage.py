"""The buckets' rules: names of their own, tiers that S3 takes, retention that holds."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.storage.settings import (
    SEVEN_YEARS,
    STORAGE_CLASSES,
    WEB_ACL_LOGS,
    StorageClass,
    Transitions,
)
from settings.rule import rule
from settings.stack import PROJECT, Settings

MINIMUM_STAY: dict[StorageClass, int] = {"STANDARD_IA": 30, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
"""Days that an object stays in a class, or is paid for all the same."""
STANDARD_IA_FROM = 30
"""The age in days before which S3 moves nothing to STANDARD_IA."""


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
def firewall_logs_arrive(settings: Settings) -> Iterator[Finding]:
    """AWS delivers a web ACL's log to no bucket of another name."""
    for bucket, use in settings.storage.buckets.items():
        if use.name and "web_acl_logs" in use.deliveries and not use.name.startswith(WEB_ACL_LOGS):
            path = ("storage", "buckets", bucket, "name")
            yield Finding(path, f"got {use.name}", f"a name that begins with {WEB_ACL_LOGS}")


@rule
def transitions_get_colder(settings: Settings) -> Iterator[Finding]:
    """Objects move from warm to cold, stay for what is paid, and are deleted last (SMILE-S3-11)."""
    for field in ("log_transitions", "backup_transitions"):
        path, retention = ("storage", field), ("storage", "retention_days")
        for storage_class, least, age in earliest_ages(getattr(settings.storage, field)):
            if age < least:
                yield Finding((*path, storage_class), f"got {age}", f"{least} or more, after the class before it")
        if (least := earliest_deletion(getattr(settings.storage, field))) > settings.storage.retention_days:
            what = f"got {settings.storage.retention_days}, before {field} end"
            yield Finding(retention, what, f"{least} or more, or fewer {field}", (path,))


def earliest_ages(tiers: Transitions) -> Iterator[tuple[StorageClass, int, int]]:
    """Each class in use, from warm to cold, with the earliest age at which S3 can move objects there, and its age."""
    earliest = 0
    for storage_class in STORAGE_CLASSES:
        if storage_class in tiers:
            age = tiers[storage_class]
            yield storage_class, max(earliest, STANDARD_IA_FROM if storage_class == "STANDARD_IA" else 0), age
            earliest = age + MINIMUM_STAY.get(storage_class, 1)


def earliest_deletion(tiers: Transitions) -> int:
    """The age in days from which deleting saves money: after the minimum stay in the last class."""
    return max((age + MINIMUM_STAY.get(storage_class, 1) for storage_class, age in tiers.items()), default=0)


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

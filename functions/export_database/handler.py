"""Sees to it that the database's archive of this month exists: its newest snapshot as Parquet in a bucket.

It runs every night and looks first, so it may run twice or not at all: a missing archive is started, a failed one is
started again, one under way is left alone. What doesn't get better by itself ends in an error, which raises an alarm.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

JAKARTA = timezone(timedelta(hours=7))
ATTEMPTS = 3
"""Exports that are tried in a month, one a night."""
FRESH = timedelta(days=2)
"""A newest snapshot older than this means that backups have stopped."""
SLOW = timedelta(hours=20)
"""An export that takes longer has hung: RDS needs about an hour for 500 GiB."""
FAILED = ("FAILED", "CANCELED")

log = logging.getLogger()
log.setLevel(logging.INFO)


class ArchiveError(Exception):
    """There is no archive of this month, and another run of this function won't make one."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is archived, and where to.

    Attributes:
        database: its identifier.
        name: what the exports' names begin with.
        bucket: where the archive goes.
        key_arn: the KMS key that encrypts it.
        role_arn: the role with which RDS writes it.
    """

    database: str
    name: str
    bucket: str
    key_arn: str
    role_arn: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Order:
        """What the function's environment variables say."""
        return cls(**{field: environment[field.upper()] for field in cls.__dataclass_fields__})


def handle(_event: Mapping[str, Any], _context: object) -> dict[str, str]:
    """Archive the database, if that is still to be done; gives the export and its state."""
    return archive(boto3.client("rds"), Order.of(os.environ), datetime.now(JAKARTA))


def archive(rds: Any, order: Order, now: datetime) -> dict[str, str]:
    """Start this month's export, unless there is one that is complete or under way.

    Raises:
        ArchiveError: no recent snapshot, or every attempt failed, or the export hangs.
    """
    causes: list[str] = []
    for attempt in range(1, ATTEMPTS + 1):
        name = f"{order.name}-{now:%Y-%m}-{attempt}"
        export = find(rds, name)
        if export is None:
            return start(rds, order, name, now)
        if export["Status"] not in FAILED:
            return check(export, now)
        causes.append(f"{name}: {export.get('FailureCause') or export['Status']}")
    raise ArchiveError(f"no archive of {order.database} this month, {ATTEMPTS} exports failed; {'; '.join(causes)}")


def find(rds: Any, name: str) -> dict[str, Any] | None:
    """The export of that name."""
    try:
        exports = rds.describe_export_tasks(ExportTaskIdentifier=name)["ExportTasks"]
    except rds.exceptions.ExportTaskNotFoundFault:
        return None
    return exports[0] if exports else None


def check(export: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """An export that is complete or under way.

    Raises:
        ArchiveError: it has been under way for too long.
    """
    name, status = export["ExportTaskIdentifier"], export["Status"]
    started = export.get("TaskStartTime")
    if status != "COMPLETE" and started and now - started > SLOW:
        raise ArchiveError(f"export {name} is {status} since {started:%Y-%m-%d %H:%M %Z}")
    log.info("export %s is %s, %s GB so far", name, status, export.get("TotalExtractedDataInGB", 0))
    return {"export": name, "status": status}


def start(rds: Any, order: Order, name: str, now: datetime) -> dict[str, str]:
    """Export the newest snapshot."""
    snapshot = newest_snapshot(rds, order.database, now)
    try:
        rds.start_export_task(
            ExportTaskIdentifier=name,
            SourceArn=snapshot["DBSnapshotArn"],
            S3BucketName=order.bucket,
            S3Prefix=f"database/{order.database}",
            IamRoleArn=order.role_arn,
            KmsKeyId=order.key_arn,
        )
    except rds.exceptions.ExportTaskAlreadyExistsFault:
        log.info("export %s was started meanwhile", name)
    log.info("export %s of %s started", name, snapshot["DBSnapshotArn"])
    return {"export": name, "status": "STARTING"}


def newest_snapshot(rds: Any, database: str, now: datetime) -> dict[str, Any]:
    """The newest usable snapshot of the database: automated, manual or of AWS Backup.

    Raises:
        ArchiveError: there is none of the last days.
    """
    pages = rds.get_paginator("describe_db_snapshots").paginate(DBInstanceIdentifier=database)
    usable = (each for page in pages for each in page["DBSnapshots"] if each["Status"] == "available")
    newest = max(usable, key=lambda each: each["SnapshotCreateTime"], default=None)
    if newest is None or now - newest["SnapshotCreateTime"] > FRESH:
        found = f"the newest is of {newest['SnapshotCreateTime']:%Y-%m-%d}" if newest else "there is none"
        raise ArchiveError(f"no snapshot of {database} of the last {FRESH.days} days: {found}")
    return newest

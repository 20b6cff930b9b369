"""Takes a snapshot of a cache and deletes its own old ones; a schedule invokes it every few hours.

Its own are those whose names begin with PREFIX: it deletes no other, and its role wouldn't let it. An invocation that
comes twice takes one snapshot; one that can't take any fails and deletes nothing, so that old ones outlive an outage.

Environment: CACHE (replication group), PREFIX, INTERVAL_HOURS, RETENTION_DAYS.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

DAY = timedelta(days=1)
DAILY_QUOTA = 20
"""Manual snapshots of a node that ElastiCache takes in 24 hours."""
PAUSE_SECONDS = 20
RESERVE_SECONDS = 60
"""What must be left of the function's time to go on waiting."""
STAMP = "%Y%m%d-%H%M"
LOST = ("create-failed", "deleting")
"""States from which a cache doesn't come back."""
USELESS = ("deleting", "failed")
"""States of a snapshot that nothing can be restored from."""


class SnapshotError(Exception):
    """No snapshot could be taken."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """What is to be done.

    Attributes:
        cache: id of the replication group.
        prefix: what the names of its snapshots begin with.
        interval: time between two.
        retention: how long each is kept.
    """

    cache: str
    prefix: str
    interval: timedelta
    retention: timedelta


def handle(_event: object, context: Any) -> dict[str, Any]:
    """Lambda's entry."""
    task = Task(
        cache=os.environ["CACHE"],
        prefix=os.environ["PREFIX"],
        interval=timedelta(hours=int(os.environ["INTERVAL_HOURS"])),
        retention=timedelta(days=int(os.environ["RETENTION_DAYS"])),
    )
    snapshots = Snapshots(boto3.client("elasticache"), task, lambda: context.get_remaining_time_in_millis() / 1000)
    return snapshots.run()


class Snapshots:
    """The snapshots of one cache.

    Args:
        client: of ElastiCache.
        task: what is to be done.
        seconds_left: of the function's time.
        now: the time, with its zone.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        client: Any,
        task: Task,
        seconds_left: Callable[[], float],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.client = client
        self.task = task
        self.seconds_left = seconds_left
        self.now = now
        self.sleep = sleep

    def run(self) -> dict[str, Any]:
        """Take one, then delete the old ones; what was done.

        Raises:
            SnapshotError: none could be taken.
        """
        existing = list(self.manual())
        taken = self.take(existing)
        deleted = [name for name in self.expired(existing) if self.delete(name)]
        return log("done", cache=self.task.cache, taken=taken, deleted=deleted)

    def manual(self) -> Iterator[dict[str, Any]]:
        """All snapshots of the cache that weren't ElastiCache's own doing."""
        pages = self.client.get_paginator("describe_snapshots")
        for page in pages.paginate(ReplicationGroupId=self.task.cache, SnapshotSource="user"):
            yield from page["Snapshots"]

    def take(self, existing: list[dict[str, Any]]) -> str | None:
        """Take a snapshot; its name, or None where there is a fresh one.

        Raises:
            SnapshotError: the quota is used up, or the cache isn't available in time.
        """
        start = self.now()
        fresh = [name for name, taken in self.own(existing, USELESS) if start - taken < self.task.interval / 2]
        if fresh:
            log("there is a fresh one", snapshot=max(fresh))
            return None
        used = sum(start - created_at(snapshot, start) < DAY for snapshot in existing)
        if used >= DAILY_QUOTA:
            raise SnapshotError(
                f"{self.task.cache}: {used} manual snapshots in 24 hours, ElastiCache takes {DAILY_QUOTA}"
            )
        name = f"{self.task.prefix}{start.astimezone(UTC):{STAMP}}"
        errors = self.client.exceptions
        while True:
            self.wait()
            try:
                self.client.create_snapshot(ReplicationGroupId=self.task.cache, SnapshotName=name)
            except (errors.InvalidReplicationGroupStateFault, errors.InvalidCacheClusterStateFault):
                self.pause("changed its state")  # between the look and the call
            except errors.SnapshotAlreadyExistsFault:
                return name
            else:
                return name

    def wait(self) -> None:
        """Until the cache is available: while it is changed, patched or copied, ElastiCache takes no snapshot.

        Raises:
            SnapshotError: it isn't in time, or never will be.
        """
        while (status := self.status()) != "available":
            if status in LOST:
                raise SnapshotError(f"{self.task.cache} is {status}")
            self.pause(status)

    def status(self) -> str:
        """The state of the cache."""
        found = self.client.describe_replication_groups(ReplicationGroupId=self.task.cache)
        return found["ReplicationGroups"][0]["Status"]

    def pause(self, status: str) -> None:
        """Wait a little.

        Raises:
            SnapshotError: there is no time left for it.
        """
        if self.seconds_left() < RESERVE_SECONDS:
            raise SnapshotError(f"{self.task.cache} still isn't available: {status}")
        log("waiting", cache=self.task.cache, status=status)
        self.sleep(PAUSE_SECONDS)

    def expired(self, existing: list[dict[str, Any]]) -> list[str]:
        """Names of its own that are older than the retention, the oldest first."""
        end = self.now() - self.task.retention
        return sorted(name for name, taken in self.own(existing) if taken < end)

    def own(self, existing: list[dict[str, Any]], states: tuple[str, ...] = ()) -> Iterator[tuple[str, datetime]]:
        """Name and time of the snapshots that it took itself, but for those in some states."""
        for snapshot in existing:
            name: str = snapshot["SnapshotName"]
            taken = time_in(name.removeprefix(self.task.prefix)) if name.startswith(self.task.prefix) else None
            if taken and snapshot["SnapshotStatus"] not in states:
                yield name, taken

    def delete(self, name: str) -> bool:
        """Delete a snapshot; whether it went. One that is in use is left for the next time."""
        try:
            self.client.delete_snapshot(SnapshotName=name)
        except self.client.exceptions.SnapshotNotFoundFault:
            return False
        except self.client.exceptions.InvalidSnapshotStateFault as error:
            log("not deleted", snapshot=name, reason=str(error))
            return False
        return True


def time_in(stamp: str) -> datetime | None:
    """The time that a name ends with, or None where it doesn't."""
    try:
        return datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def created_at(snapshot: dict[str, Any], default: datetime) -> datetime:
    """When ElastiCache began with a snapshot; it says so of a part only once the part is done."""
    times = [part["SnapshotCreateTime"] for part in snapshot.get("NodeSnapshots", []) if "SnapshotCreateTime" in part]
    return min(times, default=default)


def log(message: str, **fields: Any) -> dict[str, Any]:
    """Write a line of JSON; what it tells."""
    print(json.dumps({"message": message, **fields}))
    return fields

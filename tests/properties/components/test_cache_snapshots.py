"""Snapshots of the cache over weeks: however often and late the function is invoked, what must hold holds."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from snapshot_cache.handler import Snapshots, Task

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OTHERS = {"smile-prod-cache-final": START - 90 * 24 * HOUR, "before-migration": START - 60 * 24 * HOUR}


class FaultError(Exception):
    """Stands for ElastiCache's refusals, none of which happen here."""


class Cache:
    """Keeps snapshots as ElastiCache would: name -> when it was taken."""

    exceptions = SimpleNamespace(
        InvalidReplicationGroupStateFault=FaultError,
        InvalidCacheClusterStateFault=FaultError,
        SnapshotAlreadyExistsFault=FaultError,
        SnapshotNotFoundFault=FaultError,
        InvalidSnapshotStateFault=FaultError,
    )

    def __init__(self):
        self.now = START
        self.snapshots = dict(OTHERS)

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        listed = [
            {"SnapshotName": name, "SnapshotStatus": "available", "NodeSnapshots": [{"SnapshotCreateTime": taken}]}
            for name, taken in self.snapshots.items()
        ]
        return [{"Snapshots": listed[start : start + 50]} for start in range(0, len(listed), 50)]

    def describe_replication_groups(self, **_):
        return {"ReplicationGroups": [{"Status": "available"}]}

    def create_snapshot(self, *, SnapshotName, **_):  # noqa: N803 - as boto3 spells it
        assert SnapshotName not in self.snapshots
        self.snapshots[SnapshotName] = self.now

    def delete_snapshot(self, *, SnapshotName):  # noqa: N803
        del self.snapshots[SnapshotName]


@given(
    interval=st.integers(2, 24),
    retention=st.integers(1, 5),
    gaps=st.lists(st.integers(0, 60 * 30), min_size=1, max_size=60),
)
def test_own_snapshots_are_apart_fresh_and_gone_when_they_are_old(interval, retention, gaps):
    task = Task(cache="c", prefix="c-periodic-", interval=interval * HOUR, retention=timedelta(days=retention))
    cache = Cache()
    for gap in gaps:
        cache.now += timedelta(minutes=gap)
        Snapshots(cache, task, lambda: 900.0, lambda: cache.now).run()
        own = sorted(taken for name, taken in cache.snapshots.items() if name not in OTHERS)
        assert OTHERS.items() <= cache.snapshots.items()
        assert cache.now - own[-1] < task.interval / 2
        assert cache.now - own[0] <= task.retention
        assert all(later - earlier >= task.interval / 2 for earlier, later in pairwise(own))

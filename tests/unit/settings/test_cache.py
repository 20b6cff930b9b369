"""The cache's settings: what each stack gets, and what is refused."""

from pathlib import Path

import pytest

from aws_facts.elasticache_node_types import NODE_TYPES
from components.cache.settings import VERSIONS, Cache, PeriodicSnapshots
from settings import load_from_files
from tests.offers import in_jakarta
from tests.stacks import STACKS, broken, settings_of

PROJECT = Path("Pulumi.yaml").resolve().parent


@pytest.mark.requirement("SMILE-REDIS-03")
@pytest.mark.requirement("SMILE-REDIS-04")
@pytest.mark.requirement("SMILE-REDIS-10")
def test_staging_and_prod_have_six_nodes_and_dev_has_two():
    caches = {stack: load_from_files(stack, PROJECT).cache for stack in STACKS}
    layout = {stack: (cache.node_type, cache.shards, cache.replicas_per_shard) for stack, cache in caches.items()}
    assert layout == {
        "dev": ("cache.t4g.micro", 1, 1),
        "staging": ("cache.t4g.medium", 2, 2),
        "prod": ("cache.r7g.large", 2, 2),
    }
    assert {(cache.engine, cache.version) for cache in caches.values()} == {("redis", "7.1")}


@pytest.mark.requirement("SMILE-REDIS-05")
@pytest.mark.requirement("SMILE-REDIS-06")
def test_snapshots_come_every_six_hours_and_stay_thirty_days_but_in_dev():
    def kept(cache):
        periodic = cache.periodic_snapshots
        return cache.snapshot_retention_days, periodic.enabled, periodic.interval_hours, periodic.retention_days

    assert {stack: kept(load_from_files(stack, PROJECT).cache) for stack in STACKS} == {
        "dev": (1, False, 6, 30),
        "staging": (30, True, 6, 30),
        "prod": (30, True, 6, 30),
    }


def test_valkey_is_one_setting(load):
    cache = load("config: {smile:cache: {engine: valkey}}").cache
    assert (cache.engine, cache.version, cache.parameter_family) == ("valkey", "8.2", "valkey8")
    assert Cache(engine="valkey", version="7.2").parameter_family == "valkey7"
    assert Cache().parameter_family == "redis7"


@pytest.mark.parametrize("engine", VERSIONS)
def test_every_version_of_an_engine_is_taken(load, engine):
    for version in VERSIONS[engine]:
        assert load(f"config: {{smile:cache: {{engine: {engine}, version: '{version}'}}}}").cache.version == version


def test_node_types_are_those_of_jakarta():
    offered = in_jakarta("aws_elasticache_cachecluster/cachenodetype_enum.json")["enum"]
    assert set(NODE_TYPES) == set(offered)


REFUSED = [
    ("engine: memcached", "smile:cache.engine: got \"memcached\"; valid: redis, valkey"),
    ("engine: [redis]", "smile:cache.engine: got [\"redis\"], did you mean redis? valid: redis, valkey"),
    ("version: '8.2'", "smile:cache.version: got \"8.2\", which redis has not; valid: in quotes, redis: 7.1, 7.0"),
    ("version: '6.2'", "which redis has not; valid: in quotes, redis: 7.1, 7.0"),
    ("version: 7.1", "smile:cache.version: got 7.1; valid: in quotes, redis: 7.1, 7.0; valkey: 8.2"),
    ("{engine: valkey, version: '7.1'}", "which valkey has not; valid: in quotes, redis: 7.1, 7.0; valkey: 8.2"),
    ("node_type: cache.r6gd.xlarge", "got \"cache.r6gd.xlarge\""),
    ("node_type: cache.r7g.larg", "did you mean cache.r7g.large?"),
    ("node_type: r7g.large", "did you mean cache.r7g.large?"),
    ("node_type: cache.t4g.medium", "a type of a family other than t in prod"),
    ("shards: 0", "smile:cache.shards: got 0; valid: 1 to 500"),
    ("shards: 501", "got 501; valid: 1 to 500"),
    ("shards: 1", "got 1; valid: 2 or more in production; fewer in development only"),
    ("shards: 200", "200 shards of 1 primary and 2 replicas are 600 nodes; valid: at most 500 nodes"),
    ("replicas_per_shard: 0", "got 0; valid: 1 (failover needs one) to 5"),
    ("replicas_per_shard: 6", "got 6; valid: 1 (failover needs one) to 5"),
    ("replicas_per_shard: 1", "got 1; valid: 2 or more in production"),
    ("max_memory_policy: lru", "volatile-lru, volatile-lfu"),
    ("snapshot_retention_days: 36", "got 36; valid: 0 to 35"),
    ("snapshot_retention_days: -1", "got -1; valid: 0 to 35"),
    ("snapshot_retention_days: 29", "got 29; valid: 30 or more in production"),
    ("snapshot_window: 01:00-01:45 UTC+7", "shorter than 60 minutes; valid: hh:mm-hh:mm in UTC or with an offset"),
    ("snapshot_window: 01:00", "valid: hh:mm-hh:mm in UTC or"),
    ("snapshot_window: 09:00-10:00 UTC+7", "not within one night"),
    ("snapshot_window: 03:00-04:00 UTC+7", "window sun:02:30-sun:03:30 UTC+7; valid: a time of its own"),
    ("snapshot_window: 22:00-02:31 UTC+7", "overlaps the maintenance window"),
    ("maintenance_window: 02:30-03:30", "valid: ddd:hh:mm-ddd:hh:mm in UTC or"),
    ("maintenance_window: sun:02:30-sun:03:00 UTC+7", "shorter than 60 minutes"),
    ("maintenance_window: sat:12:00-sat:14:00 UTC+7", "not within one night"),
    ("maintenance_window: Sun:02:30-Sun:03:30", "valid: ddd:hh:mm-ddd:hh:mm in UTC or"),
    ("periodic_snapshots: {enabled: false}", "periodic_snapshots.enabled: got false; valid: true in production"),
    ("periodic_snapshots: {interval_hours: 1}", "2 to 24 (AWS takes 20 manual snapshots in 24 hours)"),
    ("periodic_snapshots: {interval_hours: 12}", "got 12; valid: 6 or fewer in production"),
    ("periodic_snapshots: {retention_days: 7}", "got 7; valid: 30 or more in production"),
    ("final_snapshot: false", "got false; valid: true in production"),
    ("restore_from: My--Snapshot", "smile:cache.restore_from: got \"My--Snapshot\""),
    ("replicas: 2", "smile:cache.replicas: unknown key, did you mean replicas_per_shard?"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), REFUSED)
def test_a_cache_that_cannot_work_is_refused(mistakes, written, said):
    lines = mistakes(f"config:\n  smile:cache:\n    {written}\n")
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.prod.yaml:3: smile:cache")
    assert said in lines[0]


def findings(stack, **changes):
    settings = settings_of(stack, cache=Cache(**changes))
    return [finding.valid for finding in broken(settings, "cache")]


def test_dev_may_be_as_small_as_aws_allows():
    off = PeriodicSnapshots(enabled=False)
    small = {"node_type": "cache.t3.micro", "shards": 1, "replicas_per_shard": 1, "snapshot_retention_days": 1}
    assert not findings("dev", **small, periodic_snapshots=off, final_snapshot=False)


def test_staging_may_burst_but_is_laid_out_like_prod():
    assert not findings("staging", node_type="cache.t4g.small")
    assert findings("staging", shards=1) == ["2 or more in staging; fewer in development only"]


def test_windows_are_apart_whichever_of_the_two_was_written(mistakes):
    (line,) = mistakes("config: {smile:cache: {maintenance_window: 'mon:00:30-mon:01:30 UTC+7'}}")
    assert '"01:00-02:00 UTC+7" overlaps the maintenance window mon:00:30-mon:01:30 UTC+7' in line


def test_windows_are_written_in_jakarta_time_and_handed_to_aws_in_utc():
    cache = load_from_files("prod").cache
    assert (cache.snapshot_window, cache.snapshot_window_utc) == ("01:00-02:00 UTC+7", "18:00-19:00")
    assert (cache.maintenance_window, cache.maintenance_window_utc) == (
        "sun:02:30-sun:03:30 UTC+7",
        "sat:19:30-sat:20:30",
    )

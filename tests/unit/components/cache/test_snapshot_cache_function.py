"""The function that takes snapshots of the cache, against answers in ElastiCache's own form."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import botocore.session
import pytest
from botocore.stub import Stubber

from components.cache.settings import PeriodicSnapshots
from components.cache.snapshots import LONGEST_SECONDS, CacheSnapshots, CacheSnapshotsArgs
from snapshot_cache import handler
from tests.recording import record

NOW = datetime(2026, 11, 21, 9, 17, tzinfo=UTC)
CACHE, PREFIX = "smile-prod-cache", "smile-prod-cache-periodic-"
NEW = f"{PREFIX}20261121-0917"


TASK = handler.Task(cache=CACHE, prefix=PREFIX, interval=timedelta(hours=6), retention=timedelta(days=30))


def own(age, status="available"):
    return snapshot(f"{PREFIX}{NOW - age:%Y%m%d-%H%M}", age, status)


def snapshot(name, age, status="available"):
    parts = [{"NodeGroupId": shard, "SnapshotCreateTime": NOW - age} for shard in ("0001", "0002")]
    return {"SnapshotName": name, "SnapshotStatus": status, "NodeSnapshots": parts if status == "available" else []}


class Service:
    """ElastiCache's answers, in the order in which they are asked for; any other question is an error."""

    def __init__(self, client):
        self.client = client
        self.stub = Stubber(self.client)
        self.slept = []
        self.left = 800.0

    def lists(self, *pages):
        for number, page in enumerate(pages):
            asked = {"ReplicationGroupId": CACHE, "SnapshotSource": "user"}
            answer = {"Snapshots": list(page)}
            if number:
                asked["Marker"] = f"page-{number}"
            if number + 1 < len(pages):
                answer["Marker"] = f"page-{number + 1}"
            self.stub.add_response("describe_snapshots", answer, asked)
        return self

    def is_in(self, *states):
        for state in states:
            answer = {"ReplicationGroups": [{"ReplicationGroupId": CACHE, "Status": state}]}
            self.stub.add_response("describe_replication_groups", answer, {"ReplicationGroupId": CACHE})
        return self

    def takes(self, error=None):
        asked = {"ReplicationGroupId": CACHE, "SnapshotName": NEW}
        return self.answers("create_snapshot", asked, error)

    def deletes(self, name, error=None):
        return self.answers("delete_snapshot", {"SnapshotName": name}, error)

    def answers(self, operation, asked, error):
        if error:
            self.stub.add_client_error(operation, service_error_code=error, expected_params=asked)
        else:
            self.stub.add_response(operation, {"Snapshot": {}}, asked)
        return self

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.left -= seconds

    def run(self):
        with self.stub:
            done = handler.Snapshots(self.client, TASK, lambda: self.left, lambda: NOW, self.sleep).run()
            self.stub.assert_no_pending_responses()
            return done


@pytest.fixture(scope="module")
def client():
    session = botocore.session.get_session()
    return session.create_client(
        "elasticache", region_name="ap-southeast-3", aws_access_key_id="-", aws_secret_access_key="-"
    )


@pytest.fixture
def service(client):
    return Service(client)


@pytest.mark.requirement("SMILE-REDIS-05")
@pytest.mark.requirement("SMILE-LAMBDA-02")
def test_a_snapshot_is_taken_and_old_ones_of_its_own_are_deleted_oldest_first(service):
    old, older = own(timedelta(days=30, minutes=1)), own(timedelta(days=31))
    young = own(timedelta(hours=6))
    service.lists([young, old], [older]).is_in("available").takes()
    service.deletes(older["SnapshotName"]).deletes(old["SnapshotName"])
    assert service.run() == {
        "cache": CACHE,
        "taken": NEW,
        "deleted": [older["SnapshotName"], old["SnapshotName"]],
    }


@pytest.mark.requirement("SMILE-REDIS-06")
def test_snapshots_are_kept_for_thirty_days(service):
    service.lists([own(timedelta(days=30)), own(timedelta(days=29, hours=23))]).is_in("available").takes()
    assert service.run()["deleted"] == []


def test_snapshots_of_others_are_never_deleted(service):
    others = [
        snapshot("before-the-migration", timedelta(days=400)),
        snapshot("smile-prod-cache-final", timedelta(days=400)),
        snapshot(f"{PREFIX}by-hand", timedelta(days=400)),
        snapshot(f"copy-of-{PREFIX}20250101-0000", timedelta(days=400)),
    ]
    service.lists(others).is_in("available").takes()
    assert service.run()["deleted"] == []


@pytest.mark.parametrize("status", ["available", "creating"])
def test_an_invocation_that_comes_twice_takes_one_snapshot(service, status):
    old = own(timedelta(days=40))
    service.lists([own(timedelta(minutes=2), status), old]).deletes(old["SnapshotName"])
    assert service.run() == {"cache": CACHE, "taken": None, "deleted": [old["SnapshotName"]]}


@pytest.mark.parametrize("status", ["failed", "deleting"])
def test_a_fresh_snapshot_that_is_of_no_use_does_not_count(service, status):
    service.lists([own(timedelta(minutes=2), status)]).is_in("available").takes()
    assert service.run()["taken"] == NEW


def test_a_snapshot_of_the_same_minute_is_the_one(service):
    service.lists([]).is_in("available").takes("SnapshotAlreadyExistsFault")
    assert service.run()["taken"] == NEW


def test_a_cache_that_is_busy_is_waited_for(service):
    service.lists([]).is_in("snapshotting", "modifying", "available").takes()
    assert service.run()["taken"] == NEW
    assert service.slept == [handler.PAUSE_SECONDS] * 2


@pytest.mark.parametrize("error", ["InvalidReplicationGroupState", "InvalidCacheClusterState"])
def test_a_cache_that_changes_between_the_look_and_the_call_is_waited_for(service, error):
    service.lists([]).is_in("available").takes(error).is_in("snapshotting", "available").takes()
    assert service.run()["taken"] == NEW


def test_a_cache_that_stays_busy_fails_in_time_and_nothing_is_deleted(service):
    service.left = 100.0
    service.lists([own(timedelta(days=40))]).is_in(*["modifying"] * 4)
    with pytest.raises(handler.SnapshotError, match="smile-prod-cache still isn't available: modifying"):
        service.run()
    assert service.left >= 0


@pytest.mark.parametrize("status", handler.LOST)
def test_a_cache_that_does_not_come_back_is_not_waited_for(service, status):
    service.lists([]).is_in(status)
    with pytest.raises(handler.SnapshotError, match=f"smile-prod-cache is {status}"):
        service.run()
    assert service.slept == []


def test_the_daily_quota_counts_everybodys_snapshots_and_nothing_is_deleted(service):
    by_hand = [snapshot(f"by-hand-{number}", timedelta(hours=number), "creating") for number in range(19)]
    expired = own(timedelta(days=40))
    service.lists([*by_hand, own(timedelta(hours=23)), expired])
    with pytest.raises(handler.SnapshotError, match="20 manual snapshots in 24 hours"):
        service.run()


def test_snapshots_of_yesterday_leave_the_quota(service):
    service.lists([snapshot(f"by-hand-{number}", timedelta(hours=24)) for number in range(30)])
    service.is_in("available").takes()
    assert service.run()["taken"] == NEW


@pytest.mark.parametrize("error", ["SnapshotNotFoundFault", "InvalidSnapshotState"])
def test_a_snapshot_that_is_gone_or_in_use_does_not_stop_the_others(service, error):
    first, second = own(timedelta(days=41)), own(timedelta(days=40))
    service.lists([first, second]).is_in("available").takes()
    service.deletes(first["SnapshotName"], error).deletes(second["SnapshotName"])
    assert service.run()["deleted"] == [second["SnapshotName"]]


def test_other_errors_are_not_swallowed(service):
    service.lists([]).is_in("available").takes("SnapshotQuotaExceededFault")
    with pytest.raises(service.client.exceptions.SnapshotQuotaExceededFault):
        service.run()


def test_every_line_is_json(service, capsys):
    service.lists([]).is_in("snapshotting", "available").takes()
    service.run()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"message": "waiting", "cache": CACHE, "status": "snapshotting"},
        {"message": "done", "cache": CACHE, "taken": NEW, "deleted": []},
    ]


def test_lambda_reads_what_the_component_tells_it(context, monkeypatch):
    """The names of the environment variables are those of the component."""
    args = CacheSnapshotsArgs(context=context, cache=CACHE, periodic=PeriodicSnapshots())
    recording = record(lambda: CacheSnapshots("smile-cache-snapshots", args))
    variables = recording.one("lambda/function:Function")["environment"]["variables"]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    made = {}

    class Recorded(handler.Snapshots):
        def run(self):
            made.update(task=self.task, left=self.seconds_left(), client=self.client)
            return {"taken": NEW}

    monkeypatch.setattr(handler, "Snapshots", Recorded)
    monkeypatch.setattr(handler.boto3, "client", lambda name: f"client of {name}")
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: LONGEST_SECONDS * 1000)
    assert handler.handle({}, context) == {"taken": NEW}
    assert made == {"task": TASK, "left": LONGEST_SECONDS, "client": "client of elasticache"}

"""The cloud's file: a full disk, several processes at once, and runs that were interrupted."""

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from offline.cloud.backend import Backend, BackendError, Stack
from offline.cloud.store import Cloud, Draft, StoreError


def draft(name, text=""):
    return Draft(
        account="123456789012",
        region="ap-southeast-3",
        type="aws:sqs/queue:Queue",
        id=name,
        urn=f"urn:pulumi:dev::test::aws:sqs/queue:Queue::{name}",
        inputs={"name": name, "text": text},
        outputs={},
    )


def names(cloud):
    return [stored.id for stored in cloud.of_type("123456789012", None, "aws:sqs/queue:Queue")]


def test_full_disk_refuses_the_operation_and_keeps_what_was_there(tmp_path):
    path = tmp_path / "cloud.sqlite"
    cloud = Cloud(path)
    with cloud.transaction():
        cloud.add(draft("kept"))
    pages = cloud._db.execute("PRAGMA page_count").fetchone()[0]
    cloud._db.execute(f"PRAGMA max_page_count = {pages}")
    with (
        pytest.raises(StoreError, match=rf"{path}: database or disk is full; nothing was changed"),
        cloud.transaction(),
    ):
        cloud.add(draft("lost", "x" * 100_000))
    assert names(cloud) == ["kept"]
    cloud.close()
    again = Cloud(path)
    assert names(again) == ["kept"]
    again.close()


URN = "urn:pulumi:dev::test::aws:sqs/queue:Queue::{}"


class State:
    """The state of stack `dev` in a backend, as an engine writes it."""

    def __init__(self, folder):
        self.folder = folder / "state" / ".pulumi"
        self.file = self.folder / "stacks" / "test" / "dev.json"
        self.file.parent.mkdir(parents=True)
        self.cloud = Cloud(folder / "cloud.sqlite", Backend(self.folder.parent))

    def save(self, *names, **more):
        resources = [{"urn": URN.format(name), "id": name} for name in names]
        partial = self.file.with_suffix(".new")
        partial.write_text(json.dumps({"checkpoint": {"latest": {"resources": resources, **more}}}))
        partial.replace(self.file)

    def lock(self, pid):
        lock = self.folder / "locks" / "organization" / "test" / "dev" / "1.json"
        lock.parent.mkdir(parents=True)
        lock.write_text(json.dumps({"pid": pid, "hostname": socket.gethostname()}))

    def add(self, *names):
        for name in names:
            with self.cloud.transaction():
                self.cloud.add(draft(name))

    def find(self, name):
        found = self.cloud.find("123456789012", "aws:sqs/queue:Queue", name)
        assert found is not None
        return found

    def change(self, name, text):
        with self.cloud.transaction():
            self.cloud.change(self.find(name).number, draft(name, text))

    def remove(self, name):
        with self.cloud.transaction():
            self.cloud.remove(self.find(name).number)


@pytest.fixture
def it(tmp_path):
    it = State(tmp_path)
    it.add("old", "other")
    it.save("old", "other")
    it.cloud.settle()
    yield it
    it.cloud.close()


def test_what_a_run_did_that_saved_no_state_is_undone(it):
    before = it.find("old")
    it.change("old", "x")
    it.remove("old")
    it.add("old", "new")
    it.remove("new")
    it.remove("other")
    assert it.cloud.settle() == ["stack dev: 6 changes of a run that was interrupted are undone"]
    assert sorted(names(it.cloud)) == ["old", "other"]
    assert it.find("old") == before
    assert it.cloud.settle() == []


def test_what_a_resource_holds_is_held_again_when_its_deletion_is_undone(it):
    held = replace(draft("holder"), claims=(("names", "x"),), handles=frozenset({"arn"}), mentions=frozenset({"old"}))
    with it.cloud.transaction():
        it.cloud.add(held)
    it.save("old", "other", "holder")
    it.cloud.settle()
    it.remove("holder")
    it.cloud.settle()
    assert it.cloud.holder("names", "x") == it.cloud.named("123456789012", "arn")[0] == it.find("holder")


def test_what_the_saved_state_knows_of_stays(it):
    it.add("new")
    it.change("old", "x")
    it.remove("other")
    it.save("old", "new")
    assert it.cloud.settle() == []
    assert sorted(names(it.cloud)) == ["new", "old"]
    assert it.find("old").inputs["text"] == "x"


def test_an_operation_whose_end_the_engine_never_saw_is_undone(it):
    it.add("finished", "lost")
    it.remove("other")
    it.remove("old")
    it.save("finished", "old")
    assert it.cloud.settle() == ["stack dev: 2 changes of a run that was interrupted are undone"]
    assert sorted(names(it.cloud)) == ["finished", "old"]


def test_what_the_engine_forgets_later_stays(it):
    it.save("old")
    assert it.cloud.settle() == []
    assert sorted(names(it.cloud)) == ["old", "other"]


def test_pending_operations_are_dropped_from_the_state(it):
    it.save("old", "other", pending_operations=[{"type": "creating"}])
    assert it.cloud.settle() == ["stack dev: pending operations of a run that was interrupted are dropped"]
    latest = json.loads(it.file.read_text())["checkpoint"]["latest"]
    assert [each["id"] for each in latest["resources"]] == ["old", "other"]
    assert "pending_operations" not in latest


def test_a_run_that_goes_on_is_left_alone(it):
    it.lock(os.getpid())
    it.add("new")
    assert it.cloud.settle() == []
    assert sorted(names(it.cloud)) == ["new", "old", "other"]


def test_a_lock_of_an_engine_that_is_gone_protects_nothing(it):
    gone = subprocess.Popen(["true"])
    gone.wait()
    it.lock(gone.pid)
    it.add("new")
    it.cloud.settle()
    assert sorted(names(it.cloud)) == ["old", "other"]


WRITER = """
import sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from offline.cloud.backend import Backend, BackendError, Stack
from offline.cloud.store import Cloud
from test_store import draft
cloud = Cloud(Path(sys.argv[1]))
for number in range(50):
    with cloud.transaction():
        cloud.add(draft(f"{sys.argv[2]}-{number}"))
cloud.close()
"""


def test_processes_that_write_at_once_lose_nothing(tmp_path, pytestconfig):
    path = tmp_path / "cloud.sqlite"
    folders = [str(pytestconfig.rootpath), str(pytestconfig.rootpath / "tests" / "offline" / "cloud")]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name, *folders]) for name in "abc"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    cloud = Cloud(path)
    assert sorted(names(cloud)) == sorted(f"{name}-{number}" for name in "abc" for number in range(50))
    cloud.close()


@pytest.mark.parametrize("content", ['{"checkpoint": {"latest"', "", "\x00" * 100])
def test_a_state_that_was_cut_short_is_refused_by_name_with_the_way_out(it, content):
    it.file.write_text(content)
    with pytest.raises(BackendError, match=r"stacks/test/dev\.json: not a usable state \(.*\); put dev\.json\.bak"):
        Backend(it.folder.parent).check(Stack("test", "dev"))
    it.add("new")
    with pytest.raises(BackendError, match=r"stacks/test/dev\.json: not a usable state"):
        it.cloud.settle()

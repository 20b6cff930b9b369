"""The cloud's file: a full disk, several processes at once."""

import subprocess
import sys

import pytest

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


WRITER = """
import sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
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
    folders = [str(pytestconfig.rootpath), str(pytestconfig.rootpath / "tests" / "offline")]
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, path, name, *folders]) for name in "abc"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    cloud = Cloud(path)
    assert sorted(names(cloud)) == sorted(f"{name}-{number}" for name in "abc" for number in range(50))
    cloud.close()

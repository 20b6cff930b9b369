"""The shared file system's settings: what each stack gets, and what is refused."""

from pathlib import Path

import pytest

from settings import load_from_files
from tests.stacks import STACKS

PROJECT = Path("Pulumi.yaml").resolve().parent


@pytest.mark.requirement("SMILE-EFS-03")
@pytest.mark.requirement("SMILE-BACKUP-08")
def test_prod_has_its_throughput_and_a_replica():
    files = {stack: load_from_files(stack, PROJECT).files for stack in STACKS}
    assert {stack: (each.throughput, each.replica) for stack, each in files.items()} == {
        "dev": ("elastic", False),
        "staging": ("elastic", False),
        "prod": ("provisioned", True),
    }
    assert files["prod"].provisioned_mibps == 100


def points(*entries):
    return f"access_points: {{{', '.join(entries)}}}"


def point(name, path="/a", uid=1, gid=1, permissions="'0750'"):
    return f"{name}: {{path: {path}, uid: {uid}, gid: {gid}, permissions: {permissions}}}"


REFUSED = [
    ("throughput: max", "smile:files.throughput: got \"max\"; valid: provisioned, elastic, bursting"),
    ("throughput: elastic", "got \"elastic\"; valid: provisioned in production"),
    ("provisioned_mibps: 0", "got 0; valid: 1 to 3414"),
    ("provisioned_mibps: 3415", "got 3415; valid: 1 to 3414"),
    ("provisioned_mibps: 99", "got 99; valid: 100 or more in production"),
    ("infrequent_access_days: 31", "got 31; valid: 1, 7, 14, 30, 60"),
    (points(point("Reports")), "valid: names of up to 32 lower-case letters"),
    (points(point("a", "/")), "smile:files.access_points.a.path: got \"/\"; valid: up to four levels"),
    (points(point("a", "reports")), "access_points.a.path: got \"reports\""),
    (points(point("a", "/a/../b")), "access_points.a.path: got \"/a/../b\""),
    (points(point("a", "/a/b/c/d/e")), "up to four levels"),
    (points(point("a", f"/{'a' * 100}")), "and 100 characters"),
    (points(point("a", uid=0)), "smile:files.access_points.a.uid: got 0; valid: 1 to 4294967295; 0 is root"),
    (points(point("a", gid=0)), "smile:files.access_points.a.gid: got 0"),
    (points(point("a", uid=2**32)), "got 4294967296"),
    (points(point("a", permissions="'0777'")), "writable for owner and group alone"),
    (points(point("a", permissions="'rwx'")), "access_points.a.permissions: got \"rwx\""),
    (points(point("a", permissions="750")), "access_points.a.permissions: got 750; valid: octal in quotes"),
    (points("a: {path: /a, uid: 1}"), "smile:files.access_points.a.gid: not given"),
    (points(point("a", "/x"), point("b", "/x")), "access_points.b.path: /x shares files with /x of a"),
    (points(point("a", "/x"), point("b", "/x/y")), "/x/y shares files with /x of a; valid: a folder of its own"),
    (points(point("a", "/x/y"), point("b", "/x")), "/x shares files with /x/y of a"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), REFUSED)
def test_a_file_system_that_cannot_work_is_refused(mistakes, written, said):
    lines = mistakes(f"config:\n  smile:files:\n    {written}\n")
    assert len(lines) == 1
    assert lines[0].startswith("Pulumi.prod.yaml:3: smile:files")
    assert said in lines[0]


def test_folders_whose_names_begin_alike_are_apart(load):
    text = points(point("a", "/reports"), point("b", "/reports-2026"))
    assert set(load(f"config:\n  smile:files:\n    {text}\n").files.access_points) == {"a", "b"}

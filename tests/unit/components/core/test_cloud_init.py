"""User data: what cloud-init reads, in the order in which it happens, no larger than EC2 takes."""

import json
import string

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components.core.cloud_init import LARGEST_BYTES, CloudInit, File, Unit, UserDataError, checked

SERVICE = Unit(
    name="app.service",
    sections={
        "Unit": {"Description": "An application"},
        "Service": {"ExecStart": "/usr/bin/app", "EnvironmentFile": ["/etc/a", "/etc/b"]},
        "Install": {"WantedBy": "multi-user.target"},
    },
)
TEXT = st.text(string.printable, max_size=200)


def test_units_are_files_as_systemd_reads_them():
    assert SERVICE.file().path == "/etc/systemd/system/app.service"
    assert SERVICE.text().splitlines() == [
        "[Unit]", "Description=An application", "",
        "[Service]", "ExecStart=/usr/bin/app", "EnvironmentFile=/etc/a", "EnvironmentFile=/etc/b", "",
        "[Install]", "WantedBy=multi-user.target",
    ]  # fmt: skip


def test_sshd_is_masked_first_and_units_start_last():
    body = CloudInit(units=[SERVICE], commands=[["prepare", "it"]]).body()
    assert body["runcmd"] == [
        ["systemctl", "mask", "--now", "sshd.service", "sshd.socket"],
        ["systemctl", "daemon-reload"],
        ["prepare", "it"],
        ["systemctl", "enable", "--now", "app.service"],
    ]


def test_a_unit_that_others_start_is_written_and_not_started():
    body = CloudInit(units=[Unit(name="once.service", sections=SERVICE.sections, starts=False)]).body()
    assert [file["path"] for file in body["write_files"]] == ["/etc/systemd/system/once.service"]
    assert "once.service" not in json.dumps(body["runcmd"])


@given(st.dictionaries(st.from_regex(r"/etc/[a-z]{1,8}", fullmatch=True), TEXT, max_size=5))
def test_whatever_is_in_files_arrives_as_it_is(contents):
    init = CloudInit(files=[File(path=path, content=content) for path, content in contents.items()])
    text = checked(json.dumps(init.body()))
    assert text.startswith("#cloud-config\n")
    read = yaml.safe_load(text)
    assert {file["path"]: file["content"] for file in read["write_files"]} == contents


@given(st.integers(-200, 200))
def test_what_ec2_refuses_is_refused_here_to_the_byte(beyond):
    head = len(b"#cloud-config\n\n")
    document = "x" * (LARGEST_BYTES - head + beyond)
    if beyond > 0:
        with pytest.raises(UserDataError, match=f"has {LARGEST_BYTES + beyond} bytes; EC2 takes {LARGEST_BYTES}"):
            checked(document)
    else:
        assert len(checked(document)) == LARGEST_BYTES + beyond

"""The IAM simulator for tests: exactly the locked packages, got once, with Node.js of the virtual environment."""

import json
import subprocess

import pytest

from bootstrap import browser, layout, npm, simulator
from bootstrap.progress import SetupError

ROOT = simulator.SIMULATOR.script.parents[2]
NODE = '#!/bin/sh\necho "$@" >> {folder}/calls\n{then}\n'


@pytest.fixture
def node(tmp_path, monkeypatch):
    """A Node.js that writes down how it is called; gives what makes it do something then."""
    folder = tmp_path / "node"
    (folder / "bin").mkdir(parents=True)
    monkeypatch.setattr(npm, "node", lambda: folder)

    def does(then):
        program = folder / "bin" / "node"
        program.write_text(NODE.format(folder=folder, then=then))
        program.chmod(0o755)
        return folder / "calls"

    return does


def test_packages_of_the_lock_are_got_once(tmp_path, node):
    calls = node("mkdir node_modules")
    first, second = simulator.install(tmp_path), simulator.install(tmp_path)
    (call,) = calls.read_text().splitlines()
    assert call.split()[1:3] == ["ci", "--ignore-scripts"]
    assert first == second
    packages = tmp_path / ".smile" / "simulator" / simulator.SIMULATOR.wanted()
    assert first[2] == str(packages)
    assert {each.name for each in packages.iterdir()} == {"node_modules", *npm.PACKAGE_FILES}


def test_refusal_of_npm_is_told_and_leaves_nothing(tmp_path, node):
    node("echo 'npm error code EINTEGRITY' >&2; exit 1")
    with pytest.raises(SetupError, match="npm can't get the IAM simulator: npm error code EINTEGRITY"):
        simulator.install(tmp_path)
    assert [each.name for each in (tmp_path / ".smile" / "simulator").iterdir()] == ["lock"]


@pytest.mark.parametrize("tool", [simulator.SIMULATOR, layout.LAYOUT, browser.BROWSER])
def test_lock_has_a_digest_and_no_address_of_each_package(tool):
    text = (tool.script.parent / "package-lock.json").read_text()
    packages = [each for name, each in json.loads(text)["packages"].items() if name]
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages)
    assert "://" not in text


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        ("s3:GetObject", "arn:aws:s3:::papers/x", True),
        ("s3:PutObject", "arn:aws:s3:::papers/x", False),
        ("kms:Decrypt", "arn:aws:kms:ap-southeast-3:123456789012:key/1", True),
        ("kms:Decrypt", "arn:aws:kms:ap-southeast-3:123456789012:key/2", False),
        ("ssm:GetDocument", "arn:aws:ssm:ap-southeast-3::document/AWS-Run", True),
        ("ec2:DeleteNetworkInterface", "arn:aws:ec2:ap-southeast-3:123456789012:network-interface/eni-1", True),
    ],
)
def test_it_judges_also_what_the_packages_alone_do_not(action, resource, allowed):
    own = "arn:aws:ec2:ap-southeast-3:123456789012:*/*"
    context = {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::papers"}
    rights = [
        {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::papers/*"},
        {"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": context}},
        {"Action": "ssm:GetDocument", "Resource": "arn:aws:ssm:ap-southeast-3::document/AWS-*"},
        {"Action": "ec2:DeleteNetworkInterface", "Resource": own},
    ]
    account = {
        "Effect": "Allow",
        "Action": "*",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Resource": "*",
    }
    policies = {
        "role": {"Version": "2012-10-17", "Statement": [each | {"Effect": "Allow"} for each in rights]},
        "account": {"Version": "2012-10-17", "Statement": [account]},
    }
    question = {
        "principal": "arn:aws:iam::123456789012:role/reader",
        "action": action,
        "resource": resource,
        "account": "123456789012",
        "context": {} if resource.endswith("/2") else context,
        "identity": ["role"],
        "own": "account" if action.startswith("kms:") else None,
    }
    lines = f"{json.dumps({'policies': policies})}\n{json.dumps(question)}\n"
    said = subprocess.run(simulator.install(ROOT), input=lines, capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["allowed"] is allowed

"""What a change does to stacks that are there: ``smile preview --against COMMIT``."""

import os
import re
import subprocess
import sys

import pytest
from engine_runs import edit

from tests.project_copy import copy_project

PROGRAM = """
from components.core import sdk_performance

sdk_performance.apply()
import pulumi
from pulumi_aws import ssm

from components.core.environment import Environment
from components.core.provider import aws_provider
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
opts = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
parameters = settings.secrets.parameters
for name, value in (parameters | {"names": " ".join(parameters)}).items():
    tags = environment.tags(component="against", data_class="internal")(name)
    path = f"/smile/{settings.stack}/{name}"
    ssm.Parameter(name, name=path, type="String", value=value, description="of the test", tags=tags, opts=opts)
"""
"""In place of SMILE's, of which a stack takes half a minute to bring up."""
GIT = ("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def smile(tmp_path):
    """Runs the command of a copy, in which all is committed."""
    copy = tmp_path / "smile"
    copy_project(copy)
    (copy / "__main__.py").write_text(PROGRAM)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "base"]):
        subprocess.run([*GIT, *words], cwd=copy, check=True)

    def run(*words):
        environment = os.environ | {"SMILE_OFFLINE_FOLDER": str(tmp_path / "offline")}
        command = [sys.executable, "-m", "cli", *words]
        return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)

    run.folder = copy
    return run


def test_only_the_change_is_shown_deletions_included(smile):
    edit(smile.folder / "Pulumi.yaml", "parameters: {time-zone: Asia/Jakarta,", "parameters: {zone: Asia/Jakarta,")
    edit(smile.folder / "Pulumi.yaml", "parameters: [reports/rows-per-page, time-zone]", "parameters: [zone]")
    first = smile("preview", "dev", "--against", "HEAD")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "bringing up dev as of" in first.stderr
    lines = first.stdout.splitlines()
    assert re.match(r"dev: green: \+ 1 created  ~ 1 updated  - 1 deleted  ", lines[0])
    assert int(lines[0].split()[-2]) > 1
    assert "  - aws:ssm/parameter:Parameter time-zone" in lines


def test_a_commit_that_git_does_not_know_is_refused(smile):
    done = smile("preview", "dev", "--against", "nowhere")
    assert done.returncode == 2
    assert done.stderr == "smile preview: no commit 'nowhere'; valid: a branch, a tag or a hash of this clone\n"

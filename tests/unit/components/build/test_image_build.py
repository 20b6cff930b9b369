"""Image builds: what a build may do, what starts it, and that its commands are a shell's."""

import json
import subprocess

import pytest

from components.build.image_build import COMMANDS, ImageBuild, ImageBuildArgs, buildspec
from components.build.settings import Build
from tests.recording import record

REPOSITORY = "arn:aws:ecr:ap-southeast-3:123456789012:repository/smile/orders"


@pytest.fixture(scope="session")
def build(context):
    def program():
        made = ImageBuild(
            "smile-build",
            ImageBuildArgs(
                context=context,
                settings=Build(most_at_once=7),
                source_bucket="smile-builds",
                source_key="objects",
                registry="123456789012.dkr.ecr.ap-southeast-3.amazonaws.com",
                repository_arns=[REPOSITORY],
            ),
        )
        return [each.as_dict() for each in made.grant_start()]

    return record(program)


def test_several_builds_run_at_once_in_privileged_containers_with_a_cache(build):
    project = build.one("codebuild/project:Project")
    assert project["concurrentBuildLimit"] == 7
    assert project["environment"]["privilegedMode"] is True
    assert project["cache"]["type"] == "LOCAL"


def test_a_build_pushes_to_the_repositories_and_writes_its_log_and_does_nothing_else(build):
    may = build.permissions("smile-build")
    assert may["PushImages"]["Resource"] == [REPOSITORY]
    assert set(may) == {"WriteLog", "ReadSource", "DecryptSource", "LogInToRegistry", "PushImages"}
    (trust,) = json.loads(build.of("iam/role:Role")["smile-build"]["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":project/smile-prod-images")


def test_whoever_starts_builds_hands_over_source_and_sees_how_they_end(build):
    start, source, _ = build.result
    assert "codebuild:StartBuild" in start["Action"]
    assert source["Resource"] == ["arn:aws:s3:::smile-builds/*"]


def test_no_build_is_without_a_service_and_a_tag():
    spec = json.loads(buildspec())
    assert list(spec["phases"]) == list(COMMANDS)
    check = spec["phases"]["pre_build"]["commands"][0]
    for given, expected in (({}, 1), ({"SERVICE": "orders"}, 1), ({"SERVICE": "orders", "TAG": "r1"}, 0)):
        assert subprocess.run(["/bin/sh", "-c", check], env=given, check=False).returncode == expected


@pytest.mark.parametrize("command", [each for phase in COMMANDS.values() for each in phase])
def test_commands_are_a_shells(command):
    subprocess.run(["/bin/sh", "-n", "-c", command], check=True)

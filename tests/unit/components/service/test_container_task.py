"""A task that is run when there is work: its definition and its two roles, as a program registers them."""

import json

import pytest

from components.core.iam import Statement
from components.core.settings.problems import SettingsError
from components.service.container_task import ContainerTask, ContainerTaskArgs
from components.service.settings import ContainerTask as Settings
from tests.recording import record

IMAGE = "123456789012.dkr.ecr.ap-southeast-3.amazonaws.com/smile/worker:release-1"
REPOSITORY = "arn:aws:ecr:ap-southeast-3:123456789012:repository/smile/worker"
QUEUE = "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-jobs"


@pytest.fixture(scope="module")
def task(context):
    def program():
        made = ContainerTask(
            "smile-worker",
            ContainerTaskArgs(
                context=context,
                settings=Settings(image=IMAGE, disk_gib=100, variables={"LEVEL": "info"}),
                data_class="personal",
                statements=[Statement(sid="Send", actions=["sqs:SendMessage"], resources=[QUEUE])],
                variables={"QUEUE": "jobs"},
                repository_arns=[REPOSITORY],
            ),
        )
        return {"family": made.family, "roles": made.role_names}

    return record(program)


def test_the_task_has_disk_and_a_container_without_privileges_or_ports(task):
    made = task.one("ecs/taskDefinition:TaskDefinition")
    assert (made["family"], made["requiresCompatibilities"]) == ("smile-prod-worker", ["FARGATE"])
    assert made["ephemeralStorage"] == {"sizeInGib": 100}
    (container,) = json.loads(made["containerDefinitions"])
    assert (container["user"], container["privileged"], container["readonlyRootFilesystem"]) == ("10001", False, True)
    assert container["portMappings"] == []
    assert {each["name"]: each["value"] for each in container["environment"]} == {"LEVEL": "info", "QUEUE": "jobs"}


def test_its_code_may_do_what_is_given_and_ecs_pulls_from_the_one_repository(task):
    assert set(task.permissions("smile-worker-task")) == {"Send"}
    execution = task.permissions("smile-worker-execution")
    assert execution["PullImage"]["Resource"] == [REPOSITORY]
    assert set(execution) == {"WriteLogs", "LogInToRegistry", "PullImage"}


def test_whoever_runs_it_is_told_which_roles_to_pass(task):
    roles = {each["name"] for each in task.of("iam/role:Role").values()}
    assert set(task.result["roles"]) == roles


@pytest.mark.parametrize("gib", [20, 201])
def test_a_disk_that_fargate_has_not_is_refused(gib):
    with pytest.raises((SettingsError, ValueError), match="disk_gib"):
        Settings(image=IMAGE, disk_gib=gib)

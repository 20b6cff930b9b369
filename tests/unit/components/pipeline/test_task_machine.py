"""A state machine that runs tasks: what its role may do, what it logs, what is told of its ends."""

import json
from dataclasses import replace

import pytest

from components.pipeline.task_machine import TaskMachine, TaskMachineArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.queues.settings import Queue, Queues
from components.service.cluster import ContainerCluster, ContainerClusterArgs
from components.service.container_task import ContainerTask, ContainerTaskArgs
from components.service.settings import ContainerTask as Settings
from components.table.table import Table, TableArgs, TableKey
from tests.recording import record

IMAGE = "123456789012.dkr.ecr.ap-southeast-3.amazonaws.com/smile/worker:release-1"
ARN = "arn:aws:states:ap-southeast-3:123456789012:stateMachine:smile-prod-large"
CLUSTER = "arn:aws:ecs:ap-southeast-3:123456789012:cluster/smile-prod"


@pytest.fixture(scope="module")
def recorded(context):
    keys = {each: f"arn:aws:kms:ap-southeast-3:123456789012:key/{each}" for each in ("tables", "workflows")}
    own = replace(context, keys={**context.keys, **keys})

    def make(queue=None):
        def program():
            queues = {"documents": queue or Queue(producers=("events",))}
            key = TableKey(hash=("job_id", "S"))
            args = TaskMachineArgs(
                context=own,
                task=ContainerTask(
                    "smile-worker",
                    ContainerTaskArgs(context=own, settings=Settings(image=IMAGE), data_class="personal"),
                ),
                cluster=ContainerCluster("smile", ContainerClusterArgs(context=own, name="smile-prod")),
                subnet_ids=["subnet-a", "subnet-b"],
                security_group_ids=["sg-1"],
                table=Table("smile-jobs", TableArgs(context=own, name="jobs", data_class="internal", key=key)),
                queues=MessageQueues("smile", MessageQueuesArgs(context=own, queues=Queues(queues=queues))),
                queue="documents",
                at_once=3,
            )
            machine = TaskMachine("smile-large", args)
            return {"start": [each.as_dict() for each in machine.grant_start()]}

        return record(program)

    return make


@pytest.fixture(scope="module")
def machine(recorded):
    return recorded()


def test_it_runs_its_task_in_its_cluster_and_passes_the_tasks_roles_alone(machine):
    allowed = machine.permissions("smile-large")
    assert allowed["RunTasks"]["Resource"] == [
        "arn:aws:ecs:ap-southeast-3:123456789012:task-definition/smile-prod-worker:*"
    ]
    assert allowed["RunTasks"]["Condition"] == {"ArnEquals": {"ecs:cluster": CLUSTER}}
    roles = {f"arn:aws:iam::123456789012:role/smile-prod-worker-{role}" for role in ("task", "execution")}
    assert set(allowed["PassRolesToTasks"]["Resource"]) == roles
    assert allowed["PassRolesToTasks"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    }


def test_it_changes_items_and_sends_dead_letters_and_no_more(machine):
    allowed = machine.permissions("smile-large")
    assert allowed["Updatejobs"]["Action"] == ["dynamodb:UpdateItem"]
    assert allowed["SendDeadLetters"]["Resource"] == [
        "arn:aws:sqs:ap-southeast-3:123456789012:smile-prod-documents-dead"
    ]


def test_what_executions_are_given_is_encrypted_with_a_key_of_the_stack_and_logged_nowhere(machine):
    made = machine.one("sfn/stateMachine:StateMachine")
    assert made["encryptionConfiguration"]["type"] == "CUSTOMER_MANAGED_KMS_KEY"
    assert made["loggingConfiguration"]["level"] == "ERROR"
    assert made["loggingConfiguration"]["includeExecutionData"] is False
    context = machine.permissions("smile-large")["EncryptExecutions"]["Condition"]["StringEquals"]
    assert context == {"kms:EncryptionContext:aws:states:stateMachineArn": ARN}
    policy = json.loads(machine.one("cloudwatch/logResourcePolicy:LogResourcePolicy")["policyDocument"])
    assert policy["Statement"][0]["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert "logs:PutResourcePolicy" not in machine.permissions("smile-large")["DeliverLog"]["Action"]


def test_the_states_name_the_programs_own_resources(machine):
    states = json.loads(machine.one("sfn/stateMachine:StateMachine")["definition"])["States"]
    run = states["RunTask"]["Parameters"]
    assert run["Cluster"] == "arn:of:Cluster/smile"
    assert run["TaskDefinition"] == "arn:of:TaskDefinition/smile-worker"
    network = run["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert (network["Subnets"], network["SecurityGroups"]) == (["subnet-a", "subnet-b"], ["sg-1"])
    assert states["TakeSlot"]["Parameters"]["ExpressionAttributeValues"][":most"] == {"N": "3"}


def test_whoever_starts_executions_may_start_those_of_this_machine(machine):
    (statement,) = machine.result["start"]
    assert (statement["Action"], statement["Resource"]) == (["states:StartExecution"], [ARN])


def test_executions_that_end_before_their_time_are_told_to_the_queue(machine):
    target = machine.of("cloudwatch/eventTarget:EventTarget")["smile-large-ended"]
    assert target["arn"] == "arn:of:Queue/smile-documents"


def test_a_queue_that_takes_no_events_is_refused(recorded):
    with pytest.raises(ValueError, match="takes no events"):
        recorded(Queue())

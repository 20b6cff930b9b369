"""What a state machine does for a job, as moto runs Amazon States Language: slots, retries, dead letters."""

import json
import time
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from components.pipeline.states import Machine, definition

pytest.importorskip("antlr4", reason="moto[stepfunctions]")
REGION = "ap-southeast-3"
JOB, MESSAGE = "0123456789abcdef", {"detail": {"object": {"key": "a.pdf", "size": 1}}}
EVENTS_OF_A_WAIT = 4
"""TaskScheduled, TaskStarted, TaskFailed; and one to spare."""
ROLE = "arn:aws:iam::123456789012:role/r"


class Cloud:
    """A table of jobs, a queue and a cluster, and whatever tasks end with."""

    def __init__(self):
        self.table = boto3.resource("dynamodb", REGION).create_table(
            TableName="jobs",
            KeySchema=[{"AttributeName": "job_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "job_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.sqs, self.states = boto3.client("sqs", REGION), boto3.client("stepfunctions", REGION)
        self.machine = Machine(
            table="jobs",
            cluster="arn:aws:ecs:ap-southeast-3:123456789012:cluster/c",
            task="arn:aws:ecs:ap-southeast-3:123456789012:task-definition/t:1",
            container="large",
            network={"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"]},
            dead_letters=self.sqs.create_queue(QueueName="dead")["QueueUrl"],
            at_once=1,
            attempts=2,
            timeout_seconds=60,
        )

    def run(self, name=f"{JOB}-0", seconds=20, **changes):
        """The execution, once it has ended or for so long."""
        states = definition(replace(self.machine, **changes))
        for state in states["States"].values():
            for again in state.get("Retry", ()):
                again["IntervalSeconds"] = 1
        made = self.states.create_state_machine(
            name=f"m{time.monotonic_ns()}", definition=json.dumps(states), roleArn=ROLE
        )
        told = json.dumps({"job": JOB, "message": MESSAGE})
        arn = self.states.start_execution(stateMachineArn=made["stateMachineArn"], name=name, input=told)[
            "executionArn"
        ]
        return self.ended(arn, seconds)

    def ended(self, arn, seconds=20):
        for _ in range(seconds * 10):
            found = self.states.describe_execution(executionArn=arn)
            if found["status"] != "RUNNING":
                break
            time.sleep(0.1)
        return found

    def item(self, key):
        return self.table.get_item(Key={"job_id": key}).get("Item")

    def dead(self):
        return [
            json.loads(each["Body"])
            for each in self.sqs.receive_message(QueueUrl=self.machine.dead_letters).get("Messages", [])
        ]


@pytest.fixture
def cloud(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield Cloud()


class Tasks:
    """ECS, which moto's states can't ask: what was to be run, and how often a task fails before it succeeds."""

    def __init__(self):
        self.run, self.failures = [], 0

    def start(self, _service, env, _resource, parameters, _credentials):
        self.run.append(parameters)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("exit code 1")
        env.stack.append({"Tasks": [{"TaskArn": "t", "ClusterArn": "c"}]})

    @staticmethod
    def wait(_service, env, *_args):
        env.stack.pop()
        return lambda: {"LastStatus": "STOPPED"}


@pytest.fixture
def tasks(monkeypatch):
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_ecs as ecs

    found = Tasks()
    service = ecs.StateTaskServiceEcs
    monkeypatch.setattr(
        service, "_eval_service_task", lambda self, *args, **named: found.start(self, *args, *named.values())
    )
    monkeypatch.setattr(
        service, "_build_sync_resolver", lambda self, *args, **named: found.wait(self, *args, *named.values())
    )
    return found


def test_a_job_is_a_task_that_is_given_its_message_and_leaves_the_slot_free(cloud, tasks):
    assert cloud.run()["status"] == "SUCCEEDED"
    (asked,) = tasks.run
    (container,) = asked["Overrides"]["ContainerOverrides"]
    assert container["Name"] == "large"
    (variable,) = container["Environment"]
    assert (variable["Name"], json.loads(variable["Value"])) == ("MESSAGE", MESSAGE)
    assert asked["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] == "DISABLED"
    assert cloud.item("slots") == {"job_id": "slots"}
    assert cloud.dead() == []


def test_a_task_that_fails_once_is_run_again(cloud, tasks):
    tasks.failures = 1
    assert cloud.run()["status"] == "SUCCEEDED"
    assert len(tasks.run) == 2
    assert cloud.dead() == []


def test_a_task_that_fails_each_time_leaves_a_dead_letter_an_error_and_a_free_slot(cloud, tasks):
    cloud.table.put_item(Item={"job_id": JOB, "status": "RUNNING"})
    tasks.failures = 2
    found = cloud.run()
    assert (found["status"], found["error"]) == ("FAILED", "TaskFailed")
    assert len(tasks.run) == 2
    assert cloud.dead() == [MESSAGE]
    assert cloud.item("slots") == {"job_id": "slots"}
    job = cloud.item(JOB)
    assert (job["status"], job["tries"]) == ("RUNNING", 1)
    assert job["last_error"].endswith(f"in execution {JOB}-0")


def test_a_job_waits_while_all_slots_are_taken_and_goes_on_when_one_is_free(cloud, tasks):
    cloud.table.put_item(Item={"job_id": "slots", "holders": {"another-0"}})
    waiting = cloud.run(seconds=3)
    assert waiting["status"] == "RUNNING"
    assert tasks.run == []
    cloud.table.update_item(
        Key={"job_id": "slots"},
        UpdateExpression="DELETE holders :own",
        ExpressionAttributeValues={":own": {"another-0"}},
    )
    assert cloud.ended(waiting["executionArn"])["status"] == "SUCCEEDED"
    assert len(tasks.run) == 1


def test_as_many_jobs_run_at_once_as_there_are_slots(cloud, tasks):
    cloud.table.put_item(Item={"job_id": "slots", "holders": {"another-0"}})
    assert cloud.run(at_once=2)["status"] == "SUCCEEDED"
    assert cloud.item("slots")["holders"] == {"another-0"}


def test_an_execution_that_has_its_slot_already_takes_no_second_one(cloud, tasks):
    cloud.table.put_item(Item={"job_id": "slots", "holders": {f"{JOB}-0"}})
    assert cloud.run()["status"] == "SUCCEEDED"


def test_what_waits_for_a_day_fits_into_an_executions_history(cloud):
    (waits, _) = definition(cloud.machine)["States"]["TakeSlot"]["Retry"]
    assert waits["IntervalSeconds"] * waits["MaxAttempts"] == 24 * 60 * 60
    assert waits["MaxAttempts"] * EVENTS_OF_A_WAIT < 25_000

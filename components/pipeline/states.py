"""What a state machine does for one job: wait for a slot, run the task, free the slot, keep what failed for good.

In Amazon States Language (https://states-language.net/spec.html). Slots are names of executions in one item of a table:
its condition is what limits how many tasks run at once, as in AWS's "Controlling concurrency in distributed systems"
(https://aws.amazon.com/blogs/compute/controlling-concurrency-in-distributed-systems-using-aws-step-functions/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

KEY = "workflows"
"""The class of data that they hold."""
WAIT_SECONDS, WAITS = 60, 1440
"""A day. Each wait is some events of an execution's history, which holds 25,000
(https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html)."""
TAKEN = "DynamoDB.ConditionalCheckFailedException"
FREE = "attribute_not_exists(holders) OR size(holders) < :most OR contains(holders, :name)"
NAME = {"S.$": "$$.Execution.Name"}
OWN = {"SS.$": "States.Array($$.Execution.Name)"}
SLOTS = {"job_id": {"S": "slots"}}
"""The item; its key is that of the table of jobs."""
SHORTLY = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 5, "MaxAttempts": 5, "BackoffRate": 2}
FAILURE = "$.failure"


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What the states name.

    Attributes:
        table: of jobs.
        cluster: ARN of the ECS cluster.
        task: ARN of the task definition.
        container: in it.
        network: subnets and security groups, as RunTask has them.
        dead_letters: URL of the queue for messages of jobs that failed for good.
        at_once: tasks at most.
        attempts: how often a task is run for one job.
        timeout_seconds: after which one is stopped.
    """

    table: str
    cluster: str
    task: str
    container: str
    network: dict[str, Any]
    dead_letters: str
    at_once: int
    attempts: int
    timeout_seconds: int


def definition(machine: Machine) -> dict[str, Any]:
    """The state machine. Its input has ``job`` and ``message``; the container is given the latter as ``MESSAGE``."""
    caught = [{"ErrorEquals": ["States.ALL"], "ResultPath": FAILURE, "Next": "FreeSlot"}]
    again = {
        "ErrorEquals": ["States.ALL"],
        "IntervalSeconds": 60,
        "MaxAttempts": machine.attempts - 1,
        "BackoffRate": 2,
    }
    waits = {"ErrorEquals": [TAKEN], "IntervalSeconds": WAIT_SECONDS, "MaxAttempts": WAITS, "BackoffRate": 1}
    most = {"N": str(machine.at_once)}
    return {
        "Comment": "Runs a task for a job, so many at once",
        "StartAt": "TakeSlot",
        "States": {
            "TakeSlot": {
                **update(machine, SLOTS, "ADD holders :own", {":own": OWN, ":name": NAME, ":most": most}, FREE),
                "Retry": [waits, SHORTLY],
                "Catch": caught,
                "Next": "RunTask",
            },
            "RunTask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::ecs:runTask.sync",
                "Parameters": run_task(machine),
                "TimeoutSeconds": machine.timeout_seconds,
                "ResultPath": None,
                "Retry": [again],
                "Catch": caught,
                "Next": "FreeSlot",
            },
            "FreeSlot": {
                **update(machine, SLOTS, "DELETE holders :own", {":own": OWN}),
                "Retry": [SHORTLY],
                "Next": "HasFailed",
            },
            "HasFailed": {
                "Type": "Choice",
                "Choices": [{"Variable": FAILURE, "IsPresent": True, "Next": "NoteFailure"}],
                "Default": "Done",
            },
            "NoteFailure": {
                **update(
                    machine,
                    {"job_id": {"S.$": "$.job"}},
                    "SET last_error = :error ADD tries :one",
                    {
                        ":error": {"S.$": "States.Format('{} in execution {}', $.failure.Error, $$.Execution.Name)"},
                        ":one": {"N": "1"},
                    },
                ),
                "Retry": [SHORTLY],
                "Next": "KeepMessage",
            },
            "KeepMessage": {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"QueueUrl": machine.dead_letters, "MessageBody.$": "States.JsonToString($.message)"},
                "ResultPath": None,
                "Retry": [SHORTLY],
                "Next": "Failed",
            },
            "Failed": {"Type": "Fail", "Error": "TaskFailed", "CausePath": "$.failure.Cause"},
            "Done": {"Type": "Succeed"},
        },
    }


def update(
    machine: Machine, key: dict[str, Any], expression: str, values: dict[str, Any], condition: str | None = None
) -> dict[str, Any]:
    """A change of an item, whose answer nobody needs."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:updateItem",
        "Parameters": {
            "TableName": machine.table,
            "Key": key,
            "UpdateExpression": expression,
            **({"ConditionExpression": condition} if condition else {}),
            "ExpressionAttributeValues": values,
        },
        "ResultPath": None,
    }


def run_task(machine: Machine) -> dict[str, Any]:
    """A task for this message, in private subnets."""
    message = {"Name": "MESSAGE", "Value.$": "States.JsonToString($.message)"}
    return {
        "Cluster": machine.cluster,
        "TaskDefinition": machine.task,
        "LaunchType": "FARGATE",
        "NetworkConfiguration": {"AwsvpcConfiguration": {**machine.network, "AssignPublicIp": "DISABLED"}},
        "PropagateTags": "TASK_DEFINITION",
        "Overrides": {"ContainerOverrides": [{"Name": machine.container, "Environment": [message]}]},
    }

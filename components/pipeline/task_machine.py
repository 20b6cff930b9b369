"""A state machine that runs a task for each job that is too large for a function: retries, limit, dead letters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, sfn

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.log_group import delivery_policy, log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.pipeline.states import KEY, Machine, definition
from components.queues.message_queues import MessageQueues
from components.service.cluster import ContainerCluster
from components.service.container_task import ContainerTask
from components.service.task import SERVICE as TASKS
from components.table.table import Table

LONGEST_NAME = 80
"""Characters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html"""
LOGS = "/aws/vendedlogs/states/"
KEY_REUSE_SECONDS = 300
"""How long Step Functions uses one data key, 60 to 900."""
MANAGED_RULE = "rule/StepFunctionsGetEventsForECSTaskRule"
"""By which Step Functions learns that a task has stopped."""
ENDS = {"failed": "ExecutionsFailed", "timedout": "ExecutionsTimedOut", "aborted": "ExecutionsAborted"}


@dataclass(frozen=True, kw_only=True)
class TaskMachineArgs:
    """What the state machine needs.

    Attributes:
        context: keys ``workflows`` and ``logs``, topic ``critical``.
        task: what runs for a job; it ends with 0 where the job is done, or will never be.
        cluster: where it runs.
        subnet_ids: private ones, one in each zone.
        security_group_ids: what the task carries.
        table: of the jobs, by ``job_id``; the item ``slots`` in it is the machine's own.
        queues: the queues of the program.
        queue: whose dead letters get messages of jobs that failed for good, and which is told of executions that ended
            before their time; it takes events (``producers: [events]``).
        at_once: tasks at most.
        attempts: how often a task is run for one job.
        timeout_seconds: after which one is stopped.

    Raises:
        ValueError: the queue takes no events.
    """

    context: StackContext
    task: ContainerTask
    cluster: ContainerCluster
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    table: Table
    queues: MessageQueues
    queue: str
    at_once: int = 2
    attempts: int = 3
    timeout_seconds: int = 6 * 60 * 60

    def __post_init__(self) -> None:
        if "events" not in self.queues.args.queues.queues[self.queues.declared(self.queue)].producers:
            raise ValueError(f"queue {self.queue}: takes no events; valid: producers: [events]")


class TaskMachine(pulumi.ComponentResource):
    """The state machine, its role and its log; what ends before its time is an alarm, and a message.

    An execution is started with ``{"job": ..., "message": ...}`` under a name of its own: the same name twice is one.

    Attributes:
        arn: of the state machine, known before it exists.
    """

    arn: str

    def __init__(self, name: str, args: TaskMachineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:pipeline:TaskMachine", name, None, opts)
        self.name, self.args, self.environment = name, args, args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = self.environment.tags(component="pipeline", data_class="personal")
        self.role_name = name.removeprefix(f"{self.environment.project}-")
        self.physical_name = self.environment.physical_name(name, LONGEST_NAME)
        self.arn = self.environment.arn("states", f"stateMachine:{self.physical_name}")
        role = ServiceRole(
            name,
            ServiceRoleArgs(
                environment=self.environment,
                service="states.amazonaws.com",
                source_arn=self.arn,
                description="Runs tasks for jobs, so many at once",
                statements=self.statements(),
                tags=self.tags(self.role_name),
            ),
            self.child,
        )
        log, written = self.log()
        sfn.StateMachine(
            name,
            name=self.physical_name,
            role_arn=role.arn,
            definition=self.definition(),
            encryption_configuration={
                "type": "CUSTOMER_MANAGED_KMS_KEY",
                "kms_key_id": args.context.keys[KEY],
                "kms_data_key_reuse_period_seconds": KEY_REUSE_SECONDS,
            },
            # Names of files may be names of people: the history, which is encrypted, has what an execution was given.
            logging_configuration={
                "level": "ERROR",
                "include_execution_data": False,
                "log_destination": log.arn.apply(lambda arn: f"{arn}:*"),
            },
            tracing_configuration={"enabled": True},
            tags=self.tags(self.role_name),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role, written]),
        )
        self.ends()
        self.register_outputs({"arn": self.arn})

    def definition(self) -> pulumi.Output[str]:
        """The states, as JSON."""
        args = self.args

        def written(known: list[str]) -> str:
            cluster, task, dead_letters, *network = known
            subnets = len(args.subnet_ids)
            machine = Machine(
                table=args.table.args.name,
                cluster=cluster,
                task=task,
                container=args.task.container,
                network={"Subnets": network[:subnets], "SecurityGroups": network[subnets:]},
                dead_letters=dead_letters,
                at_once=args.at_once,
                attempts=args.attempts,
                timeout_seconds=args.timeout_seconds,
            )
            return json.dumps(definition(machine))

        dead_letters = args.queues.dead_letter_urls[args.queue]
        known = (args.cluster.arn, args.task.arn, dead_letters, *args.subnet_ids, *args.security_group_ids)
        return pulumi.Output.all(*known).apply(written)

    def log(self) -> tuple[cloudwatch.LogGroup, cloudwatch.LogResourcePolicy]:
        """Failures, and what lets Step Functions' log delivery write them: its role may not change such policies."""
        path = f"{LOGS}{self.physical_name}"
        group = log_group(self.name, self.args.context, path, self.tags(self.role_name), self)
        return group, delivery_policy(self.name, self.args.context, path, "StateMachineWrites", self.child)

    def statements(self) -> list[Statement]:
        """What the states do, and its log and traces: https://docs.aws.amazon.com/step-functions/latest/dg/ecs-iam.html."""
        args, environment = self.args, self.environment
        in_cluster = {"ArnEquals": {"ecs:cluster": environment.arn("ecs", f"cluster/{args.cluster.cluster_name}")}}
        # Without DeleteLogDelivery and PutResourcePolicy, which Step Functions' page has too: the boundary denies them.
        deliveries = ("CreateLogDelivery", "GetLogDelivery", "ListLogDeliveries", "UpdateLogDelivery")
        deliveries += ("DescribeLogGroups", "DescribeResourcePolicies")
        traces = ("GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments")
        use, key = ["kms:Decrypt", "kms:GenerateDataKey"], [args.context.keys[KEY]]
        of_machine = {"StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": self.arn}}
        of_log = {"StringEquals": {"kms:EncryptionContext:SourceArn": environment.arn("logs", "*")}}
        return [
            Statement(
                sid="RunTasks",
                actions=["ecs:RunTask"],
                resources=[environment.arn("ecs", f"task-definition/{args.task.family}:*")],
                conditions=in_cluster,
            ),
            Statement(
                sid="WatchTasks",
                actions=["ecs:DescribeTasks", "ecs:StopTask"],
                resources=[environment.arn("ecs", f"task/{args.cluster.cluster_name}/*")],
                conditions=in_cluster,
            ),
            Statement(
                sid="TagTasks",
                actions=["ecs:TagResource"],
                resources=[environment.arn("ecs", f"task/{args.cluster.cluster_name}/*")],
                conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
            ),
            Statement(
                sid="PassRolesToTasks",
                actions=["iam:PassRole"],
                resources=[environment.iam_arn(f"role/{role}") for role in args.task.role_names],
                conditions={"StringEquals": {"iam:PassedToService": TASKS}},
            ),
            Statement(
                sid="LearnOfEnds",
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"],
                resources=[environment.arn("events", MANAGED_RULE)],
            ),
            *args.table.grant_update(),
            *args.queues.grant_send_dead_letters(args.queue),
            Statement(sid="EncryptExecutions", actions=use, resources=key, conditions=of_machine),
            Statement(sid="EncryptLog", actions=["kms:GenerateDataKey"], resources=key, conditions=of_log),
            Statement(
                sid="DeliverLog",
                actions=[f"logs:{action}" for action in deliveries],
                resources=[ANY],
                conditions={"StringEquals": {"aws:RequestedRegion": environment.region}},
                allow_any="deliveries have no ARN",
            ),
            Statement(
                sid="WriteTraces",
                actions=[f"xray:{action}" for action in traces],
                resources=[ANY],
                allow_any="traces have no ARN",
            ),
        ]

    def grant_start(self) -> list[Statement]:
        """What a role needs to start executions; Step Functions encrypts with the machine's own role."""
        return [Statement(sid="StartExecutions", actions=["states:StartExecution"], resources=[self.arn])]

    def ends(self) -> None:
        """Executions that failed, took too long or were stopped: the queue is told, and somebody is."""
        physical = self.environment.physical_name(f"{self.name}-ended", 64)
        told = {
            "source": ["aws.states"],
            "detail-type": ["Step Functions Execution Status Change"],
            "detail": {"stateMachineArn": [self.arn], "status": ["ABORTED", "FAILED", "TIMED_OUT"]},
        }
        rule = cloudwatch.EventRule(
            f"{self.name}-ended",
            name=physical,
            description="Executions that ended before their time",
            event_pattern=json.dumps(told),
            tags=self.tags(f"{self.role_name}-ended"),
            opts=self.child,
        )
        queue = self.args.queues.arns[self.args.queue]
        cloudwatch.EventTarget(f"{self.name}-ended", rule=rule.name, arn=queue, opts=self.child)
        total = f"SUM([{', '.join(ENDS)}])"
        Alarms(context=self.args.context, tags=self.tags, parent=self, runbook="queues").add(
            f"{self.name}-failed",
            "critical",
            name=f"{self.physical_name}-failed",
            description="a job's task failed each time, and its message is a dead letter; or somebody stopped it",
            evaluation_periods=1,
            threshold=0,
            metric_queries=[
                {"id": "ended", "expression": total, "label": "ended before their time", "return_data": True},
                *(
                    {
                        "id": each,
                        "metric": {
                            "namespace": "AWS/States",
                            "metric_name": metric,
                            "dimensions": {"StateMachineArn": self.arn},
                            "period": 300,
                            "stat": "Sum",
                        },
                        "return_data": False,
                    }
                    for each, metric in ENDS.items()
                ),
            ],
        )

"""A schedule that does one thing at fixed times, with a role that may do that and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import scheduler

from components.core.context import StackContext
from components.core.iam import Statement, Values
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.encryption.grants import DECRYPT
from components.encryption.key_policy import INPUT_CONTEXT
from components.functions.function import Function


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a schedule does.

    Attributes:
        arn: of a function, or the name that EventBridge Scheduler has for a call of an AWS API.
        statements: what lets the schedule's role do it.
        input: the event of the function, or the parameters of the call, as JSON.
    """

    arn: pulumi.Input[str]
    statements: Sequence[Statement]
    input: pulumi.Input[str] | None = None


def invoking(function: Function) -> Target:
    """Invoke a function, without an event."""
    resource = function.args.context.environment.arn("lambda", f"function:{function.physical_name}")
    statement = Statement(sid="InvokeFunction", actions=["lambda:InvokeFunction"], resources=[resource])
    return Target(arn=function.arn, statements=[statement])


def calling(
    partition: str,
    action: str,
    parameters: Mapping[str, Any],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, Values]],
    *needed: Statement,
) -> Target:
    """Call an AWS API whose operation is named as its IAM action, such as ``ec2:StopInstances``, and needs more."""
    service, _, operation = action.partition(":")
    return Target(
        arn=f"arn:{partition}:scheduler:::aws-sdk:{service}:{operation[0].lower()}{operation[1:]}",
        statements=[
            Statement(sid=operation, actions=[action], resources=resources, conditions=conditions),
            *needed,
        ],
        input=pulumi.Output.json_dumps(parameters),
    )


@dataclass(frozen=True, kw_only=True)
class ScheduleArgs:
    """What a schedule needs.

    Attributes:
        target: what is done.
        expression: ``rate(6 hours)``, or ``cron(minute hour day month weekday year)`` in the stack's time zone.
        description: of what happens then.
        component: the component it works for, as a tag.
    """

    context: StackContext
    target: Target
    expression: str
    description: str
    component: str


class Schedule(pulumi.ComponentResource):
    """The schedule and its role.

    Its input alone is encrypted with a key of the stack: EventBridge Scheduler encrypts nothing else with one, and the
    role decrypts it (https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html).
    """

    def __init__(self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:function:Schedule", name, None, opts)
        environment = args.context.environment
        short = name.removeprefix(f"{environment.project}-")
        physical_name = f"{environment.prefix}-{short}"
        has_input = args.target.input is not None
        role = ServiceRole(
            f"{name}-schedule",
            ServiceRoleArgs(
                environment=environment,
                service="scheduler.amazonaws.com",
                source_arn=environment.arn("scheduler", "schedule-group/default"),
                description=f"On schedule: {args.description}",
                statements=[
                    *args.target.statements,
                    *([decrypting(args.context, physical_name)] if has_input else []),
                ],
                tags=environment.tags(component=args.component, data_class="internal")(f"{short}-schedule"),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        scheduler.Schedule(
            name,
            name=physical_name,
            description=args.description,
            schedule_expression=args.expression,
            schedule_expression_timezone=args.context.time_zone,
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=args.context.keys["functions"] if has_input else None,
            target={"arn": args.target.arn, "role_arn": role.arn, "input": args.target.input},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.register_outputs({})


def decrypting(context: StackContext, schedule: str) -> Statement:
    """Decrypt the input of the schedule of this physical name."""
    return Statement(
        sid="DecryptInput",
        actions=DECRYPT,
        resources=[context.keys["functions"]],
        conditions={
            "StringEquals": {INPUT_CONTEXT: context.environment.arn("scheduler", f"schedule/default/{schedule}")}
        },
    )

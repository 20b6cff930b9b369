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
from components.functions.function import Function


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a schedule does.

    Attributes:
        arn: of a function, or the name that EventBridge Scheduler has for a call of an AWS API.
        statement: what lets the schedule's role do it.
        input: the event of the function, or the parameters of the call, as JSON.
    """

    arn: pulumi.Input[str]
    statement: Statement
    input: pulumi.Input[str] | None = None


def invoking(function: Function) -> Target:
    """Invoke a function, without an event."""
    resource = function.args.context.environment.arn("lambda", f"function:{function.physical_name}")
    statement = Statement(sid="InvokeFunction", actions=["lambda:InvokeFunction"], resources=[resource])
    return Target(arn=function.arn, statement=statement)


def calling(
    partition: str,
    action: str,
    parameters: Mapping[str, Any],
    resources: Sequence[str],
    conditions: Mapping[str, Mapping[str, Values]],
) -> Target:
    """Call an AWS API whose operation is named as its IAM action, such as ``ec2:StopInstances``."""
    service, _, operation = action.partition(":")
    return Target(
        arn=f"arn:{partition}:scheduler:::aws-sdk:{service}:{operation[0].lower()}{operation[1:]}",
        statement=Statement(sid=operation, actions=[action], resources=resources, conditions=conditions),
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
    """The schedule and its role."""

    def __init__(self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:function:Schedule", name, None, opts)
        environment = args.context.environment
        short = name.removeprefix(f"{environment.project}-")
        role = ServiceRole(
            f"{name}-schedule",
            ServiceRoleArgs(
                environment=environment,
                service="scheduler.amazonaws.com",
                source_arn=environment.arn("scheduler", "schedule-group/default"),
                description=f"On schedule: {args.description}",
                statements=[args.target.statement],
                tags=environment.tags(component=args.component, data_class="internal")(f"{short}-schedule"),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        scheduler.Schedule(
            name,
            name=f"{environment.prefix}-{short}",
            description=args.description,
            schedule_expression=args.expression,
            schedule_expression_timezone=args.context.time_zone,
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=args.context.keys["functions"],
            target={"arn": args.target.arn, "role_arn": role.arn, "input": args.target.input},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.register_outputs({})

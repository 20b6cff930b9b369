"""A schedule that invokes a function, with a role that may invoke that function and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import scheduler

from components.encryption import DataKey
from components.foundation import Foundation
from components.function import Function
from components.iam import Statement
from components.service_role import ServiceRole, ServiceRoleArgs

TIME_ZONE = "Asia/Jakarta"
"""WIB, UTC+7, without summer time."""


@dataclass(frozen=True, kw_only=True)
class ScheduleArgs:
    """What a schedule needs.

    Attributes:
        foundation: of the stack.
        function: what is invoked.
        expression: ``rate(6 hours)``, or ``cron(minute hour day month weekday year)`` in Jakarta time.
        description: of what happens then.
        component: the component it works for, as a tag.
    """

    foundation: Foundation
    function: Function
    expression: str
    description: str
    component: str


class Schedule(pulumi.ComponentResource):
    """The schedule and its role."""

    def __init__(self, name: str, args: ScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("smile:function:Schedule", name, None, opts)
        environment = args.foundation.environment
        role_name = f"{name.removeprefix(f'{environment.project}-')}-schedule"
        role = ServiceRole(
            f"{name}-schedule",
            ServiceRoleArgs(
                environment=environment,
                service="scheduler.amazonaws.com",
                source_arn=environment.arn("scheduler", "schedule-group/default"),
                description=f"Invokes: {args.description}",
                statements=[
                    Statement(
                        sid="InvokeFunction",
                        actions=["lambda:InvokeFunction"],
                        resources=[environment.arn("lambda", f"function:{args.function.physical_name}")],
                    )
                ],
                tags=environment.tags(component=args.component, data_class="internal")(role_name),
            ),
            pulumi.ResourceOptions(parent=self),
        )
        scheduler.Schedule(
            name,
            name=args.function.physical_name,
            description=args.description,
            schedule_expression=args.expression,
            schedule_expression_timezone=TIME_ZONE,
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=args.foundation.keys[DataKey.FUNCTIONS],
            target={"arn": args.function.arn, "role_arn": role.arn},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.register_outputs({})

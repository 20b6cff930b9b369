"""The database of development is stopped outside working hours."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from components.core.context import StackContext
from components.core.iam import Statement
from components.functions.schedule import Schedule, ScheduleArgs, calling
from components.patching.documents import switch_database
from components.patching.runbook import Runbook, RunbookArgs
from components.patching.settings import DatabaseHours


@dataclass(frozen=True, kw_only=True)
class DatabaseScheduleArgs:
    """What it needs.

    Attributes:
        identifier: of the instance.
        hours: when it runs.
    """

    context: StackContext
    identifier: str
    hours: DatabaseHours


class DatabaseSchedule(pulumi.ComponentResource):
    """The runbook, and two schedules that start it: one for working days, one for every evening."""

    def __init__(self, name: str, args: DatabaseScheduleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:patching:DatabaseSchedule", name, None, opts)
        environment, child = args.context.environment, pulumi.ResourceOptions(parent=self)
        runbook = Runbook(
            name,
            RunbookArgs(
                environment=environment,
                document=switch_database,
                description="Starts and stops the database",
                statements=[
                    Statement(
                        sid="SwitchDatabase",
                        actions=["rds:DescribeDBInstances", "rds:StartDBInstance", "rds:StopDBInstance"],
                        resources=[environment.arn("rds", f"db:{args.identifier}")],
                    )
                ],
            ),
            child,
        )
        start, passing = runbook.starting()
        for call, state, expression in (
            ("start", "started", f"cron(0 {args.hours.start} ? * MON-FRI *)"),
            ("stop", "stopped", f"cron(0 {args.hours.stop} * * ? *)"),
        ):
            target = calling(
                environment.partition,
                "ssm:StartAutomationExecution",
                {
                    "DocumentName": runbook.document_name,
                    "Parameters": {"Database": [args.identifier], "State": [state]},
                },
                [resource for resource in start.resources if isinstance(resource, str)],
                {},
                passing,
            )
            Schedule(
                f"{name}-{call}",
                ScheduleArgs(
                    context=args.context,
                    target=target,
                    expression=expression,
                    description=f"Working hours of the database: {call}",
                    component="patching",
                ),
                pulumi.ResourceOptions(parent=self, depends_on=[runbook]),
            )
        self.register_outputs({"documentName": runbook.document_name})

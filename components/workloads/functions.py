"""The application's own functions, as the settings list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import lambda_

from components.functions.function import Function, FunctionArgs, Placement
from components.functions.schedule import Schedule, ScheduleArgs, invoking
from components.functions.settings import ApplicationFunction
from components.functions.settings import Functions as FunctionsSettings
from components.workloads.grants import DataTier

COMPONENT = "functions"


@dataclass(frozen=True, kw_only=True)
class FunctionsArgs:
    """What the application's functions need.

    Attributes:
        settings: the functions.
        data: the queues, buckets, secrets and cache that they use.
        placement: where in the VPC they run.
    """

    settings: FunctionsSettings
    data: DataTier
    placement: Placement


class Functions(pulumi.ComponentResource):
    """Each function with a role for what its settings name, the queues that feed it, and its schedule.

    Attributes:
        arns: name -> ARN.
    """

    arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: FunctionsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:function:Functions", name, None, opts)
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.arns = {
            each: self.function(f"{name}-function-{each}", each, settings).arn
            for each, settings in args.settings.application.items()
        }
        self.register_outputs({"arns": self.arns})

    def function(self, name: str, title: str, settings: ApplicationFunction) -> Function:
        """One function and what starts it."""
        data, description = self.args.data, settings.description or f"Application function {title}"
        function = Function(
            name,
            FunctionArgs(
                context=data.context,
                component=COMPONENT,
                data_class="personal",
                description=description,
                code=settings.folder(title),
                packages=settings.packages,
                statements=data.statements(settings),
                environment={**settings.variables, **data.variables(settings)},
                runtime=settings.runtime,
                timeout_seconds=settings.timeout_seconds,
                memory_mib=settings.memory_mib,
                concurrency=settings.concurrency,
                placement=self.args.placement,
            ),
            self.child,
        )
        for queue in settings.receives:
            self.feed(f"{name}-{queue}", function, queue, settings)
        if settings.schedule:
            schedule = ScheduleArgs(
                context=data.context,
                target=invoking(function),
                expression=settings.schedule,
                description=description,
                component=COMPONENT,
            )
            Schedule(name, schedule, self.child)
        return function

    def feed(self, name: str, function: Function, queue: str, settings: ApplicationFunction) -> None:
        """Give a queue's messages to the function; those that it names as failed, and no others, come again."""
        data = self.args.data
        lambda_.EventSourceMapping(
            name,
            event_source_arn=data.queues.arns[queue],
            function_name=function.arn,
            batch_size=settings.batch_size,
            function_response_types=["ReportBatchItemFailures"],
            # No more than its reserved concurrency: what is refused would count as a failure of the message.
            scaling_config={"maximum_concurrency": settings.concurrency},
            tags=data.environment.tags(component=COMPONENT, data_class="personal")(name),
            opts=self.child,
        )

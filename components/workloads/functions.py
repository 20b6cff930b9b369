"""The application's own functions, as the settings list them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import lambda_

from components.core.context import StackContext
from components.core.iam import Statement
from components.functions.function import Function, FunctionArgs, Placement
from components.functions.schedule import Schedule, ScheduleArgs, invoking
from components.functions.settings import ApplicationFunction
from components.functions.settings import Functions as FunctionsSettings

COMPONENT = "functions"


@dataclass(frozen=True, kw_only=True)
class FunctionsArgs:
    """What the application's functions need.

    Attributes:
        settings: the functions.
        statements: function -> what it may do.
        variables: function -> environment variables that say where what it uses is, none of them secret.
        queue_arns: queue that some function is given messages of -> ARN.
        placement: where in the VPC they run.
    """

    context: StackContext
    settings: FunctionsSettings
    statements: Mapping[str, Sequence[Statement]]
    variables: Mapping[str, Mapping[str, pulumi.Input[str]]]
    queue_arns: Mapping[str, pulumi.Input[str]]
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
        args, description = self.args, settings.description or f"Application function {title}"
        function = Function(
            name,
            FunctionArgs(
                context=args.context,
                component=COMPONENT,
                data_class="personal",
                description=description,
                code=settings.folder(title),
                packages=settings.packages,
                statements=args.statements[title],
                environment={**settings.variables, **args.variables[title]},
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
                context=args.context,
                target=invoking(function),
                expression=settings.schedule,
                description=description,
                component=COMPONENT,
            )
            Schedule(name, schedule, self.child)
        return function

    def feed(self, name: str, function: Function, queue: str, settings: ApplicationFunction) -> None:
        """Give a queue's messages to the function; those that it names as failed, and no others, come again."""
        lambda_.EventSourceMapping(
            name,
            event_source_arn=self.args.queue_arns[queue],
            function_name=function.arn,
            batch_size=settings.batch_size,
            function_response_types=["ReportBatchItemFailures"],
            # No more than it may reserve: what is refused would count as a failure of the message.
            scaling_config={"maximum_concurrency": settings.concurrency},
            tags=self.args.context.environment.tags(component=COMPONENT, data_class="personal")(name),
            opts=self.child,
        )

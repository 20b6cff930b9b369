"""A task on ECS Fargate that is run when there is work for it: its definition, its roles, its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ecs

from components.core.context import StackContext
from components.core.environment import DataClass
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole
from components.service.settings import ContainerTask as Settings
from components.service.task import SCRATCH, container, start_up, task_role


@dataclass(frozen=True, kw_only=True)
class ContainerTaskArgs:
    """What a task needs.

    Attributes:
        context: key ``logs``.
        settings: image, size, disk.
        data_class: how sensitive the data is that it touches.
        statements: what the code in the container may do.
        variables: environment variables; never a secret. Whoever runs the task may add others.
        repository_arns: of the repositories in ECR that images come from.
    """

    context: StackContext
    settings: Settings
    data_class: DataClass
    statements: Sequence[Statement] = ()
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    repository_arns: Sequence[pulumi.Input[str]] = ()


class ContainerTask(pulumi.ComponentResource):
    """The definition of a task; nothing runs, and nothing is paid for, until somebody runs it.

    Attributes:
        arn: of the task definition, with its revision.
        family: its name, without.
        container: the name of its container.
        role_names: of the roles that whoever runs it passes to ECS.
        log_group_name: where the container's output is.
    """

    arn: pulumi.Output[str]
    family: str
    container: str
    role_names: Sequence[str]
    log_group_name: str

    def __init__(self, name: str, args: ContainerTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:service:ContainerTask", name, None, opts)
        self.name, self.args, environment = name, args, args.context.environment
        self.container = name.removeprefix(f"{environment.project}-")
        self.family = f"{environment.prefix}-{self.container}"
        self.log_group_name = f"/{environment.project}/{environment.name}/{self.container}"
        self.tags = environment.tags(component="service", data_class=args.data_class)
        self.child = pulumi.ResourceOptions(parent=self)
        logs = log_group(name, args.context, self.log_group_name, self.tags(self.container), self)
        roles = {
            "task": self.role("task", "What the task may do", args.statements),
            "execution": self.role(
                "execution", "Starts the task", start_up(args.context, self.log_group_name, (), args.repository_arns)
            ),
        }
        self.role_names = [environment.physical_name(f"{name}-{role}", 64) for role in roles]
        self.arn = self.definition(roles, logs).arn
        self.register_outputs({"arn": self.arn, "family": self.family, "logGroupName": self.log_group_name})

    def role(self, role: str, description: str, statements: Sequence[Statement]) -> ServiceRole:
        """Of the tasks, by what it is for."""
        about, tags = f"{description}: {self.family}", self.tags(f"{self.container}-{role}")
        return ServiceRole(f"{self.name}-{role}", task_role(self.args.context, about, statements, tags), self.child)

    def definition(self, roles: Mapping[str, ServiceRole], logs: pulumi.Resource) -> ecs.TaskDefinition:
        """What one task is; a change makes a new revision."""
        args, settings = self.args, self.args.settings
        log_options = {
            "awslogs-group": self.log_group_name,
            "awslogs-region": args.context.environment.region,
            "awslogs-stream-prefix": self.container,
        }
        made = container(self.container, settings, log_options, args.variables, {})
        return ecs.TaskDefinition(
            self.name,
            family=self.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu_units),
            memory=str(settings.memory_mib),
            ephemeral_storage={"size_in_gib": settings.disk_gib},
            runtime_platform={"cpu_architecture": settings.architecture, "operating_system_family": "LINUX"},
            execution_role_arn=roles["execution"].arn,
            task_role_arn=roles["task"].arn,
            container_definitions=pulumi.Output.json_dumps([made]),
            volumes=[{"name": SCRATCH}],
            tags=self.tags(self.container),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs, *roles.values()]),
        )

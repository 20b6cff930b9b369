"""A container service on ECS Fargate: tasks in private subnets, replaced safely, as many as there is work for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
from pulumi_aws import ecs, servicediscovery

from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.iam import Statement
from components.core.log_group import log_group
from components.core.service_role import ServiceRole
from components.service.alarms import service_alarms
from components.service.cluster import ContainerCluster, ContainerClusterArgs
from components.service.scaling import scale
from components.service.settings import ContainerService as Settings
from components.service.target import Listener, ServiceTarget, ServiceTargetArgs
from components.service.task import SCRATCH, container, start_up, task_role

GRACE_SECONDS = 60
"""How long a new task's failing health checks count for nothing."""


@dataclass(frozen=True, kw_only=True)
class ContainerServiceArgs:
    """What a service needs.

    Attributes:
        context: keys ``logs`` and, where it is given secrets, ``secrets``; topics.
        settings: image, size, number of tasks.
        subnet_ids: private ones, one in each zone.
        security_group_ids: what the tasks carry.
        statements: what the code in the container may do.
        variables: environment variables that come of other resources; never a secret.
        secrets: environment variable -> ARN of a secret, or ARN with ``:KEY::`` for one key of its JSON. The container
            gets the value when it starts: after a rotation, tasks must be replaced.
        secret_arns: of the secrets that ``secrets`` names, for ECS to read.
        repository_arns: of the repositories in ECR that images come from; none of a registry that everybody may use.
        listener: where requests come from; None for a service that takes none, or is found by its address.
        cluster: where it runs; None for a cluster of its own.
        is_found_by_name: others find its tasks in the cluster's namespace.
        sidecars: more containers of each task, as ECS's API has them, such as a collector of traces.

    Raises:
        ValueError: secrets without their ARNs; requests to a service that has no port, or no cluster with names.
    """

    context: StackContext
    settings: Settings
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    statements: Sequence[Statement] = ()
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    secret_arns: Sequence[pulumi.Input[str]] = ()
    repository_arns: Sequence[pulumi.Input[str]] = ()
    listener: Listener | None = None
    cluster: ContainerCluster | None = None
    is_found_by_name: bool = False
    sidecars: Sequence[Mapping[str, Any]] = ()

    def __post_init__(self) -> None:
        if self.secrets and not self.secret_arns:
            raise ValueError(f"secret_arns: none, and the container is given {', '.join(sorted(self.secrets))}")
        if self.listener or self.is_found_by_name:
            _ = self.settings.tls_port
        if self.is_found_by_name and self.cluster is None:
            raise ValueError("cluster: none, and is_found_by_name takes one with a namespace")


class ContainerService(pulumi.ComponentResource):
    """A service in a cluster; a deployment whose tasks don't become healthy is rolled back.

    Attributes:
        cluster_name: of the cluster; one of the service's own is called as the service is.
        cluster_arn: of the cluster.
        service_name: of the service.
        host: by which others in the VPC find its tasks, such as ``api.acme-prod.internal``; None without.
        service_arn: of the service.
        task_definition_arn: with its revision.
        task_role_arn: of the code in the container.
        execution_role_arn: of ECS, to start a task.
        log_group_name: where the container's output is.
        target_group_arn: None without a listener.
    """

    cluster_name: str
    cluster_arn: pulumi.Output[str]
    service_name: str
    host: str | None
    service_arn: pulumi.Output[str]
    task_definition_arn: pulumi.Output[str]
    task_role_arn: pulumi.Output[str]
    execution_role_arn: pulumi.Output[str]
    log_group_name: str
    target_group_arn: pulumi.Output[str] | None

    def __init__(self, name: str, args: ContainerServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:service:ContainerService", name, None, opts)
        environment = args.context.environment
        self.name = name
        self.args = args
        self.role = name.removeprefix(f"{environment.project}-")
        self.service_name = f"{environment.prefix}-{self.role}"
        self.log_group_name = f"/{environment.project}/{environment.name}/{self.role}"
        self.tags = environment.tags(component="service", data_class="personal")
        self.child = pulumi.ResourceOptions(parent=self)

        logs = log_group(name, args.context, self.log_group_name, self.tags(self.role), self)
        task_role = self.task_role("task", "What the service may do", args.statements)
        secrets = start_up(args.context, self.log_group_name, args.secret_arns, args.repository_arns)
        execution_role = self.task_role("execution", "Starts the service's tasks", secrets)
        task = self.task(task_role, execution_role)
        cluster = args.cluster or self.own_cluster()
        registry = cluster.registry(name, self.role, self) if args.is_found_by_name else None
        target = self.target(args.listener) if args.listener else None
        service = self.service(cluster, task, target, registry, [logs, task_role, execution_role])
        tags = self.tags(self.role)
        scale(name, args.settings, cluster.cluster_name, self.service_name, tags, parent=self, after=service)
        if args.settings.alarms:
            alarms = Alarms(context=args.context, tags=self.tags, parent=self, runbook="services")
            behind = (target, args.listener.load_balancer_suffix) if target and args.listener else None
            of_service = {"ClusterName": cluster.cluster_name, "ServiceName": self.service_name}
            service_alarms(name, alarms, of_service, args.settings, behind)

        self.cluster_name, self.cluster_arn, self.service_arn = cluster.cluster_name, cluster.arn, service.id
        self.host = f"{self.role}.{cluster.namespace}" if registry else None
        self.task_definition_arn = task.arn
        self.task_role_arn, self.execution_role_arn = task_role.arn, execution_role.arn
        self.target_group_arn = target.arn if target else None
        self.register_outputs(
            {
                "clusterName": self.cluster_name,
                "clusterArn": self.cluster_arn,
                "serviceName": self.service_name,
                "host": self.host,
                "serviceArn": self.service_arn,
                "taskDefinitionArn": self.task_definition_arn,
                "taskRoleArn": self.task_role_arn,
                "executionRoleArn": self.execution_role_arn,
                "logGroupName": self.log_group_name,
                "targetGroupArn": self.target_group_arn,
            }
        )

    def task_role(self, role: str, description: str, statements: Sequence[Statement]) -> ServiceRole:
        """Of the tasks, by what it is for."""
        about, tags = f"{description}: {self.service_name}", self.tags(f"{self.role}-{role}")
        return ServiceRole(f"{self.name}-{role}", task_role(self.args.context, about, statements, tags), self.child)

    def own_cluster(self) -> ContainerCluster:
        """A cluster for this service alone."""
        args = ContainerClusterArgs(context=self.args.context, name=self.service_name)
        return ContainerCluster(self.name, args, self.child)

    def task(self, task_role: ServiceRole, execution_role: ServiceRole) -> ecs.TaskDefinition:
        """What one task is; a change makes a new revision, to which the service moves."""
        args, settings = self.args, self.args.settings
        log_options = {
            "awslogs-group": self.log_group_name,
            "awslogs-region": args.context.environment.region,
            "awslogs-stream-prefix": self.role,
        }
        made = container(self.role, settings, log_options, args.variables, args.secrets)
        return ecs.TaskDefinition(
            self.name,
            family=self.service_name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(settings.cpu_units),
            memory=str(settings.memory_mib),
            runtime_platform={"cpu_architecture": settings.architecture, "operating_system_family": "LINUX"},
            execution_role_arn=execution_role.arn,
            task_role_arn=task_role.arn,
            container_definitions=pulumi.Output.json_dumps([made, *args.sidecars]),
            volumes=[{"name": SCRATCH}],
            tags=self.tags(self.role),
            opts=self.child,
        )

    def service(
        self,
        cluster: ContainerCluster,
        task: ecs.TaskDefinition,
        target: ServiceTarget | None,
        registry: servicediscovery.Service | None,
        dependencies: Sequence[pulumi.Resource],
    ) -> ecs.Service:
        """The tasks. How many there are is the scaling's to say, from the first on."""
        args, settings = self.args, self.args.settings
        return ecs.Service(
            self.name,
            name=self.service_name,
            cluster=cluster.arn,
            task_definition=task.arn,
            launch_type="FARGATE",
            platform_version="LATEST",
            desired_count=settings.min_tasks,
            availability_zone_rebalancing="ENABLED",
            network_configuration={
                "subnets": list(args.subnet_ids),
                "security_groups": list(args.security_group_ids),
                "assign_public_ip": False,
            },
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            load_balancers=(
                [{"target_group_arn": target.arn, "container_name": self.role, "container_port": settings.tls_port}]
                if target
                else None
            ),
            service_registries={"registry_arn": registry.arn} if registry else None,
            health_check_grace_period_seconds=GRACE_SECONDS if target else None,
            wait_for_steady_state=True,
            tags=self.tags(self.role),
            # Its roles' permissions, its log group and the way to it first: ECS starts tasks at once.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[*dependencies, *([target] if target else [])],
                ignore_changes=["desiredCount"],
            ),
        )

    def target(self, listener: Listener) -> ServiceTarget:
        """The way of requests to the tasks."""
        args = ServiceTargetArgs(
            environment=self.args.context.environment,
            role=self.role,
            settings=self.args.settings,
            listener=listener,
            tags=self.tags,
        )
        return ServiceTarget(self.name, args, self.child)

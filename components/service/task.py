"""The task of a container: its definition, and what ECS does to start it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.core.context import StackContext
from components.core.iam import ANY, Statement
from components.core.service_role import ServiceRoleArgs
from components.encryption.grants import DECRYPT, grant_key
from components.service.settings import Container, ContainerService

SERVICE = "ecs-tasks.amazonaws.com"
USER = "10001"
"""Whom the container runs as, whatever its image says; nobody on the host."""
SCRATCH = "scratch"
SCRATCH_PATH = "/tmp"  # noqa: S108 - the task's own
HEALTH = {"interval": 30, "timeout": 10, "retries": 3, "startPeriod": 60}
"""Seconds, but for the retries."""
LOG_BUFFER = "25m"
"""What is held back while CloudWatch Logs is slow; then the oldest lines go, and not the service."""


def container(
    name: str,
    settings: Container,
    log_options: Mapping[str, str],
    variables: Mapping[str, pulumi.Input[str]],
    secrets: Mapping[str, pulumi.Input[str]],
) -> dict[str, Any]:
    """The container, as ECS's API has it: without privileges, on a root file system that it can't write to."""
    own: dict[str, Any] = {"command": list(settings.command)} if settings.command else {}
    port = None
    if isinstance(settings, ContainerService):
        port = settings.port
        if settings.health_command:
            own["healthCheck"] = {"command": ["CMD", *settings.health_command], **HEALTH}
    ports = [{"containerPort": port, "hostPort": port, "protocol": "tcp"}] if port else []
    return {
        "name": name,
        "image": settings.image,
        **own,
        "essential": True,
        "user": USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "portMappings": ports,
        "mountPoints": [{"sourceVolume": SCRATCH, "containerPath": SCRATCH_PATH, "readOnly": False}],
        "environment": [
            {"name": key, "value": value} for key, value in sorted({**settings.variables, **variables}.items())
        ],
        "secrets": [{"name": key, "valueFrom": arn} for key, arn in sorted(secrets.items())],
        "stopTimeout": settings.stop_seconds,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {**log_options, "mode": "non-blocking", "max-buffer-size": LOG_BUFFER},
        },
    }


def start_up(
    context: StackContext,
    log_path: str,
    secrets: Sequence[pulumi.Input[str]],
    repositories: Sequence[pulumi.Input[str]],
) -> list[Statement]:
    """What ECS itself does to start a task: write its log, pull its image, read the secrets that it is given."""
    logs = context.environment.arn("logs", f"log-group:{log_path}:*")
    statements = [
        Statement(sid="WriteLogs", actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[logs]),
    ]
    if repositories:
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        statements += [
            Statement(
                sid="LogInToRegistry",
                actions=["ecr:GetAuthorizationToken"],
                resources=[ANY],
                allow_any="a login is to the whole registry",
            ),
            Statement(sid="PullImage", actions=pull, resources=list(repositories)),
        ]
    if secrets:
        statements += [
            Statement(sid="ReadSecrets", actions=["secretsmanager:GetSecretValue"], resources=list(secrets)),
            grant_key(context, ["secrets"], "secretsmanager", sid="ReadSecretsWithKey", actions=DECRYPT),
        ]
    return statements


def task_role(
    context: StackContext, description: str, statements: Sequence[Statement], tags: Mapping[str, str]
) -> ServiceRoleArgs:
    """A role that ECS takes on for tasks of this account: of the code in the containers, or to start them."""
    return ServiceRoleArgs(
        environment=context.environment,
        service=SERVICE,
        source_arn=context.environment.arn("ecs", "*"),
        description=description,
        statements=statements,
        tags=tags,
    )

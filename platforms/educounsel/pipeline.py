"""What the pipeline of Educounsel works on and goes by."""

from __future__ import annotations

from components.core.environment import Environment
from components.delivery.deployment_roles import DeploymentRoles, DeploymentRolesArgs
from components.delivery.fleet_services import HANDED_TO, READS, WORK
from components.delivery.permissions import Program
from components.delivery.settings import Deployment
from components.delivery.state import State
from components.stack.stack import Stack
from components.storage.settings import WEB_ACL_LOGS
from platforms.educounsel.settings import NAME

WORKFLOW = ".github/workflows/educounsel.yml"
"""Deploys."""


def pipeline_roles(stack: Stack, settings: Deployment) -> DeploymentRoles:
    """The roles; GitHub's environment carries the program's name, since a repository has others of the stack's."""
    environment = stack.context.environment
    return DeploymentRoles(
        f"{NAME}-delivery",
        DeploymentRolesArgs(
            context=stack.context,
            settings=settings,
            program=program(environment),
            github_environment=environment.prefix,
        ),
        stack.options(),
    )


def program(environment: Environment) -> Program:
    """Buckets are patterns: one that the settings no longer have must go as well."""
    end = f"{environment.name}-{environment.account_id}"
    return Program(
        state_bucket=State(environment).bucket,
        state_key=State(environment).key,
        buckets=[f"{NAME}-*-{end}", f"{WEB_ACL_LOGS}{NAME}-{end}"],
        code_buckets=[],
        work=WORK,
        reads=READS,
        passed_to=HANDED_TO,
        has_apis=False,
        signs_urls=True,
    )

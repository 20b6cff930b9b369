"""How the stack is deployed: the roles of the pipeline."""

from __future__ import annotations

from components.core.environment import Environment
from components.delivery.deployment_roles import DeploymentRoles, DeploymentRolesArgs
from components.delivery.permissions import Program
from components.delivery.services import ORIGIN_LOCK, VPC_LINK_V1, WORK
from components.delivery.state import State
from components.spark.spark_job import CODE
from components.storage.settings import WEB_ACL_LOGS, Storage
from layers.base import NAME, Base
from layers.data import Data, code_bucket
from layers.observability import canary_bucket
from settings.deployment import CI_ROLE, IMAGE_WORKFLOW


def delivery_layer(base: Base, data: Data) -> DeploymentRoles | None:
    """The pipeline's roles; None where the settings leave them out."""
    settings = base.settings.deployment
    if not settings.enabled:
        return None
    return DeploymentRoles(
        f"{NAME}-delivery",
        DeploymentRolesArgs(
            context=base.context,
            settings=settings,
            program=program(
                base.environment,
                base.settings.storage,
                vpc_link_v1=base.settings.api.vpc_link == "v1",
                direct=base.settings.network.ingress == "cloudfront",
            ),
            ci_role=CI_ROLE,
            image_workflow=IMAGE_WORKFLOW,
            push_policy_arn=data.images.push_policy_arn,
        ),
        base.options(),
    )


def program(environment: Environment, storage: Storage, *, vpc_link_v1: bool = False, direct: bool = False) -> Program:
    """SMILE, as its pipeline sees it. Buckets are patterns: one that the settings no longer have must go as well.

    Args:
        environment: of the stack.
        storage: its buckets.
        vpc_link_v1: whether API Gateway reaches the load balancer by a VPC link of version 1.
        direct: whether CloudFront calls the load balancer.
    """
    way_in = [*(VPC_LINK_V1 if vpc_link_v1 else ()), *([ORIGIN_LOCK] if direct else ())]
    root, end = storage.root(environment.project), f"{environment.name}-{environment.account_id}"
    single = [use.name for use in storage.buckets.values() if use.name]
    return Program(
        state_bucket=State(environment).bucket,
        state_key=State(environment).key,
        buckets=[f"{root}-*-{end}", f"{WEB_ACL_LOGS}{root}-{end}", *single],
        code_buckets=[
            code_bucket(environment, storage),
            canary_bucket(environment, storage),
            f"{root}-lake-{end}/{CODE}",
        ],
        work={**WORK, "network": (*WORK["network"], *way_in)},
    )

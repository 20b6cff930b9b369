"""How the stack is deployed: the roles of the pipeline."""

from __future__ import annotations

from components.delivery.deployment_roles import DeploymentRoles, DeploymentRolesArgs
from layers.base import NAME, Base
from layers.data import Data


def delivery_layer(base: Base, data: Data) -> DeploymentRoles | None:
    """The pipeline's roles; None where the settings leave them out."""
    settings = base.settings.deployment
    if not settings.enabled:
        return None
    return DeploymentRoles(
        f"{NAME}-delivery",
        DeploymentRolesArgs(context=base.context, settings=settings, push_policy_arn=data.images.push_policy_arn),
        base.options(),
    )

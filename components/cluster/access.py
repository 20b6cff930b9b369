"""Who may use a cluster: access entries for roles of IAM, and what each kind may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from components.cluster.inputs import ClusterArgs
from components.cluster.settings import Access


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What one kind of people may do.

    Attributes:
        policy: AWS's access policy, for the whole cluster; empty where Kubernetes alone decides.
        group: the group of Kubernetes that they are in; its roles are those of the namespaces.
    """

    policy: str = ""
    group: str = ""


ADMIN = Grant(policy="AmazonEKSClusterAdminPolicy")
VIEWER = Grant(policy="AmazonEKSAdminViewPolicy")
DEPLOYERS, READERS = "deployers", "readers"
"""Groups of Kubernetes: AWS's policies for one namespace would show its secrets, and open a shell in its pods."""


def kubernetes_group(project: str, kind: str) -> str:
    """Name of a group, such as ``acme:deployers``."""
    return f"{project}:{kind}"


def grants(access: Access, project: str) -> dict[str, Grant]:
    """ARN of a role -> what it may do."""
    kinds: tuple[tuple[Sequence[str], Grant], ...] = (
        (access.admin_role_arns, ADMIN),
        (access.viewer_role_arns, VIEWER),
        (access.deployer_role_arns, Grant(group=kubernetes_group(project, DEPLOYERS))),
        (access.read_only_role_arns, Grant(group=kubernetes_group(project, READERS))),
    )
    return {arn: grant for arns, grant in kinds for arn in arns}


class ClusterAccess(pulumi.ComponentResource):
    """An entry for each role, with a policy or a group. Nobody else gets in, not even whoever made the cluster."""

    def __init__(
        self,
        name: str,
        args: ClusterArgs,
        cluster_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:cluster:ClusterAccess", name, None, opts)
        environment = args.environment
        for arn, grant in grants(args.settings.access, environment.project).items():
            # The role's path, too: roles of one name may differ in it.
            logical = f"{name}-{arn.partition(':role/')[2].replace('/', '-')}"
            entry = eks.AccessEntry(
                logical,
                cluster_name=cluster_name,
                principal_arn=arn,
                type="STANDARD",
                kubernetes_groups=[grant.group] if grant.group else None,
                tags=args.tags("access"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            if grant.policy:
                eks.AccessPolicyAssociation(
                    logical,
                    cluster_name=cluster_name,
                    principal_arn=entry.principal_arn,
                    policy_arn=f"arn:{environment.partition}:eks::aws:cluster-access-policy/{grant.policy}",
                    access_scope={"type": "cluster"},
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})

"""Who may use a cluster: access entries for roles of IAM, and what each kind may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

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
DEPLOYER = Grant(group="smile:deployers")
READ_ONLY = Grant(group="smile:readers")
"""AWS's policies for one namespace would show deployers its secrets, and open a shell in its pods."""


def grants(access: Access) -> dict[str, Grant]:
    """ARN of a role -> what it may do."""
    kinds: tuple[tuple[Sequence[str], Grant], ...] = (
        (access.admin_role_arns, ADMIN),
        (access.viewer_role_arns, VIEWER),
        (access.deployer_role_arns, DEPLOYER),
        (access.read_only_role_arns, READ_ONLY),
    )
    return {arn: grant for arns, grant in kinds for arn in arns}


@dataclass(frozen=True, kw_only=True)
class ClusterAccessArgs:
    """What the entries need.

    Attributes:
        cluster_name: of the cluster.
        partition: first part of every ARN.
        access: whose roles they are.
        tags: of the entries.
    """

    cluster_name: pulumi.Input[str]
    partition: str
    access: Access
    tags: Mapping[str, str]


class ClusterAccess(pulumi.ComponentResource):
    """An entry for each role, with a policy or a group. Nobody else gets in, not even whoever made the cluster."""

    def __init__(self, name: str, args: ClusterAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:ClusterAccess", name, None, opts)
        for arn, grant in grants(args.access).items():
            # The role's path, too: roles of one name may differ in it.
            logical = f"{name}-{arn.partition(':role/')[2].replace('/', '-')}"
            entry = eks.AccessEntry(
                logical,
                cluster_name=args.cluster_name,
                principal_arn=arn,
                type="STANDARD",
                kubernetes_groups=[grant.group] if grant.group else None,
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            if grant.policy:
                eks.AccessPolicyAssociation(
                    logical,
                    cluster_name=args.cluster_name,
                    principal_arn=entry.principal_arn,
                    policy_arn=f"arn:{args.partition}:eks::aws:cluster-access-policy/{grant.policy}",
                    access_scope={"type": "cluster"},
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})

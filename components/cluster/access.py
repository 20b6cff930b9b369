"""Who may use a cluster: access entries for roles of IAM, and what each kind may do (SMILE-EKS-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from settings.clusters import Access


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What one kind of people may do.

    Attributes:
        policy: AWS's access policy.
        namespaced: it holds in the stack's namespace only.
    """

    policy: str
    namespaced: bool


ADMIN = Grant(policy="AmazonEKSClusterAdminPolicy", namespaced=False)
DEPLOYER = Grant(policy="AmazonEKSAdminPolicy", namespaced=True)
READ_ONLY = Grant(policy="AmazonEKSViewPolicy", namespaced=True)


def grants(access: Access) -> dict[str, Grant]:
    """ARN of a role -> what it may do."""
    kinds: tuple[tuple[Sequence[str], Grant], ...] = (
        (access.admin_role_arns, ADMIN),
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
        namespaces: where deployers and readers may be.
        tags: of the entries.
    """

    cluster_name: pulumi.Input[str]
    partition: str
    access: Access
    namespaces: Sequence[str]
    tags: Mapping[str, str]


class ClusterAccess(pulumi.ComponentResource):
    """An entry and a policy for each role. Nobody else gets in, not even whoever made the cluster."""

    def __init__(self, name: str, args: ClusterAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("smile:cluster:ClusterAccess", name, None, opts)
        for arn, grant in grants(args.access).items():
            # The role's path, too: roles of one name may differ in it.
            logical = f"{name}-{arn.partition(':role/')[2].replace('/', '-')}"
            entry = eks.AccessEntry(
                logical,
                cluster_name=args.cluster_name,
                principal_arn=arn,
                type="STANDARD",
                tags=args.tags,
                opts=pulumi.ResourceOptions(parent=self),
            )
            eks.AccessPolicyAssociation(
                logical,
                cluster_name=args.cluster_name,
                principal_arn=entry.principal_arn,
                policy_arn=f"arn:{args.partition}:eks::aws:cluster-access-policy/{grant.policy}",
                access_scope={
                    "type": "namespace" if grant.namespaced else "cluster",
                    "namespaces": list(args.namespaces) if grant.namespaced else None,
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

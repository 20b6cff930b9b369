"""Pod identity: a role that the pods of one service account of one cluster take on, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from components.core.environment import Environment
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs

SERVICE = "pods.eks.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class ServiceAccount:
    """A service account of Kubernetes.

    Attributes:
        cluster: physical name of the cluster.
        namespace: that the account is in.
        name: of the account.
    """

    cluster: str
    namespace: str
    name: str


def pod_role(
    environment: Environment,
    account: ServiceAccount,
    *,
    description: str,
    statements: Sequence[Statement],
    tags: Mapping[str, str],
) -> ServiceRoleArgs:
    """What a role needs that only these pods take on.

    EKS names cluster, namespace and service account as tags of each session: the conditions are on those.
    """
    session = {
        "aws:RequestTag/eks-cluster-arn": environment.arn("eks", f"cluster/{account.cluster}"),
        "aws:RequestTag/kubernetes-namespace": account.namespace,
        "aws:RequestTag/kubernetes-service-account": account.name,
    }
    return ServiceRoleArgs(
        environment=environment,
        service=SERVICE,
        description=description,
        statements=statements,
        tags=tags,
        trust=Statement(
            sid="PodsOfServiceAccount",
            actions=["sts:AssumeRole", "sts:TagSession"],
            principals={"Service": SERVICE},
            conditions={"StringEquals": session},
        ),
    )


@dataclass(frozen=True, kw_only=True)
class PodIdentityArgs:
    """What an identity needs.

    Attributes:
        account: the service account whose pods take on the role; it need not exist yet.
        cluster_name: the cluster's name, once it exists.
        statements: what the pods may do; without any, the role has no policy.
    """

    environment: Environment
    account: ServiceAccount
    cluster_name: pulumi.Input[str]
    description: str
    statements: Sequence[Statement]
    tags: Mapping[str, str]


class PodIdentity(pulumi.ComponentResource):
    """A role, and what binds it to a service account.

    Attributes:
        role_arn: of the role.
    """

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: PodIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:PodIdentity", name, None, opts)
        role = ServiceRole(
            name,
            pod_role(
                args.environment,
                args.account,
                description=args.description,
                statements=args.statements,
                tags=args.tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=args.account.namespace,
            service_account=args.account.name,
            role_arn=role.arn,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})

"""Pod identity: a role that the pods of one service account of one cluster take on, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.core.environment import Environment
from components.core.iam import Statement
from components.core.service_role import ServiceRoleArgs

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

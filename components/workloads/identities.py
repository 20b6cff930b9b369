"""Who the microservices are in AWS: a role for each, that its pods alone take on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.cluster.pod_identity import PodIdentity, PodIdentityArgs, ServiceAccount
from components.core.environment import Environment
from components.core.iam import Statement


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentitiesArgs:
    """What the identities need.

    Attributes:
        namespace: of the services.
        cluster: physical name of the cluster.
        cluster_name: the same, once it exists.
        statements: service -> what its pods may do.
    """

    environment: Environment
    namespace: str
    cluster: str
    cluster_name: pulumi.Input[str]
    statements: Mapping[str, Sequence[Statement]]


class WorkloadIdentities(pulumi.ComponentResource):
    """A role for each microservice, bound to the service account of its name.

    Neither namespace nor account need exist yet: that part is on AWS's side, and in reach from anywhere.

    Attributes:
        role_arns: service -> ARN of its role.
    """

    role_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: WorkloadIdentitiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:WorkloadIdentities", name, None, opts)
        tags = args.environment.tags(component="workloads", data_class="confidential")
        self.role_arns = {
            service: PodIdentity(
                f"{name}-workload-{service}",
                PodIdentityArgs(
                    environment=args.environment,
                    account=ServiceAccount(cluster=args.cluster, namespace=args.namespace, name=service),
                    cluster_name=args.cluster_name,
                    description=f"Pods of {service} in {args.namespace}",
                    statements=statements,
                    tags=tags(f"workload-{service}", {"Service": service}),
                ),
                pulumi.ResourceOptions(parent=self),
            ).role_arn
            for service, statements in args.statements.items()
        }
        self.register_outputs({"roleArns": self.role_arns})

"""Who the microservices are in AWS: a role for each, that its pods alone take on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from components.cluster.pod_identity import ServiceAccount, pod_role
from components.core.service_role import ServiceRole
from components.workloads.grants import DataTier
from components.workloads.services_settings import Service
from components.workloads.settings import namespace_name


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentitiesArgs:
    """What the identities need.

    Attributes:
        data: what services use, by name.
        services: name -> service.
        cluster: physical name of the cluster.
        cluster_name: the same, once it exists.
    """

    data: DataTier
    services: Mapping[str, Service]
    cluster: str
    cluster_name: pulumi.Input[str]


class WorkloadIdentities(pulumi.ComponentResource):
    """A role for each microservice, bound to the service account of its name in the stack's namespace.

    Neither namespace nor account need exist yet: that part is on AWS's side, and in reach from anywhere.

    Attributes:
        role_arns: service -> ARN of its role.
    """

    role_arns: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: WorkloadIdentitiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:WorkloadIdentities", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.data.environment
        self.namespace = namespace_name(self.environment.name)
        self.tags = self.environment.tags(component="workloads", data_class="confidential")
        self.role_arns = {name: self.identity(name, service) for name, service in args.services.items()}
        self.register_outputs({"roleArns": self.role_arns})

    def identity(self, service: str, uses: Service) -> pulumi.Output[str]:
        """The role of one service, and what binds it to its service account."""
        name = f"{self.name}-workload-{service}"
        tags = self.tags(f"workload-{service}", {"Service": service})
        account = ServiceAccount(cluster=self.args.cluster, namespace=self.namespace, name=service)
        role = ServiceRole(
            name,
            pod_role(
                self.environment,
                account,
                description=f"Pods of {service} in {self.namespace}",
                statements=self.args.data.statements(uses),
                tags=tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        eks.PodIdentityAssociation(
            name,
            cluster_name=self.args.cluster_name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=role.arn,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        return role.arn

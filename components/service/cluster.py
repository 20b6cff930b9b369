"""The cluster that container services run in, and the names by which they find each other."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import ecs, servicediscovery

from components.core.context import StackContext

TTL_SECONDS = 10
"""How long an address is kept that AWS Cloud Map answered: about as long as a task takes to end."""


@dataclass(frozen=True, kw_only=True)
class ContainerClusterArgs:
    """What a cluster needs.

    Attributes:
        context: names and tags.
        name: physical name of the cluster.
        vpc_id: where services find each other by name; None where none looks for another.
    """

    context: StackContext
    name: str
    vpc_id: pulumi.Input[str] | None = None


class ContainerCluster(pulumi.ComponentResource):
    """An ECS cluster for Fargate: it has no machines. With a VPC, it has a private DNS namespace in AWS Cloud Map.

    Attributes:
        cluster_name: of the cluster.
        arn: of the cluster.
        namespace: the domain under which its services are found, such as ``acme-prod.internal``; None without.
    """

    cluster_name: str
    arn: pulumi.Output[str]
    namespace: str | None

    def __init__(self, name: str, args: ContainerClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:service:ContainerCluster", name, None, opts)
        environment = args.context.environment
        self.name = name
        self.cluster_name = args.name
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = environment.tags(component="service", data_class="internal")
        role = args.name.removeprefix(f"{environment.prefix}-")
        self.arn = ecs.Cluster(
            name,
            name=args.name,
            settings=[{"name": "containerInsights", "value": "enhanced"}],
            tags=self.tags(role),
            # A service's own cluster was the service's child before.
            opts=pulumi.ResourceOptions(
                parent=self, aliases=[pulumi.Alias(parent=opts.parent)] if opts and opts.parent else None
            ),
        ).arn
        self.namespace, self.namespace_id = None, None
        if args.vpc_id is not None:
            self.namespace = f"{environment.prefix}.internal"
            self.namespace_id = servicediscovery.PrivateDnsNamespace(
                name,
                name=self.namespace,
                description=f"Services of {args.name}",
                vpc=args.vpc_id,
                tags=self.tags("names"),
                opts=self.child,
            ).id
        self.register_outputs({"clusterName": self.cluster_name, "arn": self.arn, "namespace": self.namespace})

    def registry(self, name: str, role: str, parent: pulumi.Resource) -> servicediscovery.Service:
        """Where ECS puts the addresses of a service's healthy tasks, under ``ROLE.NAMESPACE``.

        ECS says itself which are healthy, which takes the custom health check
        (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html).

        Args:
            name: logical name.
            role: first label of the host name.
            parent: the service.

        Raises:
            ValueError: the cluster has no namespace.
        """
        if self.namespace_id is None:
            raise ValueError(f"{role}: cluster {self.cluster_name} has no vpc_id, so no service is found by its name")
        return servicediscovery.Service(
            name,
            name=role,
            description=f"Tasks of {role}",
            dns_config={
                "namespace_id": self.namespace_id,
                "routing_policy": "MULTIVALUE",
                "dns_records": [{"type": "A", "ttl": TTL_SECONDS}],
            },
            health_check_custom_config={},
            tags=self.tags(role),
            opts=pulumi.ResourceOptions(parent=parent),
        )

"""The thirteen services on EKS: the cluster, their identities, their workloads, their errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pulumi
import pulumi_kubernetes

from components.broker.broker import PORT as AMQP
from components.cache.redis_cache import PORT as REDIS
from components.cluster.cluster import Cluster
from components.cluster.inputs import ClusterArgs
from components.cluster.support import warn_of_kubernetes_support
from components.workloads.identities import WorkloadIdentities, WorkloadIdentitiesArgs
from components.workloads.network_policies import Peer, Surroundings
from components.workloads.service_errors import ServiceErrors, ServiceErrorsArgs
from components.workloads.workloads import Workloads, WorkloadsArgs
from platforms.learning_hub.base import Base
from platforms.learning_hub.data import Data
from platforms.learning_hub.edge import Edge
from platforms.learning_hub.grants import BROKER, statements, variables
from platforms.learning_hub.network import HEALTH, POSTGRES
from platforms.learning_hub.settings import NAME, NAMESPACE, Settings


def cluster_of(base: Base, data: Data, deployers: list[str]) -> Cluster:
    """The cluster, whose namespace the pipeline may change.

    Args:
        base: network and keys.
        data: images that nodes pull.
        deployers: ARNs of the roles of pipelines.
    """
    settings = base.settings.cluster
    warn_of_kubernetes_support(settings, datetime.now(UTC).date())
    access = settings.access.model_copy(
        update={"deployer_role_arns": (*settings.access.deployer_role_arns, *deployers)}
    )
    groups = base.network.security_groups
    return Cluster(
        f"{NAME}-cluster",
        ClusterArgs(
            context=base.context,
            name=base.settings.prefix,
            settings=settings.model_copy(update={"access": access}),
            vpc_id=base.network.vpc_id,
            subnet_ids=base.subnet_ids("private"),
            control_plane_security_group=groups["control-plane"],
            node_security_group_ids=[groups["workers"].id],
            node_tags={"Project": NAME, "Environment": base.environment.name},
            node_policies={"pull-images": data.images.pull_policy_arn},
        ),
        base.options(base.network),
    )


def services_on(cluster: Cluster, base: Base, data: Data, edge: Edge) -> Workloads:
    """The namespace and the services in it, each with a role of its own."""
    catalogue, settings = base.settings.services.catalogue, base.settings
    identities = WorkloadIdentities(
        NAME,
        WorkloadIdentitiesArgs(
            environment=base.environment,
            namespace=NAMESPACE,
            cluster=cluster.args.name,
            cluster_name=cluster.name,
            statements=statements(data, edge, catalogue),
        ),
        base.options(),
    )
    ServiceErrors(
        f"{NAME}-services",
        ServiceErrorsArgs(context=base.context, cluster=cluster.args.name, services=list(catalogue)),
        base.options(cluster),
    )
    secrets = {path: secret.physical_name for path, secret in data.secrets.secrets.items()}
    return Workloads(
        f"{NAME}-workloads",
        WorkloadsArgs(
            context=base.context,
            namespace=NAMESPACE,
            settings=settings.workloads,
            services=catalogue,
            variables=variables(data, edge, catalogue),
            secret_names=secrets | {BROKER: data.broker.secret.physical_name},
            images=data.images.urls,
            registries=data.images.cache_urls,
            file_system_id="",
            access_points={},
            cluster=cluster.args.name,
            cluster_settings=settings.cluster,
            vpc_id=base.network.vpc_id,
            around=surroundings(settings),
            health_path=settings.ingress.health_path,
            target_groups={name: arns for name, arns in edge.ingress.target_group_arns.items() if name in catalogue},
        ),
        pulumi.ResourceOptions(
            provider=pulumi_kubernetes.Provider(f"{NAME}-kubernetes", kubeconfig=cluster.kubeconfig_json),
            # Pods get their credentials, nodes and add-ons as they start.
            depends_on=[cluster, identities],
        ),
    )


def surroundings(settings: Settings) -> Surroundings:
    """The network as the services' pods see it."""

    def tier(name: str) -> list[str]:
        return [str(cidr) for cidr in settings.network.subnets[name].values()]

    stores = tier("data")
    return Surroundings(
        vpc=str(settings.network.cidr),
        load_balancer=tier("public"),
        peers={
            "postgres": Peer(cidrs=stores, port=POSTGRES),
            "redis": Peer(cidrs=stores, port=REDIS),
            "rabbitmq": Peer(cidrs=stores, port=AMQP),
        },
        service_port=settings.gateway_port,
        health_port=HEALTH,
        service_ports=settings.ports,
    )

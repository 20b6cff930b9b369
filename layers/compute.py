"""What runs code: clusters and the services on them, functions, the bastion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
import pulumi_kubernetes
from pulumi_aws import ec2, ssm

from components.bastion.bastion import IMAGE, Bastion, BastionArgs
from components.cache.redis_cache import PORT as CACHE_PORT
from components.cluster.cluster import Cluster
from components.cluster.inputs import ClusterArgs
from components.cluster.settings import Cluster as ClusterSettings
from components.cluster.support import warn_of_kubernetes_support
from components.delivery.deployment_roles import DeploymentRoles, role_arn
from components.patching.patching import group_of, reporting
from components.workloads.controllers import Controllers, ControllersArgs
from components.workloads.functions import Functions, FunctionsArgs
from components.workloads.identities import WorkloadIdentities, WorkloadIdentitiesArgs
from components.workloads.network_policies import Peer, Surroundings
from components.workloads.workloads import Workloads, WorkloadsArgs
from layers.base import NAME, Base
from layers.data import Data
from layers.edge import Edge
from layers.grants import statements, variables
from settings.network import HEALTH_PORT, Network

SECURITY_GROUPS: Mapping[str, tuple[str, str]] = {"application": ("control-plane", "application")}
"""Cluster -> the security groups of its control plane and of its nodes, where they aren't called after it."""


@dataclass(frozen=True, kw_only=True)
class Compute:
    """What runs code.

    Attributes:
        clusters: by name.
        functions: the application's own.
        bastion: None where the settings leave it out.
        identities: a role for each service; None without the application cluster.
        workloads: None where the settings leave them to another tool.
    """

    clusters: Mapping[str, Cluster]
    functions: Functions
    bastion: Bastion | None
    identities: WorkloadIdentities | None
    workloads: Workloads | None


def compute_layer(base: Base, data: Data, edge: Edge, delivery: DeploymentRoles | None) -> Compute:
    """Clusters first, then what runs on them."""
    clusters = all_clusters(base, data, delivery)
    functions = Functions(
        NAME,
        FunctionsArgs(
            context=data.context,
            settings=base.settings.functions,
            statements=statements(data, base.settings.functions.application, base.settings.metric_namespace),
            variables=variables(data, base.settings.functions.application, base.settings.metric_namespace),
            queue_arns=data.queues.arns,
            placement=base.placement,
        ),
        base.options(base.network),
    )
    identities = workloads = None
    if cluster := clusters.get("application"):
        identities = WorkloadIdentities(
            NAME,
            WorkloadIdentitiesArgs(
                environment=base.environment,
                namespace=base.settings.namespace,
                cluster=cluster.args.name,
                cluster_name=cluster.name,
                statements=statements(data, base.settings.services.catalogue, base.settings.metric_namespace),
            ),
            base.options(),
        )
        if base.settings.workloads.enabled:
            workloads = services(base, data, edge, cluster, identities)
    if base.settings.workloads.enabled:
        for name in clusters.keys() - {"application"}:
            controllers(base, data, name, clusters[name])
    return Compute(
        clusters=clusters,
        functions=functions,
        bastion=bastion(base, data) if base.settings.bastion.enabled else None,
        identities=identities,
        workloads=workloads,
    )


def all_clusters(base: Base, data: Data, delivery: DeploymentRoles | None) -> dict[str, Cluster]:
    """The clusters that the settings ask for, by name."""
    clusters: dict[str, Cluster] = {}
    groups: Mapping[str, ec2.SecurityGroup] = {**base.network.security_groups}
    for name, cluster in base.settings.enabled_clusters.items():
        warn_of_kubernetes_support(cluster, datetime.now(UTC).date())
        control_plane, nodes = SECURITY_GROUPS.get(name, (f"{name}-control-plane", f"{name}-nodes"))
        clusters[name] = Cluster(
            f"{NAME}-{name}",
            ClusterArgs(
                context=base.context,
                name=base.settings.cluster_name(name),
                settings=with_pipeline(base, cluster) if delivery else cluster,
                vpc_id=base.network.vpc_id,
                subnet_ids=base.subnet_ids("private"),
                control_plane_security_group=groups[control_plane],
                node_security_group_ids=[groups[nodes].id],
                node_tags=base.settings.default_tags,
                node_policies={"pull-images": data.images.pull_policy_arn},
                mounts=data.files.grant_mount() if name == "application" else [],
            ),
            # Nodes join through the network's endpoints and ways out; EKS lets in roles that are there.
            base.options(base.network, *([delivery] if delivery else [])),
        )
    return clusters


def with_pipeline(base: Base, cluster: ClusterSettings) -> ClusterSettings:
    """The pipeline gets in, too: it makes what runs there, and looks whether it is still so."""
    added = {
        "admin_role_arns": (*cluster.access.admin_role_arns, role_arn(base.environment, "deploy")),
        "viewer_role_arns": (*cluster.access.viewer_role_arns, role_arn(base.environment, "preview")),
    }
    return cluster.model_copy(update={"access": cluster.access.model_copy(update=added)})


def services(base: Base, data: Data, edge: Edge, cluster: Cluster, identities: WorkloadIdentities) -> Workloads:
    """The namespace and the services in it."""
    settings = base.settings
    return Workloads(
        f"{NAME}-workloads",
        WorkloadsArgs(
            context=data.context,
            namespace=settings.namespace,
            settings=settings.workloads,
            services=settings.services.catalogue,
            variables=variables(data, settings.services.catalogue, settings.metric_namespace),
            secret_names={path: secret.physical_name for path, secret in data.secrets.secrets.items()},
            images=data.images.urls,
            registries=data.images.cache_urls,
            file_system_id=data.files.id,
            access_points=data.files.access_point_ids,
            cluster=cluster.args.name,
            cluster_settings=settings.clusters["application"],
            vpc_id=base.network.vpc_id,
            around=surroundings(settings.network),
            health_path=settings.ingress.health_path,
            target_groups=edge.ingress.target_group_arns,
        ),
        pulumi.ResourceOptions(
            provider=pulumi_kubernetes.Provider(f"{NAME}-kubernetes", kubeconfig=cluster.kubeconfig_json),
            # Pods get their credentials, nodes and add-ons as they start.
            depends_on=[cluster, identities],
        ),
    )


def controllers(base: Base, data: Data, name: str, cluster: Cluster) -> Controllers:
    """What adds and removes the nodes of a cluster on which none of the services runs."""
    settings = base.settings
    return Controllers(
        f"{NAME}-{name}-controllers",
        ControllersArgs(
            cluster=cluster.args.name,
            settings=settings.clusters[name],
            vpc_id=base.network.vpc_id,
            region=base.environment.region,
            namespace=None,
            charts=settings.workloads.charts,
            registries=data.images.cache_urls,
        ),
        pulumi.ResourceOptions(
            provider=pulumi_kubernetes.Provider(f"{NAME}-{name}-kubernetes", kubeconfig=cluster.kubeconfig_json),
            depends_on=[cluster],
        ),
    )


def surroundings(network: Network) -> Surroundings:
    """The network as the services' pods see it."""

    def tier(name: str) -> list[str]:
        return [str(cidr) for each, zones in network.subnets.items() if each == name for cidr in zones.values()]

    return Surroundings(
        vpc=str(network.cidr),
        load_balancer=tier("public" if network.ingress == "cloudfront" else "private"),
        peers={
            "mysql": Peer(cidrs=tier(network.database_tier), port=3306),
            "redis": Peer(cidrs=tier("private"), port=CACHE_PORT),
        },
        service_port=network.service_port,
        health_port=HEALTH_PORT,
    )


def bastion(base: Base, data: Data) -> Bastion:
    """The one host that people reach."""
    patched = base.settings.patching.enabled
    zone = base.settings.network.zones[0]
    return Bastion(
        NAME,
        BastionArgs(
            context=base.context,
            settings=base.settings.bastion,
            subnet_id=base.network.subnet_ids["private"][zone],
            security_group_ids=[base.network.security_group_ids["bastion"]],
            image_id=ssm.get_parameter_output(
                name=IMAGE, opts=pulumi.InvokeOutputOptions(provider=base.provider)
            ).insecure_value,
            log_bucket=data.storage.bucket_name("audit"),
            statements=reporting(base.environment) if patched else (),
            host_tags=group_of(base.environment) if patched else {},
        ),
        # It fetches patches in its first minutes, and its sessions are recorded from the first one on.
        base.options(base.network, data.storage),
    )

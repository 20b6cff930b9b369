"""What runs code: clusters and the services on them, functions, the bastion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pulumi
import pulumi_kubernetes
from pulumi_aws import ssm

from components.bastion.bastion import IMAGE, Bastion, BastionArgs
from components.cluster.cluster import Cluster, ClusterArgs
from components.cluster.settings import ApplicationCluster, DataCluster
from components.cluster.support import warn_of_kubernetes_support
from components.delivery.deployment_roles import DeploymentRoles, role_arn
from components.workloads.functions import Functions, FunctionsArgs
from components.workloads.identities import WorkloadIdentities, WorkloadIdentitiesArgs
from components.workloads.workloads import Workloads, WorkloadsArgs
from layers.base import NAME, Base
from layers.data import Data
from layers.edge import Edge
from layers.flows import surroundings


@dataclass(frozen=True, kw_only=True)
class Compute:
    """What runs code.

    Attributes:
        clusters: by purpose.
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
        FunctionsArgs(settings=base.settings.functions, data=data.tier, placement=base.placement),
        base.options(base.network),
    )
    identities = workloads = None
    if cluster := clusters.get("application"):
        identities = WorkloadIdentities(
            NAME,
            WorkloadIdentitiesArgs(
                data=data.tier,
                services=base.settings.services.catalogue,
                cluster=cluster.physical,
                cluster_name=cluster.name,
            ),
            base.options(),
        )
        if base.settings.workloads.enabled:
            workloads = services(base, data, edge, cluster, identities)
    return Compute(
        clusters=clusters,
        functions=functions,
        bastion=bastion(base, data) if base.settings.bastion.enabled else None,
        identities=identities,
        workloads=workloads,
    )


def all_clusters(base: Base, data: Data, delivery: DeploymentRoles | None) -> dict[str, Cluster]:
    """The clusters that the settings ask for, by purpose."""
    clusters: dict[str, Cluster] = {}
    for purpose, cluster in base.settings.clusters.enabled.items():
        warn_of_kubernetes_support(cluster, datetime.now(UTC).date())
        clusters[purpose] = Cluster(
            f"{NAME}-{purpose}",
            ClusterArgs(
                context=base.context,
                purpose=purpose,
                settings=with_pipeline(base, cluster) if delivery else cluster,
                vpc_id=base.network.vpc_id,
                subnet_ids=base.subnet_ids("private"),
                security_groups=base.network.security_groups,
                node_tags=base.settings.default_tags,
                mounts=[data.files.mount_statement(list(data.files.access_points))] if purpose == "application" else [],
            ),
            # Nodes join through the network's endpoints and ways out; EKS lets in roles that are there.
            base.options(base.network, *([delivery] if delivery else [])),
        )
    return clusters


def with_pipeline(base: Base, cluster: ApplicationCluster | DataCluster) -> ApplicationCluster | DataCluster:
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
            settings=settings.workloads,
            services=settings.services.catalogue,
            data=data.tier,
            files=data.files,
            images=data.images,
            cluster=cluster.physical,
            cluster_settings=settings.clusters.application,
            network=surroundings(settings.network),
            vpc_id=base.network.vpc_id,
            health_path=settings.ingress.health_path,
            target_groups=edge.ingress.target_group_arns,
        ),
        pulumi.ResourceOptions(
            provider=pulumi_kubernetes.Provider(f"{NAME}-kubernetes", kubeconfig=cluster.kubeconfig_json),
            # Pods get their credentials, nodes and add-ons as they start.
            depends_on=[cluster, identities],
        ),
    )


def bastion(base: Base, data: Data) -> Bastion:
    """The one host that people reach."""
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
        ),
        # It fetches patches in its first minutes, and its sessions are recorded from the first one on.
        base.options(base.network, data.storage),
    )

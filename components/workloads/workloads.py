"""The microservices in Kubernetes: their namespace, what serves them, and a workload for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pulumi
from pulumi_kubernetes import scheduling

from components.cluster.settings import ApplicationCluster
from components.edge.release_settings import Colour
from components.files.shared_file_system import SharedFileSystem
from components.images.image_registry import ImageRegistry
from components.network.settings import Network
from components.workloads.controllers import Controllers, ControllersArgs
from components.workloads.grants import DataTier
from components.workloads.labels import labels
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.network_policies import Surroundings
from components.workloads.pod import GROUPS, Pod, priority_class
from components.workloads.service_workload import ServiceWorkload, ServiceWorkloadArgs
from components.workloads.services_settings import Kind, Service
from components.workloads.settings import Workloads as WorkloadsSettings
from components.workloads.settings import namespace_name
from components.workloads.storage_classes import StorageClasses, StorageClassesArgs

PRIORITIES: Mapping[Kind, int] = {"api": 3000, "web": 2000, "worker": 1000}
"""Kind of service -> which pods go first where there is no room; what has none counts 0."""


@dataclass(frozen=True, kw_only=True)
class WorkloadsArgs:
    """What the workloads need.

    Attributes:
        settings: replicas, sizes, versions.
        services: name -> service.
        data: what services use, by name.
        files: the shared file system.
        images: where the services' images are.
        cluster: physical name of the cluster.
        cluster_settings: its version, its groups of nodes, what adds nodes.
        network: address plan and service port.
        vpc_id: of the cluster.
        health_path: of the health check of every pod, on port 8080.
        target_groups: public service -> colour -> ARN.
    """

    settings: WorkloadsSettings
    services: Mapping[str, Service]
    data: DataTier
    files: SharedFileSystem
    images: ImageRegistry
    cluster: str
    cluster_settings: ApplicationCluster
    network: Network
    vpc_id: pulumi.Input[str]
    health_path: str
    target_groups: Mapping[str, Mapping[Colour, pulumi.Input[str]]]


class Workloads(pulumi.ComponentResource):
    """Everything that the program makes in Kubernetes; its provider is that of the cluster.

    Attributes:
        namespace: of the services, such as ``smile5-prod``.
    """

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:Workloads", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.data.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.around = Surroundings.of(args.network)

        namespace = self.make_namespace()
        self.namespace = namespace.name
        ready = [namespace, self.controllers(), self.storage(), *map(self.priority, get_args(Kind))]
        for service, about in args.services.items():
            self.workload(service, about, pulumi.ResourceOptions(parent=self, depends_on=ready))
        self.register_outputs({"namespace": self.namespace})

    def make_namespace(self) -> Namespace:
        """The namespace of the stack."""
        args = NamespaceArgs(stack=self.environment.name, workloads=self.args.settings, services=self.args.services)
        return Namespace(f"{self.name}-namespace", args, self.child)

    def controllers(self) -> Controllers:
        """What serves the pods."""
        cluster = self.args.cluster_settings
        args = ControllersArgs(
            cluster=self.args.cluster,
            kubernetes_version=cluster.version,
            vpc_id=self.args.vpc_id,
            region=self.environment.region,
            namespace=namespace_name(self.environment.name),
            charts=self.args.settings.charts,
            registries=self.args.images.cache_urls,
            autoscaler=cluster.autoscaler == "cluster_autoscaler",
        )
        return Controllers(f"{self.name}-controllers", args, self.child)

    def storage(self) -> StorageClasses:
        """What pods can keep; volumes for the folders that a service uses."""
        files = self.args.files
        used = {name for service in self.args.services.values() for name in service.files}
        args = StorageClassesArgs(
            namespace=self.namespace,
            key_arn=self.args.data.context.keys["kubernetes"],
            retain=self.args.data.context.protection.retain_on_delete,
            file_system_id=files.id,
            access_points={name: files.access_point_ids[name] for name in sorted(used)},
        )
        return StorageClasses(f"{self.name}-storage", args, self.child)

    def priority(self, kind: Kind) -> scheduling.v1.PriorityClass:
        """Requests go before pages, and both before what can wait, which pushes nobody out."""
        return scheduling.v1.PriorityClass(
            f"{self.name}-priority-{kind}",
            metadata={"name": priority_class(kind), "labels": labels()},
            value=PRIORITIES[kind],
            preemption_policy="Never" if kind == "worker" else "PreemptLowerPriority",
            description=f"Pods of services of kind {kind}",
            opts=self.child,
        )

    def workload(self, service: str, about: Service, opts: pulumi.ResourceOptions) -> None:
        """One microservice."""
        settings, data = self.args.settings, self.args.data
        versions = settings.versions_of(service)
        args = ServiceWorkloadArgs(
            namespace=self.namespace,
            service=service,
            about=about,
            pods={colour: self.pod(service, about, colour, version) for colour, version in versions.items()},
            replicas=settings.count(service),
            cpu_target_percent=settings.cpu_target_percent,
            region=self.environment.region,
            logins={path: data.secrets.secrets[path].physical_name for path in about.secrets},
            around=self.around,
            target_groups=self.args.target_groups.get(service, {}),
        )
        ServiceWorkload(f"{self.name}-{service}", args, opts)

    def pod(self, service: str, about: Service, colour: Colour, version: str) -> Pod:
        """The pod of one colour."""
        where = {"AWS_REGION": self.environment.region, "ENVIRONMENT": self.environment.name}
        return Pod(
            service=service,
            about=about,
            colour=colour,
            version=version,
            image=f"{self.args.images.urls[service]}:{version}",
            resources=self.args.settings.resources(about.kind),
            nodes=self.args.cluster_settings.groups[GROUPS[about.kind]],
            service_port=self.around.service_port,
            health_path=self.args.health_path,
            variables={**self.args.data.variables(about), **where},
        )

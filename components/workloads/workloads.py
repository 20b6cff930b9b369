"""The microservices in Kubernetes: their namespace, what serves them, and a workload for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pulumi
from pulumi_kubernetes import scheduling

from components.cluster.node_group_settings import NodeGroup
from components.cluster.settings import Cluster
from components.core.context import StackContext
from components.edge.release_settings import Colour
from components.images.settings import Upstream
from components.tracing import agent
from components.workloads.controllers import Controllers, ControllersArgs
from components.workloads.labels import Labels
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.network_policies import Surroundings
from components.workloads.pod import Pod, priority_class
from components.workloads.service_workload import ServiceWorkload, ServiceWorkloadArgs
from components.workloads.services_settings import Kind, Service
from components.workloads.settings import Workloads as WorkloadsSettings
from components.workloads.storage_classes import StorageClasses, StorageClassesArgs

PRIORITIES: Mapping[Kind, int] = {"api": 3000, "web": 2000, "worker": 1000}
"""Kind of service -> which pods go first where there is no room; what has none counts 0."""


@dataclass(frozen=True, kw_only=True)
class WorkloadsArgs:
    """What the workloads need.

    Attributes:
        namespace: name of the services' namespace.
        settings: replicas, sizes, versions.
        services: name -> service.
        variables: service -> its environment variables, none of them secret.
        secret_names: secret that services use, such as ``mysql/application`` -> its name in AWS.
        images: service -> URL of its image, without a tag.
        registries: public registry -> what to write in its place, of those that are cached in the Region.
        file_system_id: of the shared file system.
        access_points: name -> id, of its folders; those that services use are mounted.
        cluster: physical name of the cluster.
        cluster_settings: its version, its groups of nodes, what adds nodes.
        vpc_id: of the cluster.
        around: the network as pods see it.
        health_path: of the health check of every pod.
        target_groups: public service -> colour -> ARN.
    """

    context: StackContext
    namespace: str
    settings: WorkloadsSettings
    services: Mapping[str, Service]
    variables: Mapping[str, Mapping[str, pulumi.Input[str]]]
    secret_names: Mapping[str, str]
    images: Mapping[str, pulumi.Input[str]]
    registries: Mapping[Upstream, str]
    file_system_id: pulumi.Input[str]
    access_points: Mapping[str, pulumi.Input[str]]
    cluster: str
    cluster_settings: Cluster
    vpc_id: pulumi.Input[str]
    around: Surroundings
    health_path: str
    target_groups: Mapping[str, Mapping[Colour, pulumi.Input[str]]]


class Workloads(pulumi.ComponentResource):
    """Everything that the program makes in Kubernetes; its provider is that of the cluster.

    Attributes:
        namespace: of the services, such as ``acme-prod``.
    """

    namespace: pulumi.Output[str]

    def __init__(self, name: str, args: WorkloadsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:Workloads", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.labels = Labels(self.environment.project)
        self.child = pulumi.ResourceOptions(parent=self)

        namespace = self.make_namespace()
        self.namespace = namespace.name
        ready = [namespace, self.controllers(), self.storage(), *map(self.priority, get_args(Kind))]
        for service, about in args.services.items():
            self.workload(service, about, pulumi.ResourceOptions(parent=self, depends_on=ready))
        self.register_outputs({"namespace": self.namespace})

    def make_namespace(self) -> Namespace:
        """The namespace of the stack."""
        args = NamespaceArgs(
            name=self.args.namespace,
            labels=self.labels,
            workloads=self.args.settings,
            services=self.args.services,
        )
        return Namespace(f"{self.name}-namespace", args, self.child)

    def controllers(self) -> Controllers:
        """What serves the pods."""
        args = ControllersArgs(
            cluster=self.args.cluster,
            settings=self.args.cluster_settings,
            vpc_id=self.args.vpc_id,
            region=self.environment.region,
            namespace=self.args.namespace,
            charts=self.args.settings.charts,
            registries=self.args.registries,
        )
        return Controllers(f"{self.name}-controllers", args, self.child)

    def storage(self) -> StorageClasses:
        """What pods can keep; volumes for the folders that a service uses."""
        used = {name for service in self.args.services.values() for name in service.files}
        args = StorageClassesArgs(
            labels=self.labels,
            namespace=self.namespace,
            key_arn=self.args.context.keys["kubernetes"],
            retain=self.args.context.protection.retain_on_delete,
            file_system_id=self.args.file_system_id,
            access_points={name: self.args.access_points[name] for name in sorted(used)},
        )
        return StorageClasses(f"{self.name}-storage", args, self.child)

    def priority(self, kind: Kind) -> scheduling.v1.PriorityClass:
        """Requests go before pages, and both before what can wait, which pushes nobody out."""
        return scheduling.v1.PriorityClass(
            f"{self.name}-priority-{kind}",
            metadata={"name": priority_class(self.labels.project, kind), "labels": self.labels()},
            value=PRIORITIES[kind],
            preemption_policy="Never" if kind == "worker" else "PreemptLowerPriority",
            description=f"Pods of services of kind {kind}",
            opts=self.child,
        )

    def workload(self, service: str, about: Service, opts: pulumi.ResourceOptions) -> None:
        """One microservice."""
        settings = self.args.settings
        versions = settings.versions_of(service)
        args = ServiceWorkloadArgs(
            namespace=self.namespace,
            labels=self.labels,
            time_zone=self.args.context.time_zone,
            service=service,
            about=about,
            pods={colour: self.pod(service, about, colour, version) for colour, version in versions.items()},
            replicas=settings.count(service),
            cpu_target_percent=settings.cpu_target_percent,
            memory_target_percent=settings.memory_target_percent,
            region=self.environment.region,
            logins={path: self.args.secret_names[path] for path in about.secrets},
            around=self.args.around,
            target_groups=self.args.target_groups.get(service, {}),
        )
        ServiceWorkload(f"{self.name}-{service}", args, opts)

    def pod(self, service: str, about: Service, colour: Colour, version: str) -> Pod:
        """The pod of one colour."""
        where = {"AWS_REGION": self.environment.region, "ENVIRONMENT": self.environment.name}
        tracing = agent.variables(service, version, self.environment.name)
        return Pod(
            service=service,
            about=about,
            colour=colour,
            version=version,
            image=f"{self.args.images[service]}:{version}",
            resources=self.args.settings.resources(about.kind),
            nodes=self.nodes(about.kind),
            labels=self.labels,
            service_port=self.args.around.port_of(about),
            health_port=self.args.around.health_port,
            health_path=self.args.health_path,
            variables={**self.args.variables[service], **where, **tracing},
        )

    def nodes(self, kind: Kind) -> NodeGroup:
        """The group of nodes of one kind of service; any node, where the settings name none."""
        group = self.args.settings.node_groups.get(kind)
        return self.args.cluster_settings.groups[group] if group else NodeGroup()

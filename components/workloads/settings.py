"""Settings of workloads: how the microservices run in the cluster: how many of each, how large, in which version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from aws_facts.helm_charts import HELM_CHARTS
from components.cluster.settings import GroupName
from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section
from components.edge.release_settings import Colour
from components.workloads.quantities import CPU_FORM, MEMORY_FORM, Cpu, Memory
from components.workloads.services_settings import Kind, ServiceName

MOST_REPLICAS = 50
"""Pods of one service in one colour."""
TAGS = "up to 63 letters, digits and . _ -, beginning and ending with a letter or digit"
"""Of an image: ECR takes more, a Kubernetes label does not."""
Tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$")]
LOAD_BALANCER_CONTROLLER = HELM_CHARTS["aws-load-balancer-controller"]
CLUSTER_AUTOSCALER = HELM_CHARTS["cluster-autoscaler"]
SECRETS_PROVIDER = HELM_CHARTS["secrets-store-csi-driver-provider-aws"]


class Count(NamedTuple):
    """How many pods of a service there always are, and how many there can be."""

    fewest: int
    most: int


DEFAULT = Count(3, 10)
"""A pod in each of three zones."""


class Replicas(Section):
    """How many pods of a service there are."""

    fewest: int | None = setting(
        None,
        "pods that are always there",
        About(unit="pods", valid=f"1 to {MOST_REPLICAS}; most at most"),
        ge=1,
        le=MOST_REPLICAS,
    )
    most: int | None = setting(
        None,
        "pods that there can be under load",
        About(unit="pods", valid=f"fewest or more, up to {MOST_REPLICAS}"),
        ge=1,
        le=MOST_REPLICAS,
    )


def size(default: str, doc: str) -> str:
    """Declare how much of the processors, or of the memory, a pod has."""
    form = MEMORY_FORM if default.endswith("i") else CPU_FORM
    return setting(default, doc, About(valid=f"{form}, within the documented range"))


class RequestResources(Section):
    """What a pod has that answers requests."""

    cpu_request: Cpu = size("500m", "what it always has")
    cpu_limit: Cpu = size("2000m", "more than which it never gets")
    memory_request: Memory = size("512Mi", "what it always has")
    memory_limit: Memory = size("4Gi", "more than which ends it")


class WorkerResources(RequestResources):
    """What a pod has that works in the background."""

    cpu_request: Cpu = size("250m", "what it always has")
    cpu_limit: Cpu = size("1000m", "more than which it never gets")
    memory_request: Memory = size("256Mi", "what it always has")
    memory_limit: Memory = size("2Gi", "more than which ends it")


class Versions(Section):
    """What runs of one service: an image tag for each colour that has pods."""

    blue: Tag | None = setting(None, "of the blue pods; none where there is none", About(valid=TAGS))
    green: Tag | None = setting(None, "of the green pods; none where there is none", About(valid=TAGS))

    @property
    def by_colour(self) -> dict[Colour, str]:
        """Colour -> tag, of the colours that have pods."""
        given: Mapping[Colour, str | None] = {"blue": self.blue, "green": self.green}
        return {colour: tag for colour, tag in given.items() if tag is not None}


class Charts(Section):
    """Versions of the Helm charts of what serves the pods, besides the cluster's add-ons."""

    load_balancer_controller: Annotated[str, among(LOAD_BALANCER_CONTROLLER.published)] = setting(
        LOAD_BALANCER_CONTROLLER.published[0],
        "of aws-load-balancer-controller, which puts pods into target groups",
        one_of(LOAD_BALANCER_CONTROLLER.published),
    )
    cluster_autoscaler: Annotated[str, among(CLUSTER_AUTOSCALER.published)] = setting(
        CLUSTER_AUTOSCALER.published[0],
        "of cluster-autoscaler, which adds and removes nodes; it runs in the cluster's version",
        one_of(CLUSTER_AUTOSCALER.published),
    )
    secrets_provider: Annotated[str, among(SECRETS_PROVIDER.published)] = setting(
        SECRETS_PROVIDER.published[0],
        "of secrets-store-csi-driver-provider-aws, which gives pods their secrets as files",
        one_of(SECRETS_PROVIDER.published),
    )


class Workloads(Section):
    """The microservices as they run in one stack."""

    enabled: bool = switch(
        "the program makes the objects in Kubernetes; only where it reaches the cluster's API",
        on=True,
    )
    node_groups: dict[Kind, GroupName] = setting(
        {},
        "kind of service -> the group of nodes that it runs on; any node where there is none",
        About(valid="api, web or worker -> a group of the cluster"),
    )
    replicas: Replicas = Replicas()
    replicas_of: dict[ServiceName, Replicas] = setting(
        {},
        "service -> replicas, where they are others",
        About(valid="services of the catalogue, such as orders: {fewest: 4, most: 12}"),
    )
    cpu_target_percent: int = setting(
        70,
        "share of the requested processors in use above which pods are added",
        About(unit="%", valid="10 to 95"),
        ge=10,
        le=95,
    )
    memory_target_percent: int | None = setting(
        None,
        "share of the requested memory in use above which pods are added as well; none: memory adds no pods",
        About(unit="%", valid="10 to 95, or none"),
        ge=10,
        le=95,
    )
    api: RequestResources = RequestResources()
    web: RequestResources = RequestResources()
    worker: WorkerResources = WorkerResources()
    version: Tag = setting(
        "release-1",
        "image tag of the blue pods of services that versions doesn't name",
        About(valid=TAGS),
    )
    versions: dict[ServiceName, Versions] = setting(
        {},
        "service -> image tag of each colour; a release runs both for a while",
        About(valid="services of the catalogue, such as orders: {blue: release-7, green: r8}"),
    )
    charts: Charts = Charts()

    def resources(self, kind: Kind) -> RequestResources:
        """What the pods of one kind of service have."""
        by_kind: Mapping[Kind, RequestResources] = {"api": self.api, "web": self.web, "worker": self.worker}
        return by_kind[kind]

    def count(self, service: str = "") -> Count:
        """How many pods a service has in each colour; without a name, one that has no numbers of its own."""
        own = self.replicas_of.get(service, self.replicas)
        return Count(
            own.fewest or self.replicas.fewest or DEFAULT.fewest, own.most or self.replicas.most or DEFAULT.most
        )

    def versions_of(self, service: str) -> dict[Colour, str]:
        """Colour -> image tag of a service."""
        return self.versions.get(service, Versions(blue=self.version)).by_colour

"""The pod of a microservice: restricted, measured, asked for its health, and on the nodes of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_kubernetes.core import v1

from components.cluster.addons import EFFECTS
from components.cluster.node_group_settings import NodeGroup
from components.edge.release_settings import Colour
from components.tracing.agent import NODE
from components.workloads.labels import Labels
from components.workloads.services_settings import Kind, Service
from components.workloads.settings import RequestResources

USER = 10001
"""Whom a pod runs as, whatever its image says; nobody on the node."""
SCRATCH = "/tmp"  # noqa: S108 - the pod's own
LOGINS = "/logins"
FILES = "/files"
DRAIN_SECONDS = 15
"""How long a pod still answers after it was told to end: load balancer and other pods learn of it meanwhile."""
END_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Pod:
    """What a pod is made of.

    Attributes:
        service: name of the service, and of its account.
        about: the service.
        colour: blue or green.
        version: image tag.
        image: with its tag.
        resources: what it has.
        nodes: the group of nodes that it runs on: it selects their labels and tolerates their taints.
        service_port: on which it takes TLS.
        health_port: on which it answers health checks, without TLS.
        health_path: of its health check.
        variables: name -> value, none of them secret.
    """

    service: str
    about: Service
    colour: Colour
    version: str
    image: str
    resources: RequestResources
    nodes: NodeGroup
    labels: Labels
    service_port: int
    health_port: int
    health_path: str
    variables: Mapping[str, pulumi.Input[str]]

    def template(self, restart: Literal["Always", "Never"] = "Always") -> v1.PodTemplateSpecArgsDict:
        """The pod, as a Deployment or a Job holds it."""
        return {
            "metadata": {"labels": self.labels(self.service, self.colour, self.version)},
            "spec": {
                "service_account_name": self.service,
                "automount_service_account_token": False,  # it doesn't talk to Kubernetes; its AWS role needs none
                "enable_service_links": False,
                "restart_policy": restart,
                "priority_class_name": priority_class(self.labels.project, self.about.kind),
                "termination_grace_period_seconds": END_SECONDS,
                "node_selector": {**self.nodes.labels},
                "tolerations": [
                    {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": EFFECTS[taint.effect]}
                    for taint in self.nodes.taints
                ],
                "topology_spread_constraints": self.spread(),
                "security_context": self.security(),
                "containers": [self.container()],
                "volumes": [volume for volume, _ in self.volumes()],
            },
        }

    def container(self) -> v1.ContainerArgsDict:
        """The only container. A job is asked nothing: it ends."""
        size = self.resources
        container: v1.ContainerArgsDict = {
            "name": self.service,
            "image": self.image,
            "image_pull_policy": "IfNotPresent",
            "env": [
                {"name": NODE, "value_from": {"field_ref": {"field_path": "status.hostIP"}}},
                *({"name": name, "value": value} for name, value in sorted(self.environment().items())),
            ],
            "resources": {
                "requests": {"cpu": size.cpu_request, "memory": size.memory_request},
                "limits": {"cpu": size.cpu_limit, "memory": size.memory_limit},
            },
            "security_context": {
                "allow_privilege_escalation": False,
                "read_only_root_filesystem": True,
                "capabilities": {"drop": ["ALL"]},
            },
            "volume_mounts": [{"name": volume["name"], "mount_path": path} for volume, path in self.volumes()],
        }
        return container if self.about.schedule else {**container, **self.always_running()}

    def always_running(self) -> v1.ContainerArgsDict:
        """Ports, health checks, and a pause before the end."""
        ports = {"health": self.health_port} | ({} if self.about.kind == "worker" else {"https": self.service_port})
        return {
            "name": self.service,
            "ports": [{"name": name, "container_port": port, "protocol": "TCP"} for name, port in ports.items()],
            "startup_probe": self.probe(period=5, failures=30),
            "readiness_probe": self.probe(period=10, failures=3),
            "liveness_probe": self.probe(period=20, failures=3),
            "lifecycle": {"pre_stop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        }

    def probe(self, *, period: int, failures: int) -> v1.ProbeArgsDict:
        """Asks for its health every so many seconds; so many failures count."""
        return {
            "http_get": {"path": self.health_path, "port": "health"},
            "timeout_seconds": 3,
            "period_seconds": period,
            "failure_threshold": failures,
        }

    def environment(self) -> dict[str, pulumi.Input[str]]:
        """Its environment variables: where it listens, and where what it uses is."""
        variables = {**self.variables, "HEALTH_PORT": str(self.health_port)}
        if self.about.kind != "worker":
            variables["SERVICE_PORT"] = str(self.service_port)
        if self.about.secrets:
            variables["LOGINS_PATH"] = LOGINS
        return variables

    def volumes(self) -> list[tuple[v1.VolumeArgsDict, str]]:
        """Each volume and where it is mounted: scratch space, secrets, shared folders."""
        volumes: list[tuple[v1.VolumeArgsDict, str]] = [({"name": "tmp", "empty_dir": {"size_limit": "1Gi"}}, SCRATCH)]
        if self.about.secrets:
            attributes = {"secretProviderClass": self.service}
            driver: v1.CSIVolumeSourceArgsDict = {
                "driver": "secrets-store.csi.k8s.io",
                "read_only": True,
                "volume_attributes": attributes,
            }
            volumes.append(({"name": "logins", "csi": driver}, LOGINS))
        for folder in self.about.files:
            name = f"files-{folder}"
            volumes.append(({"name": name, "persistent_volume_claim": {"claim_name": name}}, f"{FILES}/{folder}"))
        return volumes

    def security(self) -> v1.PodSecurityContextArgsDict:
        """What the namespace's label asks for, and the right to listen on a low port."""
        security: v1.PodSecurityContextArgsDict = {
            "run_as_non_root": True,
            "run_as_user": USER,
            "run_as_group": USER,
            "fs_group": USER,
            "seccomp_profile": {"type": "RuntimeDefault"},
        }
        if self.about.kind != "worker" and self.service_port < 1024:
            security["sysctls"] = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": str(self.service_port)}]
        return security

    def spread(self) -> list[v1.TopologySpreadConstraintArgsDict]:
        """Evenly over the zones, and over nodes as far as possible."""
        if self.about.schedule:
            return []
        return [
            self.evenly("topology.kubernetes.io/zone", "DoNotSchedule"),
            self.evenly("kubernetes.io/hostname", "ScheduleAnyway"),
        ]

    def evenly(self, topology: str, otherwise: str) -> v1.TopologySpreadConstraintArgsDict:
        """No part of the topology has two more than another; what happens otherwise."""
        return {
            "max_skew": 1,
            "topology_key": topology,
            "when_unsatisfiable": otherwise,
            "label_selector": {"match_labels": self.labels.selector(self.service, self.colour)},
            "match_label_keys": ["pod-template-hash"],  # while a rollout lasts, old and new are spread apart
            "node_taints_policy": "Honor",  # the nodes of a lost zone don't count
        }


def priority_class(project: str, kind: Kind) -> str:
    """Name of the priority class of one kind of service, such as ``acme-api``."""
    return f"{project}-{kind}"

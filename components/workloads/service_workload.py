"""One microservice in the cluster: its account, its pods in each colour, and who reaches them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import apiextensions, apps, autoscaling, batch, core, meta, networking, policy

from components.edge.release_settings import Colour
from components.workloads.labels import Labels
from components.workloads.network_policies import Surroundings, service_policy
from components.workloads.pod import Pod
from components.workloads.services_settings import Service
from components.workloads.settings import Count

JOB_TRIES = 2
JOB_SECONDS = 6 * 60 * 60
"""A job that takes longer is ended."""
AVAILABLE = "50%"
"""Share of the pods that stay while nodes are drained: of two, one; of three, two."""


@dataclass(frozen=True, kw_only=True)
class ServiceWorkloadArgs:
    """What a service needs.

    Attributes:
        namespace: of the stack's services.
        labels: of the platform.
        time_zone: of a job's times, such as ``Europe/Paris``.
        service: its name.
        about: what it is and uses.
        pods: colour -> its pod.
        replicas: how many pods there are of each colour.
        cpu_target_percent: share of the requested processors above which pods are added.
        memory_target_percent: the same of the requested memory; None: it adds no pods.
        region: where its secrets are.
        logins: secret, such as ``mysql/application`` -> its name in AWS.
        around: what the network looks like from its pods.
        target_groups: colour -> ARN, of a public service.
    """

    namespace: pulumi.Input[str]
    labels: Labels
    time_zone: str
    service: str
    about: Service
    pods: Mapping[Colour, Pod]
    replicas: Count
    cpu_target_percent: int
    region: str
    logins: Mapping[str, str]
    around: Surroundings
    target_groups: Mapping[Colour, pulumi.Input[str]]
    memory_target_percent: int | None = None


class ServiceWorkload(pulumi.ComponentResource):
    """A microservice: one that always runs, in as many pods as there is work, or a job at its times."""

    def __init__(self, name: str, args: ServiceWorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:ServiceWorkload", name, None, opts)
        self.name = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        first: list[pulumi.Resource] = [self.account(), self.network_policy()]
        if args.about.secrets:
            first.append(self.logins())
        if args.about.kind != "worker":
            self.reachable(args.service, None)
        for colour, pod in args.pods.items():
            if args.about.schedule:
                self.job(colour, pod, args.about.schedule, first)
            else:
                self.always(colour, pod, first)
        self.register_outputs({})

    def account(self) -> core.v1.ServiceAccount:
        """Who its pods are; AWS gives that account a role."""
        return core.v1.ServiceAccount(
            self.name, metadata=self.metadata(self.args.service), automount_service_account_token=False, opts=self.child
        )

    def network_policy(self) -> networking.v1.NetworkPolicy:
        """Who may call it, and whom it may."""
        return networking.v1.NetworkPolicy(
            self.name,
            metadata=self.metadata(self.args.service),
            spec=service_policy(self.args.service, self.args.about, self.args.around),
            opts=self.child,
        )

    def logins(self) -> apiextensions.CustomResource:
        """Its secrets as files, read with the role of its account; Kubernetes keeps no copy."""
        objects = [
            {"objectName": name, "objectType": "secretsmanager", "objectAlias": path.replace("/", "-")}
            for path, name in self.args.logins.items()
        ]
        parameters = {"region": self.args.region, "usePodIdentity": "true", "objects": json.dumps(objects)}
        return apiextensions.CustomResource(
            f"{self.name}-logins",
            api_version="secrets-store.csi.x-k8s.io/v1",
            kind="SecretProviderClass",
            metadata=self.metadata(self.args.service),
            spec={"provider": "aws", "parameters": parameters},
            opts=self.child,
        )

    def always(self, colour: Colour, pod: Pod, first: list[pulumi.Resource]) -> None:
        """The way to the pods of one colour, then the pods, as many as there is work for.

        In this order each pod is ready only once its target group finds it healthy, so a rollout waits for that.
        """
        way: list[pulumi.Resource] = []
        if colour in self.args.target_groups:
            way.append(self.bound(colour, self.reachable(f"{self.args.service}-{colour}", colour)))
        self.autoscaler(colour, self.deployment(colour, pod, [*first, *way]))
        if self.args.replicas.fewest > 1:
            self.budget(colour)

    def deployment(self, colour: Colour, pod: Pod, first: list[pulumi.Resource]) -> apps.v1.Deployment:
        """The pods. How many there are is the autoscaler's to say, from the first on."""
        return apps.v1.Deployment(
            f"{self.name}-{colour}",
            metadata=self.metadata(f"{self.args.service}-{colour}", colour),
            spec={
                "replicas": self.args.replicas.fewest,
                "selector": {"match_labels": self.args.labels.selector(self.args.service, colour)},
                "strategy": {"type": "RollingUpdate", "rolling_update": {"max_surge": 1, "max_unavailable": 0}},
                "revision_history_limit": 5,
                "template": pod.template(),
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=first, ignore_changes=["spec.replicas"]),
        )

    def autoscaler(self, colour: Colour, deployment: apps.v1.Deployment) -> None:
        """More pods under load, fewer without."""
        targets = {"cpu": self.args.cpu_target_percent, "memory": self.args.memory_target_percent}
        metrics: list[autoscaling.v2.MetricSpecArgsDict] = [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "average_utilization": percent}},
            }
            for name, percent in targets.items()
            if percent is not None
        ]
        autoscaling.v2.HorizontalPodAutoscaler(
            f"{self.name}-{colour}",
            metadata=self.metadata(f"{self.args.service}-{colour}", colour),
            spec={
                "scale_target_ref": {
                    "api_version": "apps/v1",
                    "kind": "Deployment",
                    "name": f"{self.args.service}-{colour}",
                },
                "min_replicas": self.args.replicas.fewest,
                "max_replicas": self.args.replicas.most,
                "metrics": metrics,
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[deployment]),
        )

    def budget(self, colour: Colour) -> None:
        """How many pods stay while nodes are replaced; one that can't get ready doesn't hold that up."""
        policy.v1.PodDisruptionBudget(
            f"{self.name}-{colour}",
            metadata=self.metadata(f"{self.args.service}-{colour}", colour),
            spec={
                "min_available": AVAILABLE,
                "unhealthy_pod_eviction_policy": "AlwaysAllow",
                "selector": {"match_labels": self.args.labels.selector(self.args.service, colour)},
            },
            opts=self.child,
        )

    def job(self, colour: Colour, pod: Pod, schedule: str, first: list[pulumi.Resource]) -> None:
        """A job, never twice at once."""
        batch.v1.CronJob(
            f"{self.name}-{colour}",
            metadata=self.metadata(f"{self.args.service}-{colour}", colour),
            spec={
                "schedule": schedule,
                "time_zone": self.args.time_zone,
                "concurrency_policy": "Forbid",
                "starting_deadline_seconds": 600,
                "job_template": {
                    "spec": {
                        "backoff_limit": JOB_TRIES,
                        "active_deadline_seconds": JOB_SECONDS,
                        "template": pod.template(restart="Never"),
                    }
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=first),
        )

    def reachable(self, name: str, colour: Colour | None) -> core.v1.Service:
        """A name in the cluster for its pods, or for those of one colour."""
        port, address = self.args.around.port_of(self.args.about), self.args.about.cluster_ip
        fixed: core.v1.ServiceSpecArgsDict = {"cluster_ip": address} if address and not colour else {}
        return core.v1.Service(
            f"{self.name}-{colour}" if colour else self.name,
            # Its pods come later: there is nothing to wait for.
            metadata={**self.metadata(name, colour), "annotations": {"pulumi.com/skipAwait": "true"}},
            spec={
                "type": "ClusterIP",
                **fixed,
                "selector": self.args.labels.selector(self.args.service, colour),
                "ports": [{"name": "https", "port": port, "target_port": "https", "protocol": "TCP"}],
            },
            opts=self.child,
        )

    def bound(self, colour: Colour, service: core.v1.Service) -> apiextensions.CustomResource:
        """The controller puts the pods of this colour into its target group; weights stay with the load balancer."""
        return apiextensions.CustomResource(
            f"{self.name}-{colour}",
            api_version="elbv2.k8s.aws/v1beta1",
            kind="TargetGroupBinding",
            metadata=self.metadata(f"{self.args.service}-{colour}", colour),
            spec={
                "targetGroupARN": self.args.target_groups[colour],
                "targetType": "ip",
                "serviceRef": {
                    "name": f"{self.args.service}-{colour}",
                    "port": self.args.around.port_of(self.args.about),
                },
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[service]),
        )

    def metadata(self, name: str, colour: Colour | None = None) -> meta.v1.ObjectMetaArgsDict:
        """Of an object of this service."""
        return {"name": name, "namespace": self.args.namespace, "labels": self.args.labels(self.args.service, colour)}

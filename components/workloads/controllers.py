"""What serves the pods in the cluster: target groups filled, nodes added, secrets mounted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_kubernetes.helm.v3 import Release

from aws_facts.helm_charts import HELM_CHARTS
from components.cluster.addons import tolerated, tolerations
from components.cluster.autoscaling import CLUSTER_AUTOSCALER, LOAD_BALANCER_CONTROLLER, NAMESPACE
from components.cluster.settings import Cluster
from components.images.settings import Upstream
from components.workloads.settings import Charts

SECRETS_PROVIDER = "secrets-store-csi-driver-provider-aws"
CRITICAL = "system-cluster-critical"
EVERYWHERE = [{"operator": "Exists"}]
ROTATION_INTERVAL = "10m"
"""How long after a password was replaced pods find the new one; the old one works until the next replacement."""


@dataclass(frozen=True, kw_only=True)
class ControllersArgs:
    """What the controllers need.

    Attributes:
        cluster: physical name of the cluster.
        settings: of the cluster: its version, which the autoscaler has as well, its groups, which controllers it has.
        vpc_id: of the cluster.
        region: of the cluster.
        namespace: of the services, whose pods join target groups and mount secrets; None on a cluster without services.
        charts: versions.
        registries: public registry -> what to write in its place, of those that are cached in the Region.
    """

    cluster: str
    settings: Cluster
    vpc_id: pulumi.Input[str]
    region: str
    namespace: str | None
    charts: Charts
    registries: Mapping[Upstream, str]


class Controllers(pulumi.ComponentResource):
    """Helm releases in kube-system, whose service accounts have the roles that the cluster made for them.

    What they bring besides, kinds of objects, is there once this is.
    """

    def __init__(self, name: str, args: ControllersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:Controllers", name, None, opts)
        self.name = name
        self.args = args
        charts = args.charts
        if args.namespace is not None:
            self.release(LOAD_BALANCER_CONTROLLER, charts.load_balancer_controller, self.load_balancer_controller())
            self.release(SECRETS_PROVIDER, charts.secrets_provider, self.secrets_provider())
        if args.settings.autoscaler == "cluster_autoscaler":
            self.release(CLUSTER_AUTOSCALER, charts.cluster_autoscaler, self.cluster_autoscaler())
        self.register_outputs({})

    def release(self, chart: str, version: str, values: dict[str, Any]) -> None:
        """One chart, all of it or nothing."""
        Release(
            f"{self.name}-{chart}",
            name=chart,
            namespace=NAMESPACE,
            chart=chart,
            version=version,
            repository_opts={"repo": HELM_CHARTS[chart].repository},
            values=values,
            atomic=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def load_balancer_controller(self) -> dict[str, Any]:
        """It registers pods, and makes no load balancers: its role couldn't, and these are this program's."""
        return {
            "clusterName": self.args.cluster,
            "region": self.args.region,
            "vpcId": self.args.vpc_id,
            "watchNamespace": self.args.namespace,
            "serviceAccount": {"create": True, "name": LOAD_BALANCER_CONTROLLER},
            "image": {"repository": self.image("public.ecr.aws", f"eks/{LOAD_BALANCER_CONTROLLER}")},
            "replicaCount": 2,
            "podDisruptionBudget": {"maxUnavailable": 1},
            "priorityClassName": CRITICAL,
            "createIngressClassResource": False,
            "enableServiceMutatorWebhook": False,
            "enableShield": False,
            "enableWaf": False,
            "enableWafv2": False,
        }

    def cluster_autoscaler(self) -> dict[str, Any]:
        """It adds nodes for pods that find none, and takes away what stands idle."""
        return {
            "cloudProvider": "aws",
            "awsRegion": self.args.region,
            "autoDiscovery": {"clusterName": self.args.cluster},
            "rbac": {"serviceAccount": {"create": True, "name": CLUSTER_AUTOSCALER}},
            "image": {
                "repository": self.image("registry.k8s.io", "autoscaling/cluster-autoscaler"),
                "tag": f"v{self.args.settings.version}.0",
            },
            "replicaCount": 2,
            "priorityClassName": CRITICAL,
            "tolerations": tolerations(tolerated([*self.args.settings.groups.values()])),
            "extraArgs": {
                "balance-similar-node-groups": True,
                "expander": "least-waste",
                "skip-nodes-with-system-pods": False,
            },
        }

    def secrets_provider(self) -> dict[str, Any]:
        """On every node: the driver, and AWS's part of it, which reads with the role of the pod."""
        image = {
            part: {"repository": self.image("registry.k8s.io", path)}
            for part, path in {
                "image": "csi-secrets-store/driver",
                "crds": "csi-secrets-store/driver-crds",
                "registrarImage": "sig-storage/csi-node-driver-registrar",
                "livenessProbeImage": "sig-storage/livenessprobe",
            }.items()
        }
        crds = {"image": image.pop("crds")}
        return {
            "image": {"repository": self.image("public.ecr.aws", f"aws-secrets-manager/{SECRETS_PROVIDER}")},
            "tolerations": EVERYWHERE,
            "priorityClassName": "system-node-critical",
            "secrets-store-csi-driver": {
                "install": True,
                "enableSecretRotation": True,
                "rotationPollInterval": ROTATION_INTERVAL,
                "syncSecret": {"enabled": False},
                "tokenRequests": [{"audience": "pods.eks.amazonaws.com"}],
                "linux": {**image, "crds": crds, "tolerations": EVERYWHERE},
            },
        }

    def image(self, registry: Upstream, path: str) -> str:
        """An image's name: through the Region's cache where there is one."""
        return f"{self.args.registries.get(registry, registry)}/{path}"

"""The add-ons of a cluster: pinned versions, and a role of its own for each that needs AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import pulumi
from pulumi_aws import eks

from aws_facts.eks_versions import Addon
from components.cluster.addon_permissions import NEEDS, Need, Scope
from components.cluster.inputs import ClusterArgs
from components.cluster.node_group_settings import NodeGroup, Taint, TaintEffect
from components.cluster.pod_identity import ServiceAccount, pod_role
from components.core.log_group import log_group
from components.core.service_role import ServiceRole
from components.tracing.agent import collector

BEFORE_NODES: tuple[Addon, ...] = ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")
"""They run on every node, and no node is ready without them. The others need a node to run on."""
TOLERATIONS_OF: Mapping[Addon, str] = {
    "coredns": "",
    "metrics-server": "",
    "aws-ebs-csi-driver": "controller",
    "aws-efs-csi-driver": "controller",
    "amazon-cloudwatch-observability": "manager",
}
"""Add-on that doesn't tolerate every taint -> the part of its configuration that says which; empty: the top."""
VALUES: Mapping[Addon, dict[str, Any]] = {
    "vpc-cni": {"enableNetworkPolicy": "true"},
    # It would put instrumentation into every Deployment behind a Service, as init containers that a namespace with
    # the Pod Security Standard `restricted` refuses (aws/amazon-cloudwatch-agent-operator issue 361).
    "amazon-cloudwatch-observability": {
        "applicationSignals": {"enabled": False},
        "manager": {"applicationSignals": {"autoMonitor": {"monitorAllServices": False}}},
    },
}
"""Add-on -> its configuration, where AWS's defaults aren't right."""
EFFECTS: Mapping[TaintEffect, str] = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}
"""EKS's word -> that of Kubernetes."""


class Addons(pulumi.ComponentResource):
    """Some add-ons of a cluster: those that nodes wait for, or those that wait for nodes.

    Args:
        addons: which of ``args.settings.addon_versions``.
        cluster_name: of the cluster, once it exists.
    """

    def __init__(
        self,
        name: str,
        args: ClusterArgs,
        addons: Sequence[Addon],
        cluster_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:cluster:Addons", name, None, opts)
        self.name = name
        self.args = args
        self.cluster_name = cluster_name
        self.scope = Scope(environment=args.environment, cluster=args.name, key_arn=args.key_arn, mounts=args.mounts)
        for addon in addons:
            self.addon(addon, args.settings.addon_versions[addon])
        self.register_outputs({})

    def addon(self, addon: Addon, version: str) -> None:
        """One add-on, after the roles of its service accounts and what it writes to."""
        roles = {need: self.role(need) for need in NEEDS.get(addon, ())}
        before: list[pulumi.Resource] = [*roles.values()]
        values = configuration(addon, tolerated([*self.args.settings.groups.values()]))
        if addon == "amazon-cloudwatch-observability":
            before += [self.logs(path) for path in self.scope.log_groups]
            values["agent"] = {"otelConfig": collector(self.args.environment)}
        eks.Addon(
            f"{self.name}-{addon}",
            cluster_name=self.cluster_name,
            addon_name=addon,
            addon_version=version,
            configuration_values=json.dumps(values, sort_keys=True) if values else None,
            pod_identity_associations=[
                {"service_account": need.account, "role_arn": role.arn} for need, role in roles.items()
            ],
            resolve_conflicts_on_create="OVERWRITE",
            resolve_conflicts_on_update="OVERWRITE",
            tags=self.args.tags(addon),
            opts=pulumi.ResourceOptions(parent=self, depends_on=before),
        )

    def role(self, need: Need) -> ServiceRole:
        """The role of one service account."""
        account = ServiceAccount(cluster=self.args.name, namespace=need.namespace, name=need.account)
        args = pod_role(
            self.args.environment,
            account,
            description=f"{need.account} in {self.args.name}",
            statements=need.statements(self.scope),
            tags=self.args.tags(need.account),
        )
        return ServiceRole(f"{self.name}-{need.account}", args, pulumi.ResourceOptions(parent=self))

    def logs(self, path: str) -> pulumi.Resource:
        """A log group of the CloudWatch agent, made before it writes: encrypted, and not kept for ever."""
        kind = path.rpartition("/")[2]
        tags = self.args.tags(f"{kind}-logs")
        return log_group(f"{self.name}-{kind}-logs", self.args.context, path, tags, self)


def tolerated(groups: Sequence[NodeGroup]) -> tuple[Taint, ...]:
    """The taints of the first group, where every group has some: add-ons must run somewhere."""
    return groups[0].taints if groups and all(group.taints for group in groups) else ()


def configuration(addon: Addon, tolerated: Sequence[Taint]) -> dict[str, Any]:
    """Configuration of an add-on besides AWS's defaults."""
    values = deepcopy(VALUES.get(addon, {}))
    part = TOLERATIONS_OF.get(addon)
    if part is not None and tolerated:
        target = values.setdefault(part, {}) if part else values
        target["tolerations"] = tolerations(tolerated)
    return values


def tolerations(taints: Sequence[Taint]) -> list[dict[str, str]]:
    """What a pod says in Kubernetes that tolerates these taints."""
    return [
        {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": EFFECTS[taint.effect]}
        for taint in taints
    ]

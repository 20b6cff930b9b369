"""The namespace of a stack's services: who may do what in it, how much it takes, and what no pod may be or reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_kubernetes import core, meta, networking, rbac

from components.cluster.access import DEPLOYERS, READERS, kubernetes_group
from components.workloads.capacity import limits, quota
from components.workloads.labels import Labels
from components.workloads.network_policies import POD_RULES
from components.workloads.services_settings import Service
from components.workloads.settings import Workloads

PART_OF_RBAC = "rbac.authorization.k8s.io"
LOOK = ("get", "list", "watch")
CHANGE = (*LOOK, "create", "update", "patch", "delete")


@dataclass(frozen=True)
class Rule:
    """What may be done with some kinds of objects of one API group."""

    group: str
    kinds: Sequence[str]
    verbs: Sequence[str]


WATCHED = (
    Rule("", ("configmaps", "endpoints", "events", "pods", "pods/log", "serviceaccounts", "services"), LOOK),
    Rule("apps", ("deployments", "replicasets"), LOOK),
    Rule("autoscaling", ("horizontalpodautoscalers",), LOOK),
    Rule("batch", ("cronjobs", "jobs"), LOOK),
    Rule("networking.k8s.io", ("networkpolicies",), LOOK),
    Rule("policy", ("poddisruptionbudgets",), LOOK),
    Rule("elbv2.k8s.aws", ("targetgroupbindings",), LOOK),
    Rule("secrets-store.csi.x-k8s.io", ("secretproviderclasses", "secretproviderclasspodstatuses"), LOOK),
)
ROLES: Mapping[str, Sequence[Rule]] = {
    READERS: WATCHED,
    DEPLOYERS: (
        *WATCHED,
        Rule("apps", ("deployments", "deployments/scale"), CHANGE),
        Rule("autoscaling", ("horizontalpodautoscalers",), CHANGE),
        Rule("batch", ("cronjobs", "jobs"), CHANGE),
        Rule("", ("pods",), ("delete",)),
    ),
}
"""Group that access entries put people in -> what it may do in the namespace: no secrets, no shell, no rights."""


@dataclass(frozen=True, kw_only=True)
class NamespaceArgs:
    """What the namespace needs.

    Attributes:
        name: of the namespace.
        labels: of the platform, whose groups of people have roles in it.
        workloads: replicas and sizes.
        services: that run in it.
    """

    name: str
    labels: Labels
    workloads: Workloads
    services: Mapping[str, Service]


class Namespace(pulumi.ComponentResource):
    """A namespace that lets in only restricted pods, closed to the network but for what a service opens.

    Attributes:
        name: of the namespace; what is in it depends on the whole of it.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:Namespace", name, None, opts)
        self.logical = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)
        self.name = self.namespace()
        self.capacity()
        self.network_policies()
        for role, rules in ROLES.items():
            self.role(role, rules)
        self.register_outputs({"name": self.name})

    def namespace(self) -> pulumi.Output[str]:
        """The namespace; its labels refuse every pod that isn't restricted."""
        security = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
        ready = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}  # a pod is ready once its target group says so
        made = core.v1.Namespace(
            self.logical,
            metadata={"name": self.args.name, "labels": {**self.args.labels(), **security, **ready}},
            opts=self.child,
        )
        return made.metadata["name"]

    def capacity(self) -> None:
        """How much all pods take, and one alone."""
        core.v1.ResourceQuota(
            f"{self.logical}-quota",
            metadata=self.metadata("services"),
            spec={"hard": quota(self.args.workloads, self.args.services)},
            opts=self.child,
        )
        core.v1.LimitRange(
            f"{self.logical}-limits",
            metadata=self.metadata("containers"),
            spec={"limits": [{"type": "Container", **limits(self.args.workloads)}]},
            opts=self.child,
        )

    def network_policies(self) -> None:
        """What holds for every pod: nothing, but for what all of them need."""
        for role, spec in POD_RULES.items():
            networking.v1.NetworkPolicy(
                f"{self.logical}-{role}", metadata=self.metadata(role), spec=spec, opts=self.child
            )

    def role(self, role: str, rules: Sequence[Rule]) -> None:
        """A role in the namespace, for the group of that name."""
        made = rbac.v1.Role(
            f"{self.logical}-{role}",
            metadata=self.metadata(role),
            rules=[
                {"api_groups": [rule.group], "resources": list(rule.kinds), "verbs": list(rule.verbs)} for rule in rules
            ],
            opts=self.child,
        )
        rbac.v1.RoleBinding(
            f"{self.logical}-{role}",
            metadata=self.metadata(role),
            role_ref={"api_group": PART_OF_RBAC, "kind": "Role", "name": role},
            subjects=[
                {"api_group": PART_OF_RBAC, "kind": "Group", "name": kubernetes_group(self.args.labels.project, role)}
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made]),
        )

    def metadata(self, name: str) -> meta.v1.ObjectMetaArgsDict:
        """Of an object in the namespace."""
        return {"name": name, "namespace": self.name, "labels": self.args.labels()}

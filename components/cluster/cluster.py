"""A Kubernetes cluster on EKS: its control plane, its nodes, its add-ons and who may use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, eks

from aws_facts.eks_versions import Addon
from components.cluster.access import ClusterAccess, ClusterAccessArgs
from components.cluster.addon_permissions import Scope
from components.cluster.addons import BEFORE_NODES, Addons, AddonsArgs
from components.cluster.autoscaling import (
    CLUSTER_AUTOSCALER,
    LOAD_BALANCER_CONTROLLER,
    Controller,
    ControllerArgs,
    cluster_autoscaler,
    load_balancer_controller,
)
from components.cluster.control_plane import ControlPlane, ControlPlaneArgs
from components.cluster.karpenter import Interruptions, InterruptionsArgs, karpenter
from components.cluster.node_group import NodeGroup, NodeGroupArgs
from components.cluster.node_group_settings import NodeGroup as NodeGroupSettings
from components.cluster.node_group_settings import Taint
from components.cluster.roles import NodeRole
from components.cluster.settings import ApplicationCluster, DataCluster, Purpose
from components.core.context import StackContext
from components.core.environment import ComponentTags
from components.core.iam import Statement

SUFFIXES: Mapping[Purpose, str] = {"application": "", "data": "-data"}
FENCES: Mapping[Purpose, tuple[str, str]] = {
    "application": ("control-plane", "application"),
    "data": ("data-control-plane", "data-nodes"),
}
"""The security groups of control plane and nodes; `components.network.flows` says what passes between them."""


def cluster_name(prefix: str, purpose: Purpose) -> str:
    """Physical name of a stack's cluster: ``smile-prod``, or ``smile-prod-data``."""
    return f"{prefix}{SUFFIXES[purpose]}"


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What a cluster needs.

    Attributes:
        context: of the stack.
        purpose: what it runs.
        settings: version, groups of nodes, add-ons, access.
        vpc_id: that it is in.
        subnet_ids: private ones, in every zone.
        security_groups: of the network, by name.
        node_tags: tags of what the program doesn't make itself: instances, their disks and interfaces.
        mounts: statements about the file systems that pods may mount.
    """

    context: StackContext
    purpose: Purpose
    settings: ApplicationCluster | DataCluster
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_groups: Mapping[str, ec2.SecurityGroup]
    node_tags: Mapping[str, str]
    mounts: Sequence[Statement] = ()


class Cluster(pulumi.ComponentResource):
    """A cluster with a private endpoint, whose log, secrets and disks are encrypted with the stack's keys.

    Attributes:
        name: of the cluster, such as ``smile-prod``; known once it exists.
        endpoint: address of its API.
        kubeconfig_json: for a Kubernetes provider; it gets tokens from the command ``aws``.
        node_role_arns: of its nodes.
        cluster: the cluster itself.
    """

    name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    kubeconfig_json: pulumi.Output[str]
    node_role_arns: Sequence[pulumi.Output[str]]
    cluster: pulumi.Output[eks.Cluster]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:Cluster", name, None, opts)
        self.logical = name
        self.args = args
        self.environment = args.context.environment
        self.physical = cluster_name(self.environment.prefix, args.purpose)
        self.tags = ComponentTags(prefix=self.physical, component="cluster", data_class="personal")
        self.key_arn = args.context.keys["kubernetes"]
        self.child = pulumi.ResourceOptions(parent=self)

        control_plane = self.control_plane()
        self.cluster = control_plane.cluster
        self.name = self.cluster.name
        self.endpoint = self.cluster.endpoint
        self.kubeconfig_json = control_plane.kubeconfig_json
        self.access()
        role = NodeRole(f"{name}-nodes", self.environment, self.tags("nodes"), self.child)
        self.node_role_arns = [role.arn]
        first = self.addons("base", [addon for addon in args.settings.addon_versions if addon in BEFORE_NODES])
        groups = self.groups(role, first)
        self.addons("late", [addon for addon in args.settings.addon_versions if addon not in BEFORE_NODES], groups)
        self.controllers(role)
        self.register_outputs({"name": self.name, "endpoint": self.endpoint, "nodeRoleArns": self.node_role_arns})

    def control_plane(self) -> ControlPlane:
        """The control plane, in private subnets."""
        args = self.args
        return ControlPlane(
            self.logical,
            ControlPlaneArgs(
                context=args.context,
                physical_name=self.physical,
                settings=args.settings,
                vpc_id=args.vpc_id,
                subnet_ids=args.subnet_ids,
                security_group=args.security_groups[FENCES[args.purpose][0]],
                tags=self.tags,
            ),
            self.child,
        )

    def access(self) -> None:
        """Who may use the cluster."""
        ClusterAccess(
            self.logical,
            ClusterAccessArgs(
                cluster_name=self.name,
                partition=self.environment.partition,
                access=self.args.settings.access,
                tags=self.tags("access"),
            ),
            self.child,
        )

    def groups(self, role: NodeRole, first: Addons) -> list[NodeGroup]:
        """The groups of nodes, after what a node needs to become ready."""
        args, settings = self.args, self.args.settings
        return [
            NodeGroup(
                f"{self.logical}-{group}",
                NodeGroupArgs(
                    cluster=self.physical,
                    cluster_name=self.name,
                    group=group,
                    settings=members,
                    version=settings.version,
                    release=settings.release,
                    role_arn=role.arn,
                    subnet_ids=args.subnet_ids,
                    security_group_ids=[args.security_groups[FENCES[args.purpose][1]].id],
                    key_arn=self.key_arn,
                    tags={**args.node_tags, **self.tags(group)},
                ),
                pulumi.ResourceOptions(parent=self, depends_on=[role, first]),
            )
            for group, members in settings.groups.items()
        ]

    def addons(self, role: str, names: Sequence[Addon], after: Sequence[pulumi.Resource] = ()) -> Addons:
        """Some of the add-ons."""
        versions = self.args.settings.addon_versions
        return Addons(
            f"{self.logical}-{role}",
            AddonsArgs(
                context=self.args.context,
                scope=Scope(
                    environment=self.environment,
                    cluster=self.physical,
                    key_arn=self.key_arn,
                    mounts=self.args.mounts,
                ),
                cluster_name=self.name,
                versions={name: versions[name] for name in names},
                tags=self.tags,
                tolerated=tolerated([*self.args.settings.groups.values()]),
            ),
            pulumi.ResourceOptions(parent=self, depends_on=[*after]),
        )

    def controllers(self, role: NodeRole) -> None:
        """The roles of what scales nodes, and of what puts pods behind load balancers."""
        kind = self.args.settings.autoscaler
        if kind == "cluster_autoscaler":
            self.controller(CLUSTER_AUTOSCALER, cluster_autoscaler(self.environment, self.physical))
        elif kind == "karpenter":
            context = self.args.context
            Interruptions(
                f"{self.logical}-interruptions",
                InterruptionsArgs(context=context, cluster=self.physical, tags=self.tags),
                self.child,
            )
            queue_key = context.keys["queues"]
            self.controller("karpenter", karpenter(self.environment, self.physical, role.arn, queue_key))
        if self.args.purpose == "application":
            self.controller(LOAD_BALANCER_CONTROLLER, load_balancer_controller(self.environment))

    def controller(self, account: str, statements: Sequence[Statement]) -> None:
        """The role of one controller."""
        Controller(
            f"{self.logical}-{account}",
            ControllerArgs(
                environment=self.environment,
                cluster=self.physical,
                cluster_name=self.name,
                account=account,
                statements=statements,
                tags=self.tags(account),
            ),
            self.child,
        )


def tolerated(groups: Sequence[NodeGroupSettings]) -> tuple[Taint, ...]:
    """The taints of the first group, where every group has some: add-ons must run somewhere."""
    return groups[0].taints if all(group.taints for group in groups) else ()

"""A Kubernetes cluster on EKS: its control plane, its nodes, its add-ons and who may use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import eks

from aws_facts.eks_versions import ADDONS, Addon
from components.cluster.access import ClusterAccess
from components.cluster.addons import BEFORE_NODES, Addons
from components.cluster.alarms import cluster_alarms
from components.cluster.autoscaling import (
    CLUSTER_AUTOSCALER,
    LOAD_BALANCER_CONTROLLER,
    NAMESPACE,
    cluster_autoscaler,
    load_balancer_controller,
)
from components.cluster.control_plane import ControlPlane
from components.cluster.inputs import ClusterArgs
from components.cluster.karpenter import Interruptions, karpenter
from components.cluster.node_group import NodeGroup, NodeGroupArgs
from components.cluster.pod_identity import PodIdentity, PodIdentityArgs, ServiceAccount
from components.cluster.roles import NodeRole
from components.core.iam import Statement


class Cluster(pulumi.ComponentResource):
    """A cluster with a private endpoint, whose log, secrets and disks are encrypted with the stack's keys.

    Attributes:
        cluster: the cluster itself.
        name: physical name, once the cluster exists.
        arn: of the cluster.
        version: of Kubernetes, such as ``1.36``.
        endpoint: address of its API.
        certificate_authority: of its API, PEM in base64.
        oidc_issuer: URL of its identity provider, for federation from outside; pods need none.
        security_group_id: the group that EKS makes for the cluster; nothing of the program's carries it.
        kubeconfig_json: for a Kubernetes provider; it gets tokens from the command ``aws``.
        node_role_arn: of its nodes.
        node_groups: name -> managed group.
    """

    cluster: pulumi.Output[eks.Cluster]
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    version: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    oidc_issuer: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    kubeconfig_json: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]
    node_groups: Mapping[str, eks.NodeGroup]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:Cluster", name, None, opts)
        self.logical = name
        self.args = args
        self.child = pulumi.ResourceOptions(parent=self)

        control_plane = ControlPlane(name, args, self.child)
        self.cluster = control_plane.cluster
        self.name = self.cluster.name
        self.kubeconfig_json = control_plane.kubeconfig_json
        ClusterAccess(name, args, self.name, self.child)
        role = NodeRole(f"{name}-nodes", args.environment, args.node_policies, args.tags("nodes"), self.child)
        self.node_role_arn = role.arn
        first = self.addons("base", BEFORE_NODES)
        groups = {
            group: NodeGroup(
                f"{name}-{group}",
                NodeGroupArgs(cluster=args, group=group, cluster_name=self.name, role_arn=role.arn),
                self.after(role, first),
            )
            for group in args.settings.groups
        }
        self.node_groups = {group: made.node_group for group, made in groups.items()}
        late = self.addons("late", [addon for addon in ADDONS if addon not in BEFORE_NODES], *groups.values())
        if args.settings.alarms:
            cluster_alarms(name, args, self, after=[late])
        self.controllers()
        self.outputs()

    def outputs(self) -> None:
        """What else others need of it."""
        made = self.cluster
        self.arn, self.version, self.endpoint = made.arn, made.version, made.endpoint
        self.certificate_authority = made.certificate_authority.data
        self.oidc_issuer = made.identities[0].oidcs[0].issuer
        self.security_group_id = made.vpc_config.cluster_security_group_id
        self.register_outputs(
            {
                "name": self.name,
                "arn": self.arn,
                "version": self.version,
                "endpoint": self.endpoint,
                "certificateAuthority": self.certificate_authority,
                "oidcIssuer": self.oidc_issuer,
                "securityGroupId": self.security_group_id,
                "nodeRoleArn": self.node_role_arn,
                "nodeGroupNames": {name: group.node_group_name for name, group in self.node_groups.items()},
            }
        )

    def after(self, *dependencies: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a part that others come before."""
        return pulumi.ResourceOptions(parent=self, depends_on=list(dependencies))

    def addons(self, role: str, names: Sequence[Addon], *dependencies: pulumi.Resource) -> Addons:
        """Some of the add-ons."""
        return Addons(f"{self.logical}-{role}", self.args, names, self.name, self.after(*dependencies))

    def controllers(self) -> None:
        """The roles of what scales nodes, and of what puts pods behind load balancers."""
        args, environment = self.args, self.args.environment
        if args.settings.autoscaler == "cluster_autoscaler":
            self.controller(CLUSTER_AUTOSCALER, cluster_autoscaler(environment, args.name))
        elif args.settings.autoscaler == "karpenter":
            Interruptions(f"{self.logical}-interruptions", args, self.child)
            queue_key = args.context.keys["queues"]
            self.controller("karpenter", karpenter(environment, args.name, self.node_role_arn, queue_key))
        if args.settings.load_balancer_controller:
            self.controller(LOAD_BALANCER_CONTROLLER, load_balancer_controller(environment))

    def controller(self, account: str, statements: Sequence[Statement]) -> None:
        """The role of one controller."""
        PodIdentity(
            f"{self.logical}-{account}",
            PodIdentityArgs(
                environment=self.args.environment,
                account=ServiceAccount(cluster=self.args.name, namespace=NAMESPACE, name=account),
                cluster_name=self.name,
                description=f"{account} in {self.args.name}",
                statements=statements,
                tags=self.args.tags(account),
            ),
            self.child,
        )

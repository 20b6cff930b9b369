"""What adds and removes nodes, and what puts pods behind load balancers: roles of the controllers in a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import eks

from components.cluster.pod_identity import ServiceAccount, pod_role
from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.core.service_role import ServiceRole

NAMESPACE = "kube-system"
CLUSTER_AUTOSCALER = "cluster-autoscaler"
LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"


@dataclass(frozen=True, kw_only=True)
class ControllerArgs:
    """What a controller's role needs.

    Attributes:
        environment: account and Region.
        cluster: physical name of the cluster.
        cluster_name: the same, once it exists.
        account: its service account in kube-system.
        statements: what it may do.
        tags: of the role and the association.
    """

    environment: Environment
    cluster: str
    cluster_name: pulumi.Input[str]
    account: str
    statements: Sequence[Statement]
    tags: Mapping[str, str]


class Controller(pulumi.ComponentResource):
    """The role of a controller that runs in the cluster, bound to its service account.

    Attributes:
        role_arn: of the role.
    """

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ControllerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:Controller", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        account = ServiceAccount(cluster=args.cluster, namespace=NAMESPACE, name=args.account)
        role = ServiceRole(
            name,
            pod_role(
                args.environment,
                account,
                description=f"{args.account} in {args.cluster}",
                statements=args.statements,
                tags=args.tags,
            ),
            child,
        )
        eks.PodIdentityAssociation(
            name,
            cluster_name=args.cluster_name,
            namespace=account.namespace,
            service_account=account.name,
            role_arn=role.arn,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role]),
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})


def cluster_autoscaler(environment: Environment, cluster: str) -> list[Statement]:
    """Look at groups of instances, and size those of this cluster."""
    groups = environment.arn("autoscaling", "autoScalingGroup:*:autoScalingGroupName/eks-*")
    return [
        Statement(
            sid="LookAtGroups",
            actions=[
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            resources=[ANY],
            allow_any="Auto Scaling and EC2 list everything or nothing",
        ),
        Statement(
            sid="LookAtNodeGroups",
            actions=["eks:DescribeNodegroup"],
            resources=[environment.arn("eks", f"nodegroup/{cluster}/*/*")],
        ),
        Statement(
            sid="SizeGroups",
            actions=["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            resources=[groups],
            conditions={"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}},
        ),
    ]


def load_balancer_controller(environment: Environment) -> list[Statement]:
    """Put pods into this stack's target groups. Load balancers, listeners and their groups are this program's."""
    return [
        Statement(
            sid="LookAtTargets",
            actions=[
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            resources=[ANY],
            allow_any="EC2 and Elastic Load Balancing list everything or nothing",
        ),
        Statement(
            sid="RegisterPods",
            actions=["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
            resources=[environment.arn("elasticloadbalancing", f"targetgroup/{environment.prefix}-*/*")],
        ),
    ]

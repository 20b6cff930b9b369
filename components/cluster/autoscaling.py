"""What adds and removes nodes, and what puts pods behind load balancers: roles of the controllers in a cluster."""

from __future__ import annotations

from components.core.environment import Environment
from components.core.iam import ANY, Statement

NAMESPACE = "kube-system"
CLUSTER_AUTOSCALER = "cluster-autoscaler"
LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"


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

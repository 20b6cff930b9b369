"""The roles of a cluster itself: that of its control plane, and that of its nodes."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import iam

from components.core.environment import Environment
from components.core.iam import ANY, Statement, document
from components.core.service_role import LONGEST_ROLE, ServiceRoleArgs

NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
"""AWS's own, which EKS asks for: to join the cluster, to hand pods their identities, and to pull images, also those of
add-ons from AWS's accounts. The network plugin, logs and disks have roles of their own."""


def control_plane_role(
    environment: Environment, cluster: str, key_arn: pulumi.Input[str], tags: Mapping[str, str]
) -> ServiceRoleArgs:
    """The role that the control plane takes on, for this cluster only.

    The minimal permissions that EKS documents: AWS's policy AmazonEKSClusterPolicy also makes load balancers, routes
    and volumes, which here the controllers in the cluster do with roles of their own.
    """
    return ServiceRoleArgs(
        environment=environment,
        service="eks.amazonaws.com",
        source_arn=environment.arn("eks", f"cluster/{cluster}"),
        description=f"Control plane of {cluster}",
        statements=[
            Statement(
                sid="TagNodes",
                actions=["ec2:CreateTags"],
                resources=[environment.arn("ec2", "instance/*")],
                conditions={"ForAnyValue:StringLike": {"aws:TagKeys": "kubernetes.io/cluster/*"}},
            ),
            Statement(
                sid="LookAtNetwork",
                actions=[
                    "ec2:DescribeAvailabilityZones",
                    "ec2:DescribeDhcpOptions",
                    "ec2:DescribeInstanceTopology",
                    "ec2:DescribeInstances",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeVpcs",
                ],
                resources=[ANY],
                allow_any="EC2 lists everything or nothing",
            ),
            Statement(sid="LookAtKey", actions=["kms:DescribeKey"], resources=[key_arn]),
        ],
        tags=tags,
    )


class NodeRole(pulumi.ComponentResource):
    """The role of a cluster's nodes, Karpenter's too. Pods can't take it: IMDS refuses one hop more than a node's own.

    Args:
        policies: role -> ARN of an IAM policy, besides AWS's own. `NODE_POLICIES` pull what is there; what a
            pull-through cache doesn't have yet takes ``ecr:CreateRepository`` besides
            (https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html).

    Attributes:
        arn: of the role.
        name: of the role.
    """

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        environment: Environment,
        policies: Mapping[str, pulumi.Input[str]],
        tags: Mapping[str, str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:cluster:NodeRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            name,
            name=environment.physical_name(name, LONGEST_ROLE),
            description="Nodes: join the cluster and pull images",
            assume_role_policy=document(
                Statement(sid="Instances", actions=["sts:AssumeRole"], principals={"Service": "ec2.amazonaws.com"})
            ),
            permissions_boundary=environment.boundary,
            tags=tags,
            opts=child,
        )
        of_aws = {policy: f"arn:{environment.partition}:iam::aws:policy/{policy}" for policy in NODE_POLICIES}
        for policy, arn in {**of_aws, **policies}.items():
            iam.RolePolicyAttachment(f"{name}-{policy}", role=role.name, policy_arn=arn, opts=child)
        self.arn = role.arn
        self.name = role.name
        self.register_outputs({"arn": self.arn, "name": self.name})

"""The security group of the EKS package's nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from offline.providers.eks.parts import Component, Inputs, attribute, merged


@dataclass(frozen=True)
class Joined:
    """What nodes join: the cluster, its VPC, and the group of its control plane."""

    cluster: Any
    vpc_id: Any
    group_id: Any


class NodeGroupSecurity:
    """A security group of nodes, with what it lets in from the control plane and the way back."""

    def __init__(self, name: str, joined: Joined, tags: Any, options: pulumi.ResourceOptions) -> None:
        of_cluster = pulumi.Output.from_input(attribute(joined.cluster, "name"))
        self.group = aws.ec2.SecurityGroup(
            f"{name}-nodeSecurityGroup",
            vpc_id=joined.vpc_id,
            revoke_rules_on_delete=True,
            tags=merged(
                {"Name": f"{name}-nodeSecurityGroup"},
                of_cluster.apply(lambda known: {f"kubernetes.io/cluster/{known}": "owned"}),
                tags,
            ),
            opts=options,
        )

        def rule(role: str, why: str, ports: tuple[int, int], **more: Any) -> aws.ec2.SecurityGroupRule:
            said: dict[str, Any] = {"type": "ingress", "protocol": "tcp", "security_group_id": self.group.id, **more}
            return aws.ec2.SecurityGroupRule(
                f"{name}-{role}", description=why, from_port=ports[0], to_port=ports[1], opts=options, **said
            )

        rule("eksNodeIngressRule", "Allow nodes to communicate with each other", (0, 0), protocol="-1", self=True)
        control_plane = {"source_security_group_id": joined.group_id}
        rule(
            "eksNodeClusterIngressRule",
            "Allow worker Kubelets and pods to receive communication from the cluster control plane",
            (1025, 65535),
            **control_plane,
        )
        rule(
            "eksExtApiServerClusterIngressRule",
            "Allow pods running extension API servers on port 443 to receive communication from cluster control plane",
            (443, 443),
            **control_plane,
        )
        rule(
            "eksNodeInternetEgressRule",
            "Allow internet access.",
            (0, 0),
            type="egress",
            protocol="-1",
            cidr_blocks=["0.0.0.0/0"],
        )
        self.rule = rule(
            "eksClusterIngressRule",
            "Allow pods to communicate with the cluster API Server",
            (443, 443),
            security_group_id=joined.group_id,
            source_security_group_id=self.group.id,
        )


class NodeSecurityGroup(Component):
    """`eks:index:NodeGroupSecurityGroup`."""

    known = "clusterSecurityGroup eksCluster tags vpcId"

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("NodeGroupSecurityGroup", name, inputs, options)
        group_id = attribute(inputs["clusterSecurityGroup"], "id")
        made = NodeGroupSecurity(
            name, Joined(inputs["eksCluster"], inputs["vpcId"], group_id), inputs.get("tags"), self.child()
        )
        self.finish(securityGroup=made.group, securityGroupRule=made.rule)

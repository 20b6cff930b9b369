"""The control plane of the EKS package's cluster, with its role and its security group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from offline.providers.eks.parts import (
    Component,
    Inputs,
    Role,
    attribute,
    default_subnets,
    listed,
    merged,
    network,
    present,
    snake,
)


class ControlPlane:
    """EKS's side of a cluster; role and security group are the program's where it gives any."""

    def __init__(self, name: str, inputs: Inputs, vpc_id: Any, parent: Component) -> None:
        self._name, self._inputs, self._vpc_id, self._parent = name, inputs, vpc_id, parent
        self._before: Sequence[pulumi.Resource] = ()
        self.role = self._role()
        self.group = self._security_group()
        self.subnet_ids = self._subnets()
        self.cluster = self._cluster()

    def _role(self) -> Any:
        given = self._inputs.get("serviceRole")
        if given is not None:
            return given
        made = Role(
            f"{self._name}-eksRole",
            "eks.amazonaws.com",
            ("AmazonEKSClusterPolicy",),
            self._parent.child(),
            description="Allows EKS to manage clusters on your behalf.",
            tags=self._inputs.get("tags"),
        )
        self._before = made.attachments
        return made.role

    def _security_group(self) -> Any:
        if self._inputs.get("skipDefaultSecurityGroups") or self._inputs.get("clusterSecurityGroup") is not None:
            return self._inputs.get("clusterSecurityGroup")
        group = aws.ec2.SecurityGroup(
            f"{self._name}-eksClusterSecurityGroup",
            vpc_id=self._vpc_id,
            revoke_rules_on_delete=True,
            tags=merged(
                {"Name": f"{self._name}-eksClusterSecurityGroup"},
                self._inputs.get("clusterSecurityGroupTags"),
                self._inputs.get("tags"),
            ),
            opts=self._parent.child(),
        )
        aws.ec2.SecurityGroupRule(
            f"{self._name}-eksClusterInternetEgressRule",
            description="Allow internet access.",
            type="egress",
            from_port=0,
            to_port=0,
            protocol="-1",
            cidr_blocks=["0.0.0.0/0"],
            security_group_id=group.id,
            opts=self._parent.child(),
        )
        return group

    def _subnets(self) -> Any:
        """The subnets that the program names; those of the default VPC if it names no VPC either."""
        given = self._inputs
        if given.get("subnetIds") is not None:
            return given["subnetIds"]
        if given.get("publicSubnetIds") is not None or given.get("privateSubnetIds") is not None:
            return listed(given.get("publicSubnetIds"), given.get("privateSubnetIds"))
        return [] if given.get("vpcId") else default_subnets()

    def _cluster(self) -> aws.eks.Cluster:
        given = self._inputs
        key = given.get("encryptionConfigKeyArn")
        return aws.eks.Cluster(
            f"{self._name}-eksCluster",
            name=given.get("name"),
            role_arn=attribute(self.role, "arn"),
            version=given.get("version"),
            vpc_config=aws.eks.ClusterVpcConfigArgs(
                **present(
                    {
                        "subnet_ids": self.subnet_ids,
                        "security_group_ids": [attribute(self.group, "id")] if self.group is not None else None,
                        "endpoint_private_access": given.get("endpointPrivateAccess"),
                        "endpoint_public_access": given.get("endpointPublicAccess"),
                        "public_access_cidrs": given.get("publicAccessCidrs"),
                    }
                )
            ),
            access_config={
                "authentication_mode": given["authenticationMode"],
                "bootstrap_cluster_creator_admin_permissions": True,
            }
            if given.get("authenticationMode")
            else None,
            kubernetes_network_config=network(given),
            enabled_cluster_log_types=given.get("enabledClusterLogTypes"),
            encryption_config={"provider": {"key_arn": key}, "resources": ["secrets"]} if key is not None else None,
            bootstrap_self_managed_addons=given.get("bootstrapSelfManagedAddons", True),
            deletion_protection=given.get("deletionProtection"),
            upgrade_policy=snake(given.get("upgradePolicy")),
            tags=merged({"Name": f"{self._name}-eksCluster"}, given.get("clusterTags"), given.get("tags")),
            opts=pulumi.ResourceOptions(
                parent=self._parent,
                depends_on=self._before,
                ignore_changes=[
                    "accessConfig.bootstrapClusterCreatorAdminPermissions",
                    "bootstrapSelfManagedAddons",
                ],
            ),
        )

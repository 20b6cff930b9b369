"""What a cluster is made from, for each of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2

from components.cluster.settings import Cluster
from components.core.context import StackContext
from components.core.environment import ComponentTags, Environment
from components.core.iam import Statement


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What a cluster needs.

    Attributes:
        name: its physical name, such as ``acme-prod``; every name and ARN of its parts is made of it.
        settings: version, groups of nodes, add-ons, access.
        subnet_ids: private ones, in every zone.
        control_plane_security_group: of the control plane's network interfaces; the EKS package takes no id.
        node_security_group_ids: all that the nodes carry: EKS adds none of its own.
        node_tags: tags of what the program doesn't make itself: instances, their disks and interfaces.
        node_policies: role -> ARN of an IAM policy that nodes need besides AWS's own, such as that of the registry.
        mounts: statements about the file systems that pods may mount.
    """

    context: StackContext
    name: str
    settings: Cluster
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    control_plane_security_group: ec2.SecurityGroup
    node_security_group_ids: Sequence[pulumi.Input[str]]
    node_tags: Mapping[str, str]
    node_policies: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    mounts: Sequence[Statement] = ()

    @property
    def environment(self) -> Environment:
        """Account, Region and names."""
        return self.context.environment

    @property
    def key_arn(self) -> pulumi.Input[str]:
        """The KMS key of Kubernetes secrets and of disks."""
        return self.context.keys["kubernetes"]

    @property
    def tags(self) -> ComponentTags:
        """The tags of its parts; their names begin with the cluster's."""
        return ComponentTags(prefix=self.name, component="cluster", data_class="personal")

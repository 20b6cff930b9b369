"""A group of nodes: how each is launched, how many there are, how they are replaced."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2, eks

from components.cluster.alarms import group_alarms
from components.cluster.inputs import ClusterArgs
from components.cluster.node_group_settings import NodeGroup as NodeGroupSettings
from components.cluster.settings import ContainerLogs

ROOT_DISK = "/dev/xvda"
"""Of Amazon Linux 2023."""
MOST_UNAVAILABLE_PERCENT = 33
"""Of the nodes at once, in an update."""
USER_DATA = """\
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="NODE-CONFIG"

--NODE-CONFIG
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  kubelet:
    config:
      containerLogMaxSize: {max_mib}Mi
      containerLogMaxFiles: {max_files}

--NODE-CONFIG--
"""
"""For nodeadm: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/"""


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """What a group needs.

    Attributes:
        cluster: what the cluster is made from.
        group: one of its settings' groups.
        cluster_name: of the cluster, once it exists.
        role_arn: of the nodes.
    """

    cluster: ClusterArgs
    group: str
    cluster_name: pulumi.Input[str]
    role_arn: pulumi.Input[str]


class NodeGroup(pulumi.ComponentResource):
    """A managed node group, with the launch template that its nodes come from.

    Attributes:
        node_group: the group itself.
    """

    node_group: eks.NodeGroup

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:NodeGroup", name, None, opts)
        self.name = name
        self.args = args
        self.cluster = args.cluster
        self.settings = self.cluster.settings.groups[args.group]
        self.tags = {**self.cluster.node_tags, **self.cluster.tags(args.group)}
        self.node_group = self.group(self.template())
        if self.cluster.settings.alarms:
            group_alarms(name, self.cluster, args.group, self.node_group, self)
        self.register_outputs({"nodeGroupName": self.node_group.node_group_name})

    def template(self) -> ec2.LaunchTemplate:
        """How a node is launched. It names no image and no type: EKS puts in those of the group."""
        args, cluster = self.args, self.cluster
        return ec2.LaunchTemplate(
            self.name,
            name=f"{cluster.name}-{args.group}",
            description=f"Nodes of the group {args.group} of {cluster.name}",
            update_default_version=True,
            user_data=user_data(cluster.settings.container_logs),
            ebs_optimized="true",
            monitoring={"enabled": True},
            metadata_options={
                "http_endpoint": "enabled",
                "http_tokens": "required",
                "http_put_response_hop_limit": 1,
                "instance_metadata_tags": "disabled",
            },
            block_device_mappings=[
                {
                    "device_name": ROOT_DISK,
                    "ebs": {
                        "volume_type": "gp3",
                        "volume_size": self.settings.volume_gib,
                        "encrypted": "true",
                        "kms_key_id": cluster.key_arn,
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "security_groups": list(cluster.node_security_group_ids),
                    "delete_on_termination": "true",
                }
            ],
            # A managed group's own tags don't reach its instances.
            tag_specifications=[
                {"resource_type": kind, "tags": self.launched_tags()}
                for kind in ("instance", "volume", "network-interface")
            ],
            tags=self.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def launched_tags(self) -> dict[str, str]:
        """The tags of what a node consists of; by the last one the network plugin knows its interfaces."""
        return {**self.tags, "cluster.k8s.amazonaws.com/name": self.cluster.name}

    def group(self, template: ec2.LaunchTemplate) -> eks.NodeGroup:
        """The group, whose size the autoscaler decides once it is there.

        Its physical name is made up: where a change replaces it, its successor is there before it goes.
        """
        args, cluster, settings = self.args, self.cluster, self.settings
        return eks.NodeGroup(
            self.name,
            cluster_name=args.cluster_name,
            node_role_arn=args.role_arn,
            subnet_ids=list(cluster.subnet_ids),
            ami_type=settings.ami_type,
            version=cluster.settings.version,
            release_version=cluster.settings.release,
            capacity_type=settings.capacity,
            instance_types=list(settings.instance_types),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            scaling_config={
                "min_size": settings.min_nodes,
                "max_size": settings.max_nodes,
                "desired_size": settings.min_nodes,
            },
            update_config={"max_unavailable_percentage": MOST_UNAVAILABLE_PERCENT},
            node_repair_config={"enabled": True},
            labels={**settings.labels},
            taints=taints(settings),
            tags={**self.tags, **autoscaler_tags(cluster.name)},
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["scalingConfig.desiredSize"]),
        )


def user_data(logs: ContainerLogs) -> str:
    """What a node's kubelet does with logs, in base64; nodeadm merges it with EKS's own part, which names the cluster.

    https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html#launch-template-user-data
    """
    return b64encode(USER_DATA.format(max_mib=logs.max_mib, max_files=logs.max_files).encode()).decode()


def taints(settings: NodeGroupSettings) -> list[Any]:
    """The taints as the provider takes them."""
    return [
        {"key": taint.key, "value": taint.value or None, "effect": taint.effect}  # EKS takes no empty value
        for taint in settings.taints
    ]


def autoscaler_tags(cluster: str) -> dict[str, str]:
    """By these the Cluster Autoscaler finds the groups that it may size; EKS copies them to the instances' group."""
    return {"k8s.io/cluster-autoscaler/enabled": "true", f"k8s.io/cluster-autoscaler/{cluster}": "owned"}

"""A group of nodes: how each is launched, how many there are, how they are replaced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ec2, eks

from components.cluster.node_group_settings import NodeGroup as NodeGroupSettings

ROOT_DISK = "/dev/xvda"
STANDARD, NVIDIA = "AL2023_x86_64_STANDARD", "AL2023_x86_64_NVIDIA"
"""Images of Amazon Linux 2023."""
MOST_UNAVAILABLE_PERCENT = 33
"""Of the nodes at once, in an update."""


@dataclass(frozen=True, kw_only=True)
class NodeGroupArgs:
    """What a group needs.

    Attributes:
        cluster: physical name of the cluster, known before it exists.
        cluster_name: the same, once it exists.
        group: name of the group, such as ``web``.
        settings: sizes, types, labels, taints.
        version: of Kubernetes.
        release: of the image.
        role_arn: of the nodes.
        subnet_ids: private ones, in every zone.
        security_group_ids: all that the nodes carry: EKS adds none of its own.
        key_arn: the KMS key of their disks.
        tags: of the group, its nodes and their disks, by what they are.
    """

    cluster: str
    cluster_name: pulumi.Input[str]
    group: str
    settings: NodeGroupSettings
    version: str
    release: str
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    key_arn: pulumi.Input[str]
    tags: Mapping[str, str]


class NodeGroup(pulumi.ComponentResource):
    """A managed node group, with the launch template that its nodes come from.

    Attributes:
        node_group: the group itself: what needs nodes depends on it.
    """

    node_group: eks.NodeGroup

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:NodeGroup", name, None, opts)
        self.name = name
        self.args = args
        self.node_group = self.group(self.template())
        self.register_outputs({"nodeGroupName": self.node_group.node_group_name})

    def template(self) -> ec2.LaunchTemplate:
        """How a node is launched. It names no image and no type: EKS puts in those of the group."""
        args = self.args
        return ec2.LaunchTemplate(
            self.name,
            name=f"{args.cluster}-{args.group}",
            description=f"Nodes of the group {args.group} of {args.cluster}",
            update_default_version=True,
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
                        "volume_size": args.settings.volume_gib,
                        "encrypted": "true",
                        "kms_key_id": args.key_arn,
                        "delete_on_termination": "true",
                    },
                }
            ],
            network_interfaces=[
                {
                    "device_index": 0,
                    "associate_public_ip_address": "false",
                    "security_groups": list(args.security_group_ids),
                    "delete_on_termination": "true",
                }
            ],
            # A managed group's own tags don't reach its instances.
            tag_specifications=[
                {"resource_type": kind, "tags": self.launched_tags()}
                for kind in ("instance", "volume", "network-interface")
            ],
            tags={**args.tags},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def launched_tags(self) -> dict[str, str]:
        """The tags of what a node consists of; by the last one the network plugin knows its interfaces."""
        return {**self.args.tags, "cluster.k8s.amazonaws.com/name": self.args.cluster}

    def group(self, template: ec2.LaunchTemplate) -> eks.NodeGroup:
        """The group, whose size the autoscaler decides once it is there.

        Its physical name is made up: where a change replaces it, its successor is there before it goes.
        """
        args, settings = self.args, self.args.settings
        return eks.NodeGroup(
            self.name,
            cluster_name=args.cluster_name,
            node_role_arn=args.role_arn,
            subnet_ids=list(args.subnet_ids),
            ami_type=NVIDIA if args.group == "gpu" else STANDARD,
            version=args.version,
            release_version=args.release,
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
            labels={**settings.labels, "workload": args.group},
            taints=taints(settings),
            tags={**args.tags, **autoscaler_tags(args.cluster)},
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["scalingConfig.desiredSize"]),
        )


def taints(settings: NodeGroupSettings) -> list[Any]:
    """The taints as the provider takes them."""
    return [
        {"key": taint.key, "value": taint.value or None, "effect": taint.effect}  # EKS takes no empty value
        for taint in settings.taints
    ]


def autoscaler_tags(cluster: str) -> dict[str, str]:
    """By these the Cluster Autoscaler finds the groups that it may size; EKS copies them to the instances' group."""
    return {"k8s.io/cluster-autoscaler/enabled": "true", f"k8s.io/cluster-autoscaler/{cluster}": "owned"}

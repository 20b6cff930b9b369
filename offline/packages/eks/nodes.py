"""Nodes of the EKS package: self-managed and managed groups."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from offline.packages.eks.node_security import Joined, NodeGroupSecurity
from offline.packages.eks.parts import Component, Inputs, attribute, cluster_name, of, snake, snake_name

NODE_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")
NODE_OPTIONS: Final = (
    "amiId autoScalingGroupTags clusterIngressRule clusterIngressRuleId desiredCapacity enableDetailedMonitoring "
    "extraNodeSecurityGroups ignoreScalingChanges instanceProfile instanceProfileName instanceType keyName labels "
    "launchTemplateTagSpecifications maxSize metadataOptions minRefreshPercentage minSize nodeAssociatePublicIpAddress "
    "nodeRootVolumeDeleteOnTermination nodeRootVolumeEncrypted nodeRootVolumeIops nodeRootVolumeSize "
    "nodeRootVolumeThroughput nodeRootVolumeType nodeSecurityGroup nodeSecurityGroupId nodeSubnetIds spotPrice taints "
    "version"
)
"""What can be said of a group of self-managed nodes, here."""


class Nodes:
    """Self-managed nodes: launch template and auto scaling group."""

    def __init__(
        self,
        name: str,
        inputs: Inputs,
        cluster: Any,
        security: NodeGroupSecurity | None,
        options: pulumi.ResourceOptions,
    ) -> None:
        self._inputs, self._cluster, self._options = inputs, cluster, options
        self.group_id = security.group.id if security else _either(inputs, "nodeSecurityGroup")
        rule_id = security.rule.id if security else _either(inputs, "clusterIngressRule")
        template = self._template(name, rule_id)
        self.scaling = aws.autoscaling.Group(
            name,
            min_size=inputs.get("minSize", 1),
            max_size=inputs.get("maxSize", 2),
            desired_capacity=inputs.get("desiredCapacity", 2),
            launch_template={"name": template.name, "version": template.latest_version.apply(str)},
            vpc_zone_identifiers=inputs.get("nodeSubnetIds"),
            instance_refresh={
                "strategy": "Rolling",
                "preferences": {"min_healthy_percentage": inputs.get("minRefreshPercentage", 50)},
            },
            tags=pulumi.Output.all(attribute(cluster, "name"), inputs.get("autoScalingGroupTags") or {}).apply(
                lambda known: _scaling_tags(*known)
            ),
            opts=pulumi.ResourceOptions.merge(
                options,
                pulumi.ResourceOptions(
                    ignore_changes=["desiredCapacity"] if inputs.get("ignoreScalingChanges") else []
                ),
            ),
        )

    def _template(self, name: str, rule_id: Any) -> aws.ec2.LaunchTemplate:
        """Public addresses, and the image's own disks and metadata service, unless the program says otherwise."""
        inputs = self._inputs
        extra = (attribute(it, "id") for it in inputs.get("extraNodeSecurityGroups") or ())
        # The rule's id is not used: nodes come after it, or they wouldn't reach the cluster.
        groups = pulumi.Output.all(rule_id, self.group_id, *extra).apply(lambda known: known[1:])
        public = inputs.get("nodeAssociatePublicIpAddress")
        spot, monitoring = inputs.get("spotPrice"), inputs.get("enableDetailedMonitoring")
        return aws.ec2.LaunchTemplate(
            f"{name}-launchTemplate",
            image_id=inputs.get("amiId") or self._image(),
            instance_type=inputs.get("instanceType") or "t3.medium",
            iam_instance_profile={"name": _either(inputs, "instanceProfile", "name")},
            key_name=inputs.get("keyName"),
            instance_market_options={"market_type": "spot", "spot_options": {"max_price": spot}} if spot else None,
            block_device_mappings=_disks(inputs),
            network_interfaces=[
                {"associate_public_ip_address": "false" if public is False else "true", "security_groups": groups}
            ],
            metadata_options=snake(inputs.get("metadataOptions")),
            user_data=self._first_boot(),
            tag_specifications=[snake(it) for it in inputs.get("launchTemplateTagSpecifications") or ()],
            monitoring=None if monitoring is None else {"enabled": monitoring},
            opts=self._options,
        )

    def _image(self) -> Any:
        version = self._inputs.get("version") or attribute(self._cluster, "version")
        path = pulumi.Output.format(
            "/aws/service/eks/optimized-ami/{0}/amazon-linux-2023/x86_64/standard/recommended/image_id", version
        )
        return aws.ssm.get_parameter_output(name=path).value

    def _first_boot(self) -> pulumi.Output[str]:
        """What Amazon Linux 2023's nodeadm is told; JSON is YAML, too."""
        cluster = self._cluster
        return pulumi.Output.all(
            name=attribute(cluster, "name"),
            apiServerEndpoint=attribute(cluster, "endpoint"),
            certificateAuthority=attribute(attribute(cluster, "certificate_authority"), "data"),
            cidr=attribute(attribute(cluster, "kubernetes_network_config"), "service_ipv4_cidr"),
        ).apply(lambda known: _node_config(known, self._inputs))


def _node_config(cluster: Mapping[str, Any], inputs: Inputs) -> str:
    labels = ",".join(f"{key}={value}" for key, value in (inputs.get("labels") or {}).items())
    taints = ",".join(f"{key}={each['value']}:{each['effect']}" for key, each in (inputs.get("taints") or {}).items())
    flags = [f"--node-labels={labels}"] * bool(labels) + [f"--register-with-taints={taints}"] * bool(taints)
    config = {
        "apiVersion": "node.eks.aws/v1alpha1",
        "kind": "NodeConfig",
        "spec": {"cluster": dict(cluster), "kubelet": {"flags": flags}},
    }
    return base64.b64encode(json.dumps(config).encode()).decode()


def _either(inputs: Inputs, name: str, part: str = "id") -> Any:
    """A resource's id or name, given as the resource or by itself."""
    given = inputs.get(name)
    return attribute(given, part) if given is not None else inputs.get(f"{name}{part.capitalize()}")


def _scaling_tags(cluster: str, tags: Mapping[str, str]) -> list[aws.autoscaling.GroupTagArgs]:
    own = {**tags, f"kubernetes.io/cluster/{cluster}": "owned", "Name": f"{cluster}-worker"}
    return [aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in own.items()]


def _disks(inputs: Inputs) -> list[Any]:
    """The root disk, where the program says anything about it."""
    names = {
        "encrypted": "nodeRootVolumeEncrypted",
        "volume_size": "nodeRootVolumeSize",
        "volume_type": "nodeRootVolumeType",
        "iops": "nodeRootVolumeIops",
        "throughput": "nodeRootVolumeThroughput",
        "delete_on_termination": "nodeRootVolumeDeleteOnTermination",
    }
    asked = {name: inputs[wire] for name, wire in names.items() if inputs.get(wire) is not None}
    disk = {name: str(value).lower() if isinstance(value, bool) else value for name, value in asked.items()}
    return [{"device_name": "/dev/xvda", "ebs": disk}] if disk else []


class ManagedNodeGroup(Component):
    """`eks:index:ManagedNodeGroup`."""

    _passed = (
        "amiType capacityType diskSize forceUpdateVersion instanceTypes labels launchTemplate nodeGroupName "
        "nodeGroupNamePrefix releaseVersion remoteAccess tags taints version"
    )
    known = f"{_passed} cluster clusterName ignoreScalingChanges nodeRole nodeRoleArn scalingConfig subnetIds"

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("ManagedNodeGroup", name, inputs, options)
        role, core = inputs.get("nodeRoleArn") or attribute(inputs.get("nodeRole"), "arn"), inputs.get("cluster")
        if role is None:
            raise ValueError("An IAM role, or role ARN must be provided to create a managed node group")
        arguments = {
            snake_name(wire): snake(inputs[wire]) for wire in self._passed.split() if inputs.get(wire) is not None
        }
        if "version" not in arguments and "launch_template" not in arguments:
            arguments["version"] = attribute(of(core, "cluster"), "version")
        if inputs.get("taints"):
            arguments["taints"] = [snake(taint) for taint in inputs["taints"]]
        sizes: dict[str, Any] = {"desired_size": 2, "min_size": 1, "max_size": 2}
        ignored = ["scalingConfig.desiredSize"] if inputs.get("ignoreScalingChanges") else []
        group = aws.eks.NodeGroup(
            name,
            cluster_name=cluster_name(inputs),
            node_role_arn=role,
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(**(sizes | (snake(inputs.get("scalingConfig")) or {}))),
            subnet_ids=inputs.get("subnetIds") or of(core, "subnetIds"),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=ignored),
            **arguments,
        )
        self.finish(nodeGroup=group, placementGroupName="")


class NodeGroup(Component):
    """`eks:index:NodeGroupV2`; the first version makes a launch configuration, which new accounts can't have."""

    known = f"cluster {NODE_OPTIONS}"

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("NodeGroupV2", name, inputs, options)
        core = inputs.get("cluster")
        cluster = of(core, "cluster")
        security = None
        if inputs.get("nodeSecurityGroup") is None and inputs.get("nodeSecurityGroupId") is None:
            group = pulumi.Output.all(attribute(of(core, "clusterSecurityGroup"), "id"), cluster).apply(
                lambda known: known[0] or known[1].vpc_config.cluster_security_group_id
            )
            security = NodeGroupSecurity(name, Joined(cluster, of(core, "vpcId"), group), {}, self.child())
        own = {**inputs, "nodeSubnetIds": inputs.get("nodeSubnetIds") or of(core, "subnetIds")}
        nodes = Nodes(name, own, cluster, security, self.child())
        self.finish(
            autoScalingGroup=nodes.scaling,
            nodeSecurityGroup=security.group if security else inputs.get("nodeSecurityGroup"),
            nodeSecurityGroupId=nodes.group_id,
            extraNodeSecurityGroups=inputs.get("extraNodeSecurityGroups") or [],
        )

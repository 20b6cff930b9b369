"""Nodes of the EKS package: self-managed and managed groups, and their security group."""

from __future__ import annotations

from typing import Any, Final

import pulumi
import pulumi_aws as aws

from offline.packages.eks.parts import (
    DEFAULT_VERSION,
    Component,
    Inputs,
    Role,
    attribute,
    cluster_name,
    key,
    of,
    snake,
    snake_name,
)

_NODE_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")


class Nodes:
    """Self-managed nodes: role, profile, security group with its rules, launch template, auto scaling group."""

    def __init__(
        self,
        owner: Component,
        name: str,
        inputs: Inputs,
        cluster: Any,
        cluster_group: Any,
    ) -> None:
        given = owner.child()
        role = inputs.get("instanceRole")
        self.role = (
            role if role is not None else Role(f"{name}-instanceRole", "ec2.amazonaws.com", _NODE_POLICIES, given).role
        )
        profile = aws.iam.InstanceProfile(f"{name}-instanceProfile", role=attribute(self.role, "name"), opts=given)
        self.group = aws.ec2.SecurityGroup(
            f"{name}-nodeSecurityGroup",
            vpc_id=inputs.get("vpcId") or attribute(attribute(cluster, "vpc_config"), "vpc_id"),
            revoke_rules_on_delete=True,
            opts=given,
        )
        self.rule = self._rules(name, cluster_group, given)
        size = int(inputs.get("desiredCapacity") or 2)
        template = self._template(name, inputs, profile, given)
        self.scaling = aws.autoscaling.Group(
            f"{name}-nodes",
            min_size=int(inputs.get("minSize") or 1),
            max_size=int(inputs.get("maxSize") or max(size, 2)),
            desired_capacity=size,
            vpc_zone_identifiers=inputs.get("nodeSubnetIds") or inputs.get("subnetIds"),
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            opts=given,
        )

    def _template(
        self, name: str, inputs: Inputs, profile: aws.iam.InstanceProfile, given: pulumi.ResourceOptions
    ) -> aws.ec2.LaunchTemplate:
        """Public addresses, and the image's own disks and metadata service, unless the program says otherwise."""
        groups = pulumi.Output.all(
            self.group.id, *(attribute(it, "id") for it in inputs.get("extraNodeSecurityGroups") or ())
        )
        public = inputs.get("nodeAssociatePublicIpAddress")
        spot = inputs.get("spotPrice")
        return aws.ec2.LaunchTemplate(
            f"{name}-launchTemplate",
            image_id=inputs.get("amiId") or self._image(inputs),
            instance_type=inputs.get("instanceType") or "t3.medium",
            iam_instance_profile={"name": profile.name},
            key_name=inputs.get("keyName"),
            instance_market_options={"market_type": "spot", "spot_options": {"max_price": spot}} if spot else None,
            block_device_mappings=_disks(inputs),
            network_interfaces=[
                {"associate_public_ip_address": "false" if public is False else "true", "security_groups": groups}
            ],
            metadata_options=snake(inputs.get("metadataOptions")),
            tag_specifications=[snake(it) for it in inputs.get("launchTemplateTagSpecifications") or ()],
            opts=given,
        )

    @staticmethod
    def _image(inputs: Inputs) -> Any:
        version = inputs.get("version") or DEFAULT_VERSION
        path = f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/x86_64/standard/recommended/image_id"
        return aws.ssm.get_parameter_output(name=path).value

    def _rules(self, name: str, cluster_group: Any, given: pulumi.ResourceOptions) -> Any:
        def rule(suffix: str, type_: str, ports: tuple[int, int], protocol: str, **more: Any) -> Any:
            return aws.ec2.SecurityGroupRule(
                f"{name}-{suffix}",
                type=type_,
                from_port=ports[0],
                to_port=ports[1],
                protocol=protocol,
                opts=given,
                **more,
            )

        rule("eksNodeIngressRule", "ingress", (0, 0), "-1", self=True, security_group_id=self.group.id)
        egress = rule(
            "eksNodeInternetEgressRule",
            "egress",
            (0, 0),
            "-1",
            cidr_blocks=["0.0.0.0/0"],
            security_group_id=self.group.id,
        )
        if cluster_group is None:
            return egress
        rule(
            "eksNodeClusterIngressRule",
            "ingress",
            (1025, 65535),
            "tcp",
            source_security_group_id=attribute(cluster_group, "id"),
            security_group_id=self.group.id,
        )
        return rule(
            "eksClusterIngressRule",
            "ingress",
            (443, 443),
            "tcp",
            source_security_group_id=self.group.id,
            security_group_id=attribute(cluster_group, "id"),
        )


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

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("ManagedNodeGroup", name, options)
        passed = "amiType capacityType diskSize forceUpdateVersion instanceTypes labels nodeGroupName"
        passed += " releaseVersion tags version"
        arguments = {snake_name(wire): inputs[wire] for wire in passed.split() if inputs.get(wire) is not None}
        for wire in ("scalingConfig", "remoteAccess", "launchTemplate"):
            if inputs.get(wire) is not None:
                arguments[snake_name(wire)] = snake(inputs[wire])
        if inputs.get("taints"):
            arguments["taints"] = [snake(taint) for taint in inputs["taints"]]
        arguments.setdefault("scaling_config", {"desired_size": 2, "min_size": 1, "max_size": 2})
        role = inputs.get("nodeRoleArn") or attribute(inputs.get("nodeRole"), "arn")
        group = aws.eks.NodeGroup(
            name,
            cluster_name=cluster_name(inputs),
            node_role_arn=role or of(inputs.get("cluster"), "instanceRoles").apply(lambda roles: key(roles[0], "arn")),
            subnet_ids=inputs.get("subnetIds") or of(inputs.get("cluster"), "subnetIds"),
            opts=self.child(),
            **arguments,
        )
        self.finish(nodeGroup=group, placementGroupName="")


class NodeGroup(Component):
    """`eks:index:NodeGroup` and `eks:index:NodeGroupV2`."""

    def __init__(self, type_: str, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__(type_, name, options)
        core = inputs.get("cluster")
        cluster = of(core, "cluster")
        cluster_group = inputs.get("clusterSecurityGroup")
        own = {**inputs, "nodeSubnetIds": inputs.get("nodeSubnetIds") or of(core, "subnetIds")}
        own["vpcId"] = inputs.get("vpcId") or of(core, "vpcId")
        nodes = Nodes(self, name, own, cluster, cluster_group)
        self.finish(
            autoScalingGroup=nodes.scaling,
            autoScalingGroupName=nodes.scaling.name,
            nodeSecurityGroup=nodes.group,
            nodeSecurityGroupId=nodes.group.id,
            extraNodeSecurityGroups=inputs.get("extraNodeSecurityGroups") or [],
            cfnStack=None,
        )


class NodeSecurityGroup(Component):
    """`eks:index:NodeGroupSecurityGroup`."""

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("NodeGroupSecurityGroup", name, options)
        group = aws.ec2.SecurityGroup(
            f"{name}-nodeSecurityGroup", vpc_id=inputs.get("vpcId"), tags=inputs.get("tags"), opts=self.child()
        )
        rule = aws.ec2.SecurityGroupRule(
            f"{name}-eksClusterIngressRule",
            type="ingress",
            from_port=443,
            to_port=443,
            protocol="tcp",
            source_security_group_id=group.id,
            security_group_id=attribute(inputs.get("clusterSecurityGroup"), "id"),
            opts=self.child(),
        )
        self.finish(securityGroup=group, securityGroupRule=rule)

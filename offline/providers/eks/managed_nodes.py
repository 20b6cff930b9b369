"""Nodes of the EKS package that EKS manages."""

from __future__ import annotations

from typing import Any, Final

import pulumi
import pulumi_aws as aws

from offline.providers.eks.access import has_entries
from offline.providers.eks.parts import Component, Inputs, attribute, cluster_name, of, snake, snake_name


class ManagedNodeGroup(Component):
    """`eks:index:ManagedNodeGroup`."""

    _passed: Final = (
        "amiType capacityType diskSize forceUpdateVersion instanceTypes labels nodeGroupName nodeGroupNamePrefix "
        "releaseVersion tags version"
    )
    _objects: Final = "launchTemplate remoteAccess"
    known = (
        f"{_passed} {_objects} cluster clusterName enableIMDSv2 ignoreScalingChanges nodeRole nodeRoleArn "
        "scalingConfig subnetIds taints"
    )

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("ManagedNodeGroup", name, inputs, options)
        core = inputs["cluster"]
        arguments = {snake_name(wire): inputs[wire] for wire in self._passed.split() if inputs.get(wire) is not None}
        for wire in self._objects.split():
            arguments[snake_name(wire)] = pulumi.Output.from_input(inputs.get(wire)).apply(snake)
        if inputs.get("enableIMDSv2") is not None:
            arguments["launch_template"] = self._template(name, inputs)
            arguments.pop("disk_size", None)
        if not inputs.get("version") and not inputs.get("launchTemplate"):
            arguments["version"] = attribute(of(core, "cluster"), "version")
        taints = pulumi.Output.from_input(inputs.get("taints"))
        ignored = ["scalingConfig.desiredSize"] if inputs.get("ignoreScalingChanges") else []
        group = aws.eks.NodeGroup(
            name,
            cluster_name=cluster_name(inputs),
            node_role_arn=_role_arn(inputs),
            scaling_config=pulumi.Output.from_input(inputs.get("scalingConfig")).apply(_sizes),
            subnet_ids=inputs["subnetIds"] if inputs.get("subnetIds") is not None else of(core, "subnetIds"),
            taints=taints.apply(lambda said: [snake(taint) for taint in said or ()] or None),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=pulumi.Output.from_input(of(core, "eksNodeAccess")).apply(lambda it: [it] if it else []),
                ignore_changes=ignored,
            ),
            **arguments,
        )
        self.finish(nodeGroup=group, placementGroupName="")

    def _template(self, name: str, inputs: Inputs) -> dict[str, Any]:
        """Session tokens for the metadata service can only be asked for in a launch template."""
        if inputs.get("launchTemplate"):
            raise ValueError("launchTemplate and enableIMDSv2: say it in the launch template that you provide")
        disk = inputs.get("diskSize")
        device = "/dev/xvdb" if str(inputs.get("amiType")).startswith("BOTTLEROCKET") else "/dev/xvda"
        template = aws.ec2.LaunchTemplate(
            f"{name}-launchTemplate",
            block_device_mappings=[{"device_name": device, "ebs": {"volume_size": disk}}] if disk else None,
            metadata_options={
                "http_tokens": "required" if inputs["enableIMDSv2"] else "optional",
                "http_put_response_hop_limit": 2,
                "http_endpoint": "enabled",
            },
            opts=self.child(),
        )
        return {"id": template.id, "version": template.latest_version.apply(str)}


def _sizes(said: Any) -> aws.eks.NodeGroupScalingConfigArgs:
    sizes: dict[str, Any] = {"desired_size": 2, "min_size": 1, "max_size": 2}
    return aws.eks.NodeGroupScalingConfigArgs(**(sizes | (snake(said) or {})))


def _role_arn(inputs: Inputs) -> pulumi.Output[str]:
    """ARN of the nodes' role.

    Raises:
        ValueError: none, or two; or, once it is known, one that the cluster doesn't let in.
    """
    if inputs.get("nodeRole") is not None and inputs.get("nodeRoleArn"):
        raise ValueError("You cannot specify both nodeRole and nodeRoleArn when creating a managed node group.")
    role, core = inputs.get("nodeRoleArn") or attribute(inputs.get("nodeRole"), "arn"), inputs["cluster"]
    if role is None:
        raise ValueError("An IAM role, or role ARN must be provided to create a managed node group")
    let_in = pulumi.Output.from_input(of(core, "instanceRoles")).apply(
        lambda roles: pulumi.Output.all(*(attribute(each, "arn") for each in roles or ()))
    )
    mode = attribute(attribute(of(core, "cluster"), "access_config"), "authentication_mode")
    return pulumi.Output.all(role, let_in, mode).apply(lambda known: _let_in(*known))


def _let_in(role: str, roles: list[str], mode: str | None) -> str:
    if not has_entries(mode) and role not in roles:
        raise ValueError(
            "nodeRole: a managed node group cannot be created without first setting its role in the cluster's "
            "instanceRoles"
        )
    return role

"""Add-ons of the EKS package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from offline.packages.eks.parts import Component, Inputs, cluster_name


def addon_version(name: str, version: Any, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The version of an add-on that the provider names for a Kubernetes version."""
    found = aws.eks.get_addon_version_output(
        addon_name=name, kubernetes_version=version, most_recent=True, opts=pulumi.InvokeOutputOptions(parent=parent)
    )
    return found.version


def values(given: Any) -> Any:
    """Configuration of an add-on as JSON text."""
    return json.dumps(given) if isinstance(given, Mapping) else given


class VpcCni(Component):
    """`eks:index:VpcCniAddon`."""

    known = (
        "addonVersion clusterName clusterVersion configurationValues resolveConflictsOnCreate resolveConflictsOnUpdate "
        "serviceAccountRoleArn tags"
    )

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("VpcCniAddon", name, inputs, options)
        aws.eks.Addon(
            name,
            addon_name="vpc-cni",
            cluster_name=inputs["clusterName"],
            addon_version=inputs.get("addonVersion") or addon_version("vpc-cni", inputs.get("clusterVersion"), self),
            preserve=True,
            resolve_conflicts_on_create=inputs.get("resolveConflictsOnCreate") or "OVERWRITE",
            resolve_conflicts_on_update=inputs.get("resolveConflictsOnUpdate") or "OVERWRITE",
            service_account_role_arn=inputs.get("serviceAccountRoleArn"),
            configuration_values=values(inputs.get("configurationValues")),
            tags=inputs.get("tags"),
            opts=self.child(),
        )
        self.finish()


class Addon(Component):
    """`eks:index:Addon`."""

    known = (
        "addonName addonVersion cluster clusterName configurationValues preserve resolveConflictsOnCreate "
        "resolveConflictsOnUpdate serviceAccountRoleArn tags"
    )

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("Addon", name, inputs, options)
        aws.eks.Addon(
            name,
            cluster_name=cluster_name(inputs),
            addon_name=inputs["addonName"],
            addon_version=inputs.get("addonVersion"),
            configuration_values=values(inputs.get("configurationValues")),
            preserve=inputs.get("preserve", True),
            resolve_conflicts_on_create=inputs.get("resolveConflictsOnCreate") or "OVERWRITE",
            resolve_conflicts_on_update=inputs.get("resolveConflictsOnUpdate") or "OVERWRITE",
            service_account_role_arn=inputs.get("serviceAccountRoleArn"),
            tags=inputs.get("tags"),
            opts=self.child(),
        )
        self.finish()

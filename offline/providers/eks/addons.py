"""Add-ons of the EKS package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from offline.providers.eks.parts import Component, Inputs, cluster_name, compact

_PLUGIN: Final = {
    "nodePortSupport": ("AWS_VPC_CNI_NODE_PORT_SUPPORT", None),
    "customNetworkConfig": ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", None),
    "warmEniTarget": ("WARM_ENI_TARGET", "1"),
    "warmIpTarget": ("WARM_IP_TARGET", None),
    "warmPrefixTarget": ("WARM_PREFIX_TARGET", None),
    "enablePrefixDelegation": ("ENABLE_PREFIX_DELEGATION", None),
    "logLevel": ("AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG"),
    "logFile": ("AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log"),
    "vethPrefix": ("AWS_VPC_K8S_CNI_VETHPREFIX", "eni"),
    "eniMtu": ("AWS_VPC_ENI_MTU", "9001"),
    "eniConfigLabelDef": ("ENI_CONFIG_LABEL_DEF", None),
    "enablePodEni": ("ENABLE_POD_ENI", "false"),
    "cniConfigureRpfilter": ("AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", None),
    "cniCustomNetworkCfg": ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false"),
    "cniExternalSnat": ("AWS_VPC_K8S_CNI_EXTERNALSNAT", "false"),
    "externalSnat": ("AWS_VPC_K8S_CNI_EXTERNALSNAT", None),
}
"""Option of the network plugin -> variable of its container, and what the package sets it to by itself.

Where two options set one variable, the later one decides, by its default, too: as in the package.
"""
_ALWAYS: Final = {
    "AWS_VPC_K8S_PLUGIN_LOG_LEVEL": "DEBUG",
    "AWS_VPC_K8S_PLUGIN_LOG_FILE": "/var/log/aws-routed-eni/plugin.log",
}
_BEFORE_PLUGIN: Final = {"disableTcpEarlyDemux": ("DISABLE_TCP_EARLY_DEMUX", "false")}
"""The same for the container that runs before it."""


def addon_version(name: str, version: Any, parent: pulumi.Resource) -> pulumi.Output[str]:
    """The version of an add-on that the provider names for a Kubernetes version."""
    found = aws.eks.get_addon_version_output(
        addon_name=name, kubernetes_version=version, most_recent=True, opts=pulumi.InvokeOutputOptions(parent=parent)
    )
    return found.version


def values(given: Any) -> Any:
    """Configuration of an add-on as JSON text, its keys in order."""
    return pulumi.Output.from_input(given).apply(lambda known: compact(known, sort=True)) if given else None


class VpcCni(Component):
    """`eks:index:VpcCniAddon`."""

    known = (
        "addonVersion clusterName clusterVersion configurationValues enableNetworkPolicy resolveConflictsOnCreate "
        f"resolveConflictsOnUpdate serviceAccountRoleArn tags {' '.join({**_PLUGIN, **_BEFORE_PLUGIN})}"
    )

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        if not inputs.get("addonVersion") and not inputs.get("clusterVersion"):
            raise ValueError("`addonVersion` or `clusterVersion` is needed for the version of the vpc-cni add-on")
        if inputs.get("cniExternalSnat") and inputs.get("externalSnat"):
            raise ValueError("specify one of `cniExternalSnat` and `externalSnat`")
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
            configuration_values=values(pulumi.Output.from_input(dict(inputs)).apply(_plugin_values)),
            tags=inputs.get("tags"),
            opts=self.child(),
        )
        self.finish()


def _plugin_values(said: Inputs) -> dict[str, Any]:
    """Configuration of the network plugin: what the program says goes before what its options and defaults say."""
    config = dict(said.get("configurationValues") or {})
    first: Inputs = config.get("init") or {}
    if said.get("enableNetworkPolicy") is not None:
        config.setdefault("enableNetworkPolicy", _text(said["enableNetworkPolicy"]))
    config["env"] = {**_ALWAYS, **_variables(_PLUGIN, said), **(config.get("env") or {})}
    config["init"] = {**first, "env": {**_variables(_BEFORE_PLUGIN, said), **(first.get("env") or {})}}
    return config


def _variables(table: Mapping[str, tuple[str, str | None]], said: Inputs) -> dict[str, str]:
    found: dict[str, str] = {}
    for option, (variable, default) in table.items():
        value = said.get(option)
        counts = value is not None if option == "warmEniTarget" else value  # elsewhere none is as good as nothing said
        text = _text(value) if counts else default
        if text is not None:
            found[variable] = text
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


class Addon(Component):
    """`eks:index:Addon`: a child of its cluster, whatever the program says."""

    known = (
        "addonName addonVersion cluster configurationValues preserve resolveConflictsOnCreate "
        "resolveConflictsOnUpdate serviceAccountRoleArn tags"
    )

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        of_cluster = pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(parent=inputs["cluster"]))
        super().__init__("Addon", name, inputs, of_cluster)
        addon = aws.eks.Addon(
            name,
            cluster_name=cluster_name(inputs),
            addon_name=inputs["addonName"],
            addon_version=inputs.get("addonVersion"),
            configuration_values=values(inputs.get("configurationValues")),
            preserve=inputs.get("preserve"),
            resolve_conflicts_on_create=inputs.get("resolveConflictsOnCreate"),
            resolve_conflicts_on_update=inputs.get("resolveConflictsOnUpdate"),
            service_account_role_arn=inputs.get("serviceAccountRoleArn"),
            tags=inputs.get("tags"),
            opts=self.child(),
        )
        self.finish(addon=addon)

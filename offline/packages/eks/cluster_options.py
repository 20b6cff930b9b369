"""What a program may say of a cluster of the EKS package."""

from __future__ import annotations

from typing import Final

from offline.packages.eks.access import has_config_map, has_entries
from offline.packages.eks.nodes import NODE_OPTIONS
from offline.packages.eks.parts import Inputs

KNOWN: Final = (
    "accessEntries authenticationMode bootstrapSelfManagedAddons clusterSecurityGroup clusterSecurityGroupTags "
    "clusterTags corednsAddonOptions createInstanceRole createOidcProvider deletionProtection desiredCapacity "
    "enableConfigMapMutable enabledClusterLogTypes encryptionConfigKeyArn endpointPrivateAccess "
    "endpointPublicAccess instanceRole instanceRoles instanceType ipFamily kubeProxyAddonOptions "
    "kubernetesServiceIpAddressRange maxSize minSize name nodeAmiId nodeAssociatePublicIpAddress nodeGroupOptions "
    "nodeRootVolumeEncrypted nodeRootVolumeSize nodeSecurityGroupTags nodeSubnetIds privateSubnetIds "
    "providerCredentialOpts proxy publicAccessCidrs publicSubnetIds roleMappings serviceRole skipDefaultNodeGroup "
    "skipDefaultSecurityGroups subnetIds tags upgradePolicy useDefaultVpcCni userMappings version vpcCniOptions "
    "vpcId"
)
"""The options that the stand-in makes something of."""


def refuse_contradictions(given: Inputs) -> None:
    """Refuse what the package refuses before it makes anything.

    Raises:
        ValueError: two options that exclude each other.
    """
    mode = given.get("authenticationMode")
    if given.get("instanceRole") is not None and given.get("instanceRoles"):
        raise ValueError("instanceRole and instanceRoles are mutually exclusive, and cannot both be set.")
    if given.get("subnetIds") and (given.get("publicSubnetIds") or given.get("privateSubnetIds")):
        raise ValueError("subnetIds and publicSubnetIds or privateSubnetIds are mutually exclusive.")
    if given.get("nodeGroupOptions") and any(given.get(name) for name in NODE_OPTIONS.split()):
        raise ValueError("nodeGroupOptions and single options of the node group are mutually exclusive.")
    if given.get("accessEntries") and not has_entries(mode):
        raise ValueError(f"accessEntries is not supported when authenticationMode is {mode or 'not set'}.")
    for name in ("roleMappings", "userMappings", "instanceRoles"):
        if given.get(name) and not has_config_map(mode):
            raise ValueError(f"{name} does not support non-empty values when authenticationMode is {mode}.")
    if given.get("publicAccessCidrs") is not None and given.get("endpointPublicAccess") is False:
        raise ValueError("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true")

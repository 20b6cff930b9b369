"""What a program may say of a cluster of the EKS package."""

from __future__ import annotations

from typing import Final

from offline.providers.eks.access import has_config_map, has_entries
from offline.providers.eks.parts import Inputs

OF_DEFAULT_NODES: Final = {
    "nodeSubnetIds": "nodeSubnetIds",
    "nodeAssociatePublicIpAddress": "nodeAssociatePublicIpAddress",
    "instanceType": "instanceType",
    "nodePublicKey": "nodePublicKey",
    "nodeRootVolumeEncrypted": "nodeRootVolumeEncrypted",
    "nodeRootVolumeSize": "nodeRootVolumeSize",
    "nodeUserData": "nodeUserData",
    "minSize": "minSize",
    "maxSize": "maxSize",
    "desiredCapacity": "desiredCapacity",
    "nodeAmiId": "amiId",
    "version": "version",
}
"""Option of the cluster -> the option of its default nodes that it is."""
_BESIDE_NODE_OPTIONS: Final = {"nodeRootVolumeEncrypted", "version"}
"""Those that may be given with `nodeGroupOptions`."""
KNOWN: Final = (
    "accessEntries authenticationMode bootstrapSelfManagedAddons clusterSecurityGroup clusterSecurityGroupTags "
    "clusterTags corednsAddonOptions createInstanceRole createOidcProvider deletionProtection enableConfigMapMutable "
    "enabledClusterLogTypes encryptionConfigKeyArn endpointPrivateAccess endpointPublicAccess instanceProfileName "
    "instanceRole instanceRoles ipFamily kubeProxyAddonOptions kubernetesServiceIpAddressRange name nodeGroupOptions "
    "nodeSecurityGroupTags privateSubnetIds providerCredentialOpts proxy publicAccessCidrs publicSubnetIds "
    "roleMappings serviceRole skipDefaultNodeGroup skipDefaultSecurityGroups subnetIds tags upgradePolicy "
    f"useDefaultVpcCni userMappings vpcCniOptions vpcId {' '.join(OF_DEFAULT_NODES)}"
)
"""The options that the mock provider implements; of `proxy`, nothing: it calls nobody."""


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
    single = {*OF_DEFAULT_NODES, "instanceProfileName"} - _BESIDE_NODE_OPTIONS
    if given.get("nodeGroupOptions") and (both := sorted(name for name in single if given.get(name))):
        raise ValueError(f"nodeGroupOptions and {', '.join(both)} are mutually exclusive.")
    if given.get("accessEntries") and not has_entries(mode):
        raise ValueError(f"accessEntries is not supported when authenticationMode is {mode or 'not set'}.")
    for name in ("roleMappings", "userMappings", "instanceRoles"):
        if given.get(name) and not has_config_map(mode):
            raise ValueError(f"{name} does not support non-empty values when authenticationMode is {mode}.")
    if given.get("publicAccessCidrs") is not None and given.get("endpointPublicAccess") is False:
        raise ValueError("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true")

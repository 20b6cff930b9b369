"""What the stand-in of the EKS package doesn't make it refuses by name, before it makes anything."""

from typing import Any

import pytest

from offline.packages.eks import Components

CLUSTER, API = "eks:index:Cluster", {"authenticationMode": "API"}


@pytest.mark.parametrize(
    ("type_", "inputs", "says"),
    [
        (CLUSTER, {"autoMode": {"enabled": True}}, "eks.Cluster: autoMode: not available offline; available: access"),
        ("eks:index:ManagedNodeGroup", {"userData": "#!/bin/sh", "gpu": True}, "eks.ManagedNodeGroup: gpu, userData"),
        ("eks:index:NodeGroupV2", {"bottlerocketSettings": {"a": 1}}, "eks.NodeGroupV2: bottlerocketSettings"),
        ("eks:index:VpcCniAddon", {"enableNetworkPolicy": True}, "eks.VpcCniAddon: enableNetworkPolicy"),
        ("eks:index:NodeGroup", {}, "eks:index:NodeGroup is not available offline; available: eks:index:Addon"),
    ],
)
def test_an_option_that_would_be_left_out_is_refused(type_: str, inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(LookupError, match=says):
        Components("4.4.0").construct("it", type_, inputs)


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"instanceRole": "a", "instanceRoles": ["a"]}, "instanceRole and instanceRoles are mutually exclusive"),
        ({"subnetIds": ["a"], "privateSubnetIds": ["a"]}, "subnetIds and publicSubnetIds or privateSubnetIds"),
        ({"nodeGroupOptions": {"minSize": 1}, "maxSize": 2}, "nodeGroupOptions and single options"),
        ({"accessEntries": {"a": {}}}, "accessEntries is not supported when authenticationMode is not set"),
        (
            {"roleMappings": [{}], **API},
            "roleMappings does not support non-empty values when authenticationMode is API",
        ),
        ({"endpointPublicAccess": False, "publicAccessCidrs": []}, "can only be set when `endpointPublicAccess`"),
    ],
)
def test_options_that_contradict_each_other_are_refused_as_by_the_real_plugin(
    inputs: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Components("4.4.0").construct("it", CLUSTER, inputs)

"""What the mock provider of the EKS package makes, and what it refuses by name, before it makes anything."""

import json
from typing import Any

import pytest

from offline.providers.eks import Components
from offline.server.component_servicer import _refusal
from tests.offline.providers.test_eks_options import ROLE, TOLD, core, network, registered

CLUSTER, API = "eks:index:Cluster", {"authenticationMode": "API"}
BARE = {"clusterSecurityGroup": {"id": "sg-1"}, "subnetIds": ["subnet-1"]}
THIN = {
    **API,
    "createOidcProvider": False,
    "serviceRole": {"arn": ROLE},
    "skipDefaultNodeGroup": True,
    "skipDefaultSecurityGroups": True,
    "tags": {"Team": "platform"},
    "useDefaultVpcCni": True,
    "version": "1.36",
}


@pytest.mark.parametrize(
    ("type_", "inputs", "says"),
    [
        (CLUSTER, {"autoMode": {"enabled": True}}, "eks.Cluster: autoMode: not available offline; available: access"),
        ("eks:index:ManagedNodeGroup", {"userData": "#!/bin/sh", "gpu": True}, "eks.ManagedNodeGroup: gpu, userData"),
        ("eks:index:NodeGroupV2", {"bottlerocketSettings": {"a": 1}}, "eks.NodeGroupV2: bottlerocketSettings"),
        (
            "eks:index:VpcCniAddon",
            {"clusterVersion": "1.36", "securityContextPrivileged": True},
            "eks.VpcCniAddon: sec",
        ),
        (CLUSTER, {"nodeGroupOptions": {"gpu": True}}, "eks.Cluster nodeGroupOptions: gpu: not available offline"),
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
        ({"nodeGroupOptions": {"minSize": 1}, "maxSize": 2}, "nodeGroupOptions and maxSize are mutually exclusive"),
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


@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"nodeSecurityGroupId": "sg-1"}, "clusterIngressRule or clusterIngressRuleId is required"),
        ({"keyName": "k", "nodePublicKey": "ssh-ed25519 A"}, "nodePublicKey and keyName are mutually exclusive"),
        ({"nodeRootVolumeIops": 100}, "nodeRootVolumeIops: only with nodeRootVolumeType io1"),
        ({"nodeUserDataOverride": "#!/bin/sh", "labels": {"a": "b"}}, "nodeUserDataOverride and labels"),
        ({"instanceProfileName": "another"}, "instanceProfile and instanceProfileName are mutually exclusive"),
        ({"cluster": BARE}, "an instanceProfile or instanceProfileName is required"),
    ],
)
def test_nodes_that_contradict_themselves_are_refused(inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        registered("eks:index:NodeGroupV2", lambda: {"cluster": core(), **inputs})


def test_managed_nodes_need_a_role_that_the_cluster_lets_in() -> None:
    with pytest.raises(ValueError, match="without first setting its role in the cluster's instanceRoles"):
        registered("eks:index:ManagedNodeGroup", lambda: {"cluster": core(), "nodeRoleArn": ROLE})


def test_thin_cluster_is_what_the_real_plugin_registers() -> None:
    made = registered(CLUSTER, lambda: network(**THIN))
    own = {each.type: each for each in made.resources if f"{CLUSTER}$" in each.urn}
    assert {(each.urn.split("::")[2].removeprefix("pulumi:pulumi:Stack$"), each.name) for each in own.values()} == {
        (f"{CLUSTER}$aws:eks/cluster:Cluster", "it-eksCluster"),
        (f"{CLUSTER}$pulumi:providers:kubernetes", "it-eks-k8s"),
        (f"{CLUSTER}$aws:eks/addon:Addon", "it-kube-proxy"),
    }
    cluster = own["aws:eks/cluster:Cluster"]
    assert cluster.inputs == {
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "bootstrapSelfManagedAddons": True,
        "roleArn": ROLE,
        "tags": {"Name": "it-eksCluster", "Team": "platform"},
        "version": "1.36",
        "vpcConfig": {"subnetIds": ["subnet-1", "subnet-public"]},
    }
    assert cluster.ignore_changes == {
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
    }
    assert own["aws:eks/addon:Addon"].inputs == {
        "addonName": "kube-proxy",
        "addonVersion": "newest for 1.36",
        "clusterName": "it-eksCluster",
        "preserve": True,
        "resolveConflictsOnCreate": "OVERWRITE",
        "resolveConflictsOnUpdate": "OVERWRITE",
        "tags": {"Team": "platform"},
    }
    kubeconfig = own["pulumi:providers:kubernetes"].inputs["kubeconfig"]
    assert kubeconfig.startswith('{"apiVersion":"v1","clusters":[{"cluster":{"server":"https://endpoint",')
    (access,) = json.loads(kubeconfig)["clusters"]
    assert access["cluster"] == {"server": "https://endpoint", "certificate-authority-data": "Q0E="}
    assert sorted(made.calls) == [
        (
            "aws:eks/getAddonVersion:getAddonVersion",
            {"addonName": "kube-proxy", "kubernetesVersion": "1.36", "mostRecent": True},
        ),
        ("aws:index/getPartition:getPartition", {}),
    ]


def test_configuration_of_an_addon_is_text_as_the_real_plugin_writes_it() -> None:
    given = {"replicaCount": 2.0, "autoScaling": {"enabled": True}, "ratio": 0.5, "ports": [53.0]}
    made = registered("eks:index:Addon", lambda: TOLD["Addon"].inputs(configurationValues=given))
    (addon,) = [each for each in made.resources if each.type == "aws:eks/addon:Addon"]
    assert addon.inputs["configurationValues"] == (
        '{"autoScaling":{"enabled":true},"ports":[53],"ratio":0.5,"replicaCount":2}'
    )


def test_what_is_made_of_nodes_waits_for_what_their_role_may_do() -> None:
    made = registered(CLUSTER, lambda: network(**{**THIN, "skipDefaultNodeGroup": False, "authenticationMode": None}))
    attached = {each.urn for each in made.resources if "it-instanceRole" in each.name and "Attachment" in each.type}
    assert len(attached) == 3
    waiting = {each.type: each.dependencies for each in made.resources}
    for type_ in (
        "aws:iam/instanceProfile:InstanceProfile",
        "kubernetes:core/v1:ConfigMap",
        "aws:ec2/launchTemplate:LaunchTemplate",
    ):
        assert attached <= waiting[type_], type_


def test_nodes_start_from_the_newest_version_of_their_launch_template() -> None:
    made = registered("eks:index:NodeGroupV2", lambda: {"cluster": core()})
    (group,) = [each for each in made.resources if each.type == "aws:autoscaling/group:Group"]
    assert group.inputs["launchTemplate"]["name"] == "it-launchTemplate"


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("two options"), "two options"),
        (LookupError("no such option"), "no such option"),
        (KeyError("fault"), ""),
        (TypeError("fault"), ""),
    ],
)
def test_a_refusal_is_told_from_a_fault(error: Exception, says: str) -> None:
    wrapped = RuntimeError("with a traceback")  # as the runtime does it
    wrapped.__context__ = error
    assert _refusal(wrapped) == says

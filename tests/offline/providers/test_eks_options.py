"""Every option of the EKS package's components: it changes what is registered, or it is refused by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pulumi_aws as aws
import pulumi_eks
import pytest

from offline.providers.eks import Components
from tests.recording import Recording, record

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/given"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
API, BOTH = {"authenticationMode": "API"}, {"authenticationMode": "API_AND_CONFIG_MAP"}
ADDON = {"enabled": True}
TALKS_TO_NOBODY = "proxy"
"""Makes no difference: it is for calls that the mock provider doesn't make."""


class Aws(Recording):
    """What the components read of AWS."""

    def new_resource(self, args: Any) -> Any:
        identity, state = super().new_resource(args)
        if args.typ == "aws:eks/cluster:Cluster":
            state |= {
                "arn": f"arn:aws:eks:ap-southeast-3:{ACCOUNT}:cluster/{args.name}",
                "certificateAuthority": {"data": "Q0E="},
                "endpoint": "https://endpoint",
                "identities": [{"oidcs": [{"issuer": "https://oidc.eks"}]}],
                "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"},
                "version": "1.36",
                "vpcConfig": {**state["vpcConfig"], "clusterSecurityGroupId": "sg-of-eks"},
            }
        return identity, {"name": args.name, **state}

    def call(self, args: Any) -> dict[str, Any]:
        super().call(args)
        given = args.args
        public = {"gatewayId": "igw-1", "cidrBlock": "0.0.0.0/0"}
        return {
            "aws:eks/getAddonVersion:getAddonVersion": {"version": f"newest for {given.get('kubernetesVersion')}"},
            "aws:ec2/getVpc:getVpc": {"id": "vpc-default"},
            "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-default"]},
            "aws:ec2/getRouteTable:getRouteTable": {"routes": [public] if "public" in str(given) else []},
            "aws:ssm/getParameter:getParameter": {"value": given.get("name")},
        }.get(args.token, {})


def role(name: str = "role") -> aws.iam.Role:
    return aws.iam.Role(name, assume_role_policy=TRUST)


def group() -> aws.ec2.SecurityGroup:
    return aws.ec2.SecurityGroup("given", vpc_id="vpc-1")


def rule() -> aws.ec2.SecurityGroupRule:
    return aws.ec2.SecurityGroupRule(
        "given", type="ingress", from_port=0, to_port=0, protocol="-1", security_group_id="sg-1"
    )


def core() -> dict[str, Any]:
    """A cluster as node groups and add-ons are given it."""
    cluster = aws.eks.Cluster("joined", role_arn=ROLE, vpc_config={"subnet_ids": ["subnet-1"]}, access_config=None)
    profile = aws.iam.InstanceProfile("of-cluster", role="role")
    return {
        "cluster": cluster,
        "instanceRoles": [role("let-in")],
        "nodeGroupOptions": {"instanceProfile": profile},
        "subnetIds": ["subnet-1", "subnet-public"],
        "vpcId": "vpc-1",
    }


def managed(**other: Any) -> dict[str, Any]:
    """Cluster and role of a managed node group."""
    joined = {**core(), **other}
    return {"cluster": joined, "nodeRole": joined["instanceRoles"][0]}


NODES: dict[str, Callable[[], Any]] = {
    "amiId": lambda: "ami-1",
    "autoScalingGroupTags": lambda: {"Team": "a"},
    "clusterIngressRule": lambda: {"nodeSecurityGroupId": "sg-1", "clusterIngressRule": rule()},
    "clusterIngressRuleId": lambda: {"nodeSecurityGroupId": "sg-1", "clusterIngressRuleId": "sgrule-1"},
    "desiredCapacity": lambda: 3,
    "enableDetailedMonitoring": lambda: True,
    "extraNodeSecurityGroups": lambda: [group()],
    "ignoreScalingChanges": lambda: True,
    "instanceProfile": lambda: aws.iam.InstanceProfile("own", role="role"),
    "instanceType": lambda: "m7g.large",
    "keyName": lambda: "key",
    "kubeletExtraArgs": lambda: "--max-pods=20",
    "labels": lambda: {"kind": "web"},
    "launchTemplateTagSpecifications": lambda: [{"resourceType": "volume", "tags": {"Team": "a"}}],
    "maxSize": lambda: 5,
    "minRefreshPercentage": lambda: 80,
    "minSize": lambda: 2,
    "nodeAssociatePublicIpAddress": lambda: False,
    "nodePublicKey": lambda: "ssh-ed25519 A",
    "nodeRootVolumeDeleteOnTermination": lambda: False,
    "nodeRootVolumeEncrypted": lambda: True,
    "nodeRootVolumeIops": lambda: {"nodeRootVolumeType": "io1", "nodeRootVolumeIops": 100},
    "nodeRootVolumeSize": lambda: 40,
    "nodeRootVolumeThroughput": lambda: {"nodeRootVolumeType": "gp3", "nodeRootVolumeThroughput": 200},
    "nodeRootVolumeType": lambda: "gp3",
    "nodeSecurityGroup": lambda: {"nodeSecurityGroup": group(), "clusterIngressRuleId": "sgrule-1"},
    "nodeSecurityGroupId": lambda: {"nodeSecurityGroupId": "sg-2", "clusterIngressRuleId": "sgrule-1"},
    "nodeSubnetIds": lambda: ["subnet-9"],
    "nodeUserData": lambda: "echo hello",
    "nodeUserDataOverride": lambda: "#!/bin/sh",
    "spotPrice": lambda: "0.1",
    "taints": lambda: {"only": {"value": "web", "effect": "NoSchedule"}},
    "version": lambda: "1.35",
}
PLUGIN: dict[str, Callable[[], Any]] = {
    "addonVersion": lambda: "v1.2.3",
    "configurationValues": lambda: {"env": {"WARM_ENI_TARGET": "9"}, "init": {"image": {"tag": "1"}}},
    "customNetworkConfig": lambda: {"customNetworkConfig": True, "cniCustomNetworkCfg": True},
    "eniConfigLabelDef": lambda: "zone",
    "eniMtu": lambda: 1500,
    "logFile": lambda: "/tmp/log",
    "logLevel": lambda: "WARN",
    "resolveConflictsOnCreate": lambda: "NONE",
    "resolveConflictsOnUpdate": lambda: "PRESERVE",
    "serviceAccountRoleArn": lambda: ROLE,
    "vethPrefix": lambda: "veth",
    "warmEniTarget": lambda: 0,
    "warmIpTarget": lambda: 2,
    "warmPrefixTarget": lambda: 3,
} | dict.fromkeys(
    "cniConfigureRpfilter cniCustomNetworkCfg cniExternalSnat disableTcpEarlyDemux enableNetworkPolicy enablePodEni "
    "enablePrefixDelegation externalSnat nodePortSupport".split(),
    lambda: True,
)
PACKAGED: dict[str, Callable[[], Any]] = {
    "configurationValues": lambda: {"a": 1},
    "enabled": lambda: False,
    "resolveConflictsOnCreate": lambda: "NONE",
    "resolveConflictsOnUpdate": lambda: "PRESERVE",
    "version": lambda: "v1",
}


@dataclass(frozen=True)
class Told:
    """Something that can be told a component.

    Attributes:
        component: its type.
        arguments: the SDK's class of the options.
        given: what is always said.
        values: option -> what changes something: its value, or itself with others.
        inside: the option of the component that these are options of, if not of itself.
        beside: options that are always said with these.
    """

    component: str
    arguments: type
    given: Callable[[], Mapping[str, Any]]
    values: Mapping[str, Callable[[], Any]]
    inside: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)

    def inputs(self, **said: Any) -> dict[str, Any]:
        return {**self.given(), **({self.inside: {**self.beside, **said}} if self.inside else said)}

    def options(self) -> list[str]:
        getters = {name: each.fget for name, each in vars(self.arguments).items() if isinstance(each, property)}
        return [getattr(getter, "_pulumi_name", name) for name, getter in getters.items()]

    def with_value(self, option: str) -> dict[str, Any]:
        value = self.values[option]()
        return self.inputs(**(value if isinstance(value, dict) and option in value else {option: value}))


def network(**more: Any) -> dict[str, Any]:
    return {"vpcId": "vpc-1", "subnetIds": ["subnet-1", "subnet-public"], **more}


TOLD = {
    "Cluster": Told(
        "eks:index:Cluster",
        pulumi_eks.ClusterArgs,
        dict,
        {
            "accessEntries": lambda: {"accessEntries": {"a": {"principalArn": ROLE, "kubernetesGroups": ["g"]}}, **API},
            "authenticationMode": lambda: "API",
            "bootstrapSelfManagedAddons": lambda: False,
            "clusterSecurityGroup": group,
            "clusterSecurityGroupTags": lambda: {"Team": "a"},
            "clusterTags": lambda: {"Team": "a"},
            "corednsAddonOptions": lambda: {"enabled": False},
            "createInstanceRole": lambda: {"createInstanceRole": True, "skipDefaultNodeGroup": True},
            "createOidcProvider": lambda: True,
            "deletionProtection": lambda: True,
            "desiredCapacity": lambda: 3,
            "enableConfigMapMutable": lambda: True,
            "enabledClusterLogTypes": lambda: ["audit"],
            "encryptionConfigKeyArn": lambda: "arn:aws:kms:ap-southeast-3:1:key/1",
            "endpointPrivateAccess": lambda: True,
            "endpointPublicAccess": lambda: False,
            "instanceProfileName": lambda: "existing",
            "instanceRole": role,
            "instanceRoles": lambda: {"instanceRoles": [role()], "skipDefaultNodeGroup": True},
            "instanceType": lambda: "m7g.large",
            "ipFamily": lambda: "ipv6",
            "kubeProxyAddonOptions": lambda: {"enabled": False},
            "kubernetesServiceIpAddressRange": lambda: "172.21.0.0/16",
            "maxSize": lambda: 9,
            "minSize": lambda: 2,
            "name": lambda: "named",
            "nodeAmiId": lambda: "ami-1",
            "nodeAssociatePublicIpAddress": lambda: False,
            "nodeGroupOptions": lambda: {"nodeGroupOptions": {"minSize": 2}, "version": "1.35"},
            "nodePublicKey": lambda: "ssh-ed25519 A",
            "nodeRootVolumeEncrypted": lambda: True,
            "nodeRootVolumeSize": lambda: 40,
            "nodeSecurityGroupTags": lambda: {"Team": "a"},
            "nodeSubnetIds": lambda: ["subnet-9"],
            "nodeUserData": lambda: "echo",
            "privateSubnetIds": lambda: ["subnet-2"],
            "providerCredentialOpts": lambda: {"profileName": "operations"},
            "publicAccessCidrs": lambda: ["192.0.2.0/24"],
            "publicSubnetIds": lambda: ["subnet-3"],
            "roleMappings": lambda: [{"roleArn": ROLE, "username": "ci", "groups": ["g"]}],
            "serviceRole": role,
            "skipDefaultNodeGroup": lambda: True,
            "skipDefaultSecurityGroups": lambda: True,
            "subnetIds": lambda: ["subnet-4"],
            "tags": lambda: {"Team": "a"},
            "upgradePolicy": lambda: {"supportType": "STANDARD"},
            "useDefaultVpcCni": lambda: True,
            "userMappings": lambda: [{"userArn": ROLE, "username": "u", "groups": ["g"]}],
            "version": lambda: "1.35",
            "vpcCniOptions": lambda: {"logLevel": "WARN"},
            "vpcId": lambda: "vpc-2",
        },
    ),
    "default nodes": Told(
        "eks:index:Cluster",
        pulumi_eks.ClusterNodeGroupOptionsArgs,
        lambda: network(skipDefaultSecurityGroups=True, instanceRoles=[role()]),
        {
            **NODES,
            "instanceProfile": lambda: {"instanceProfile": NODES["instanceProfile"](), "instanceProfileName": None},
            "instanceProfileName": lambda: "own",
        },
        "nodeGroupOptions",
        {"instanceProfileName": "usual"},
    ),
    "network plugin of a cluster": Told(
        "eks:index:Cluster", pulumi_eks.VpcCniOptionsArgs, network, PLUGIN, "vpcCniOptions"
    ),
    "coredns": Told("eks:index:Cluster", pulumi_eks.CoreDnsAddonOptionsArgs, network, PACKAGED, "corednsAddonOptions"),
    "kube-proxy": Told(
        "eks:index:Cluster", pulumi_eks.KubeProxyAddonOptionsArgs, network, PACKAGED, "kubeProxyAddonOptions"
    ),
    "VpcCniAddon": Told(
        "eks:index:VpcCniAddon",
        pulumi_eks.VpcCniAddonArgs,
        lambda: {"clusterName": "c", "clusterVersion": "1.36"},
        {**PLUGIN, "clusterName": lambda: "d", "clusterVersion": lambda: "1.35", "tags": lambda: {"Team": "a"}},
    ),
    "Addon": Told(
        "eks:index:Addon",
        pulumi_eks.AddonArgs,
        lambda: {"cluster": role("parent"), "addonName": "a"},
        {
            "addonName": lambda: "b",
            "addonVersion": lambda: "v1",
            "cluster": group,
            "configurationValues": lambda: {"a": 1},
            "preserve": lambda: True,
            "resolveConflictsOnCreate": lambda: "NONE",
            "resolveConflictsOnUpdate": lambda: "NONE",
            "serviceAccountRoleArn": lambda: ROLE,
            "tags": lambda: {"Team": "a"},
        },
    ),
    "NodeGroupV2": Told(
        "eks:index:NodeGroupV2",
        pulumi_eks.NodeGroupV2Args,
        lambda: {"cluster": core()},
        {
            **NODES,
            "cluster": lambda: {"cluster": {**core(), "vpcId": "vpc-2"}},
            "instanceProfileName": lambda: {
                "cluster": {**core(), "nodeGroupOptions": {}},
                "instanceProfileName": "own",
            },
        },
    ),
    "ManagedNodeGroup": Told(
        "eks:index:ManagedNodeGroup",
        pulumi_eks.ManagedNodeGroupArgs,
        managed,
        {
            "amiType": lambda: "AL2023_x86_64_STANDARD",
            "capacityType": lambda: "SPOT",
            "cluster": lambda: managed(subnetIds=["subnet-5"]),
            "clusterName": lambda: "other",
            "diskSize": lambda: 40,
            "enableIMDSv2": lambda: False,
            "forceUpdateVersion": lambda: True,
            "ignoreScalingChanges": lambda: True,
            "instanceTypes": lambda: ["m5.large"],
            "labels": lambda: {"kind": "web"},
            "launchTemplate": lambda: {"id": "lt-1", "version": "1"},
            "nodeGroupName": lambda: "named",
            "nodeGroupNamePrefix": lambda: "named-",
            "nodeRole": lambda: managed(instanceRoles=[role("other")]),
            "nodeRoleArn": lambda: {
                "cluster": {**core(), "instanceRoles": [role("other")]},
                "nodeRole": None,
                "nodeRoleArn": "arn:of:Role/other",
            },
            "releaseVersion": lambda: "1.36-1",
            "remoteAccess": lambda: {"ec2SshKey": "key"},
            "scalingConfig": lambda: {"minSize": 3},
            "subnetIds": lambda: ["subnet-9"],
            "tags": lambda: {"Team": "a"},
            "taints": lambda: [{"key": "only", "value": "web", "effect": "NO_SCHEDULE"}],
            "version": lambda: "1.35",
        },
    ),
    "NodeGroupSecurityGroup": Told(
        "eks:index:NodeGroupSecurityGroup",
        pulumi_eks.NodeGroupSecurityGroupArgs,
        lambda: {"clusterSecurityGroup": group(), "eksCluster": core()["cluster"], "vpcId": "vpc-1"},
        {"tags": lambda: {"Team": "a"}, "vpcId": lambda: "vpc-2"},
    ),
}
REQUIRED_RESOURCES = {"clusterSecurityGroup", "eksCluster"}
"""Of the nodes' security group: they can't be left out to be compared."""


def registered(type_: str, inputs: Callable[[], Mapping[str, Any]]) -> Recording:
    return record(lambda: Components("4.4.0").construct("it", type_, inputs()).urn, Aws())


@cache
def without_options(what: str) -> list[str]:
    return look(registered(TOLD[what].component, TOLD[what].inputs))


def look(made: Recording) -> list[str]:
    """All that can be seen of what the component registered."""
    own = [each for each in made.resources if "eks:index:" in each.urn]
    return sorted(f"{each.urn} {each.inputs} {each.ignore_changes}" for each in own)


@pytest.mark.parametrize(
    ("what", "option"), [(what, option) for what, told in TOLD.items() for option in told.options()]
)
def test_each_option_changes_what_is_registered_or_is_refused_by_its_name(what: str, option: str) -> None:
    told = TOLD[what]
    if option in told.values:
        assert look(registered(told.component, lambda: told.with_value(option))) != without_options(what)
    elif option == TALKS_TO_NOBODY or option in REQUIRED_RESOURCES:
        registered(told.component, lambda: told.inputs(**{option: told.given().get(option, "http://proxy")}))
    else:
        with pytest.raises(LookupError, match=rf"^eks[^:]*: {option}: not available offline; available: "):
            registered(told.component, lambda: told.inputs(**{option: "said"}))


@pytest.mark.parametrize("what", TOLD)
def test_no_option_is_made_up(what: str) -> None:
    assert set(TOLD[what].values) <= set(TOLD[what].options())


@pytest.mark.parametrize("type_", ["eks:index:NodeGroup", "eks:index:ClusterCreationRoleProvider"])
def test_a_component_that_is_not_made_is_refused_by_its_name(type_: str) -> None:
    with pytest.raises(LookupError, match=f"^{type_} is not available offline; available: eks:index:Addon"):
        Components("4.4.0").construct("it", type_, {})

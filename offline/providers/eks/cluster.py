"""The EKS package's cluster: the same children, with the same names, as the real plugin registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from offline.providers.eks.access import access_entries, aws_auth, has_config_map, has_entries
from offline.providers.eks.addons import VpcCni, addon_version, values
from offline.providers.eks.cluster_options import KNOWN, OF_DEFAULT_NODES, refuse_contradictions
from offline.providers.eks.control_plane import ControlPlane
from offline.providers.eks.node_security import Joined, NodeGroupSecurity
from offline.providers.eks.nodes import NODE_OPTIONS, NODE_POLICIES, Nodes
from offline.providers.eks.parts import (
    Component,
    Inputs,
    Role,
    attribute,
    compact,
    default_vpc,
    kubeconfig_of,
    merged,
    refuse_others,
)


class Cluster(Component):
    """`eks:index:Cluster`."""

    known = KNOWN

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        refuse_contradictions(inputs)
        node_options = _node_options(inputs)
        super().__init__("Cluster", name, inputs, options)
        self._name, self._inputs, self._node_options = name, inputs, node_options
        aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self._vpc = inputs.get("vpcId") or default_vpc()
        self.plane = ControlPlane(name, inputs, self._vpc, self)
        self._kubernetes()
        self.instance_roles, own_role = self._instance_roles()
        access = self._access(own_role)
        self._plugin = self._vpc_cni(access)
        self._addons()
        self._oidc = self._identity_provider()
        security = self._node_security()
        core = self._core(own_role)
        nodes = None if inputs.get("skipDefaultNodeGroup") else Nodes(name, self._node_options, core, self)
        own_group = self.plane.cluster.vpc_config.cluster_security_group_id
        issuer = self.plane.cluster.identities.apply(_issuer)
        self.finish(
            eksCluster=self.plane.cluster,
            kubeconfig=self.kubeconfig,
            kubeconfigJson=self.kubeconfig.apply(compact),
            awsProvider=None,
            core=core,
            clusterSecurityGroup=self.plane.group,
            clusterSecurityGroupId=attribute(self.plane.group, "id") if self.plane.group is not None else own_group,
            nodeSecurityGroup=security.group if security else None,
            nodeSecurityGroupId=security.group.id if security else own_group,
            eksClusterIngressRule=security.rule if security else None,
            clusterIngressRuleId=security.rule.security_group_rule_id if security else "",
            defaultNodeGroup={
                "autoScalingGroup": nodes.scaling,
                "nodeSecurityGroup": nodes.group,
                "nodeSecurityGroupId": nodes.group_id,
                "extraNodeSecurityGroups": self._node_options.get("extraNodeSecurityGroups"),
            }
            if nodes
            else None,
            defaultNodeGroupAsgName=nodes.scaling.name if nodes else "",
            instanceRoles=self.instance_roles,
            fargateProfileId="",
            fargateProfileStatus="",
            autoModeNodeRoleName="",
            oidcProviderArn=self._oidc.arn if self._oidc else "",
            oidcProviderUrl=issuer,
            oidcIssuer=issuer.apply(_host),
        )

    def _kubernetes(self) -> None:
        """The kubeconfig, and a Kubernetes provider whose kubeconfig says the profile, too."""
        given = self._inputs
        profile = pulumi.Config("aws").get("profile")
        credentials = pulumi.Output.from_input(given.get("providerCredentialOpts") or {"profileName": profile})
        role = attribute(credentials, "roleArn")
        self.kubeconfig = kubeconfig_of(self.plane.cluster, role)
        private = kubeconfig_of(self.plane.cluster, role, attribute(credentials, "profileName"))
        self.provider = kubernetes.Provider(
            f"{self._name}-eks-k8s",
            kubeconfig=private.apply(compact),
            enable_config_map_mutable=given.get("enableConfigMapMutable"),
            opts=self.child(),
        )

    def _core(self, own_role: Any) -> dict[str, Any]:
        """What node groups and add-ons need of the cluster that they belong to."""
        given = self._inputs
        key = given.get("encryptionConfigKeyArn")
        return {
            "autoModeNodeRoleName": "",
            "accessEntries": list(self._entries(own_role).values()),
            "cluster": self.plane.cluster,
            "clusterIamRole": self.plane.role,
            "clusterSecurityGroup": self.plane.group,
            "eksNodeAccess": self._node_access,
            "encryptionConfig": {"provider": {"keyArn": key}, "resources": ["secrets"]} if key is not None else None,
            "endpoint": self.plane.cluster.endpoint,
            "instanceRoles": self.instance_roles,
            "kubeconfig": self.kubeconfig,
            "nodeGroupOptions": self._node_options,
            "nodeSecurityGroupTags": given.get("nodeSecurityGroupTags"),
            "oidcProvider": self._oidc,
            "privateSubnetIds": given.get("privateSubnetIds"),
            "provider": self.provider,
            "publicSubnetIds": given.get("publicSubnetIds"),
            "storageClasses": {},
            "subnetIds": self.plane.subnet_ids,
            "tags": given.get("tags"),
            "vpcCni": self._plugin,
            "vpcId": self._vpc,
        }

    def _instance_roles(self) -> tuple[Any, Any]:
        """The roles that nodes may join with, and the one of the default nodes among them."""
        given = self._inputs
        if given.get("instanceRoles") is not None:
            return given["instanceRoles"], None
        role, has_nodes = given.get("instanceRole"), not given.get("skipDefaultNodeGroup")
        if role is None and given.get("createInstanceRole", has_nodes):
            has_nodes, opts = True, self.child()
            made = Role(f"{self._name}-instanceRole", "ec2.amazonaws.com", NODE_POLICIES, opts, tags=given.get("tags"))
            role = made.role
        if role is None:
            return [], None
        if has_nodes:
            name, existing = f"{self._name}-instanceProfile", given.get("instanceProfileName")
            existing = existing or self._node_options.get("instanceProfileName")
            profile = (
                aws.iam.InstanceProfile.get(name, existing, opts=self.child())
                if existing
                else aws.iam.InstanceProfile(name, role=attribute(role, "name"), opts=self.child())
            )
            self._node_options["instanceProfile"] = pulumi.Output.all(profile, role).apply(lambda known: known[0])
        return [role], role

    def _entries(self, own_role: Any) -> Mapping[str, Inputs]:
        """Access entries: of the nodes, and those that the program names."""
        if not has_entries(self._inputs.get("authenticationMode")):
            return {}
        nodes = {"principalArn": attribute(own_role, "arn"), "type": "EC2_LINUX"}
        default = {"defaultNodeGroupInstanceRole": nodes} if own_role is not None else {}
        return {**default, **(self._inputs.get("accessEntries") or {})}

    def _access(self, own_role: Any) -> list[pulumi.Resource]:
        """How nodes and people get in: by a config map, by entries, or by both."""
        made = access_entries(self._name, self.plane.cluster, self._entries(own_role), self.child)
        self._node_access = None
        if has_config_map(self._inputs.get("authenticationMode")):
            options = pulumi.ResourceOptions(parent=self, provider=self.provider)
            self._node_access = aws_auth(f"{self._name}-nodeAccess", self.instance_roles, self._inputs, options)
            made.append(self._node_access)
        return made

    def _node_security(self) -> NodeGroupSecurity | None:
        """The group of all nodes, with or without nodes of the package's own."""
        given = self._inputs
        if given.get("skipDefaultSecurityGroups"):
            return None
        joined = Joined(self.plane.cluster, self._vpc, attribute(self.plane.group, "id"))
        tags = merged(given.get("nodeSecurityGroupTags"), given.get("tags"))
        made = NodeGroupSecurity(self._name, joined, tags, self.child())
        self._node_options |= {"nodeSecurityGroup": made.group, "clusterIngressRule": made.rule}
        return made

    def _vpc_cni(self, access: list[pulumi.Resource]) -> VpcCni | None:
        given = self._inputs
        if given.get("useDefaultVpcCni"):
            return None
        of_cluster = {"clusterName": self.plane.cluster.name, "clusterVersion": self.plane.cluster.version}
        chosen = {**(given.get("vpcCniOptions") or {}), **of_cluster, "tags": given.get("tags")}
        return VpcCni(f"{self._name}-vpc-cni", chosen, self.child(*access))

    def _addons(self) -> None:
        given = self._inputs
        coredns: Inputs = given.get("corednsAddonOptions") or {}
        has_nodes = not given.get("skipDefaultNodeGroup") and coredns.get("enabled", True)
        wanted = {
            "kube-proxy": (given.get("kubeProxyAddonOptions") or {}).get("enabled", True),
            "coredns": has_nodes or coredns.get("enabled") or coredns.get("configurationValues"),
        }
        chosen: Mapping[str, Inputs] = {"kube-proxy": given.get("kubeProxyAddonOptions") or {}, "coredns": coredns}
        for name, options in chosen.items():
            if wanted[name]:
                aws.eks.Addon(
                    f"{self._name}-{name}",
                    addon_name=name,
                    cluster_name=self.plane.cluster.name,
                    addon_version=options.get("version") or addon_version(name, self.plane.cluster.version, self),
                    preserve=True,
                    tags=given.get("tags"),
                    configuration_values=values(options.get("configurationValues")),
                    resolve_conflicts_on_create=options.get("resolveConflictsOnCreate") or "OVERWRITE",
                    resolve_conflicts_on_update=options.get("resolveConflictsOnUpdate") or "OVERWRITE",
                    opts=self.child(),
                )

    def _identity_provider(self) -> aws.iam.OpenIdConnectProvider | None:
        if not self._inputs.get("createOidcProvider"):
            return None
        return aws.iam.OpenIdConnectProvider(
            f"{self._name}-oidcProvider",
            client_id_lists=["sts.amazonaws.com"],
            url=self.plane.cluster.identities.apply(_issuer),
            thumbprint_lists=["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
            opts=self.child(),
        )


def _node_options(given: Inputs) -> dict[str, Any]:
    """What the program says of the cluster's default nodes, at once or option by option."""
    said: Inputs | None = given.get("nodeGroupOptions")
    refuse_others("eks.Cluster nodeGroupOptions", said or {}, NODE_OPTIONS)
    return dict(said or {own: given[name] for name, own in OF_DEFAULT_NODES.items() if given.get(name) is not None})


def _issuer(identities: Any) -> str:
    return identities[0].oidcs[0].issuer if identities else ""


def _host(url: str) -> str:
    return url.removeprefix("https://")

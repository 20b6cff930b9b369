"""The EKS package's cluster: the same children, with the same names, as the real plugin registers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from offline.packages.eks.access import access_entries, aws_auth, has_config_map, has_entries
from offline.packages.eks.addons import VpcCni, addon_version, values
from offline.packages.eks.cluster_options import KNOWN, refuse_contradictions
from offline.packages.eks.node_security import Joined, NodeGroupSecurity
from offline.packages.eks.nodes import NODE_OPTIONS, NODE_POLICIES, Nodes
from offline.packages.eks.parts import (
    Component,
    Inputs,
    Role,
    attribute,
    default_subnets,
    default_vpc,
    kubeconfig_of,
    named,
    network,
    refuse_others,
    snake,
)


class Cluster(Component):
    """`eks:index:Cluster`."""

    known = KNOWN

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        refuse_contradictions(inputs)
        super().__init__("Cluster", name, inputs, options)
        self._name, self._inputs = name, inputs
        self._profile: aws.iam.InstanceProfile | None = None
        self._before: Sequence[pulumi.Resource] = ()
        aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=self))
        self._service_role = self._role()
        self.group = self._security_group()
        self.cluster = self._cluster()
        credentials: Inputs = inputs.get("providerCredentialOpts") or {}
        self.kubeconfig = kubeconfig_of(self.cluster, credentials.get("roleArn"))
        self.kubeconfig_json = self.kubeconfig.apply(json.dumps)
        private = kubeconfig_of(self.cluster, credentials.get("roleArn"), credentials.get("profileName"))
        self.provider = kubernetes.Provider(
            f"{name}-eks-k8s",
            kubeconfig=private.apply(json.dumps),
            enable_config_map_mutable=inputs.get("enableConfigMapMutable"),
            opts=self.child(),
        )
        self.instance_roles, own_role = self._instance_roles()
        access = self._access(own_role)
        self._addons(access)
        security = self._node_security()
        nodes = self._default_nodes(security, access)
        oidc = self._oidc()
        issuer = self.cluster.identities.apply(_issuer)
        self.finish(
            eksCluster=self.cluster,
            kubeconfig=self.kubeconfig,
            kubeconfigJson=self.kubeconfig_json,
            awsProvider=None,
            core={
                "cluster": self.cluster,
                "endpoint": self.cluster.endpoint,
                "kubeconfig": self.kubeconfig,
                "subnetIds": self._subnets(),
                "vpcId": self.cluster.vpc_config.vpc_id,
                "provider": self.provider,
                "instanceRoles": self.instance_roles,
                "clusterIamRole": self._service_role,
                "clusterSecurityGroup": self.group,
                "oidcProvider": oidc,
            },
            clusterSecurityGroup=self.group,
            clusterSecurityGroupId=self.group.id if self.group else self.cluster.vpc_config.cluster_security_group_id,
            nodeSecurityGroup=security.group if security else None,
            nodeSecurityGroupId=security.group.id if security else self.cluster.vpc_config.cluster_security_group_id,
            eksClusterIngressRule=security.rule if security else None,
            clusterIngressRuleId=security.rule.security_group_rule_id if security else "",
            defaultNodeGroupAsgName=nodes.scaling.name if nodes else "",
            instanceRoles=self.instance_roles,
            fargateProfileId="",
            fargateProfileStatus="",
            autoModeNodeRoleName="",
            oidcProviderArn=oidc.arn if oidc else "",
            oidcProviderUrl=issuer,
            oidcIssuer=issuer.apply(_host),
        )

    def _role(self) -> Any:
        given = self._inputs.get("serviceRole")
        if given is not None:
            return given
        made = Role(
            f"{self._name}-eksRole",
            "eks.amazonaws.com",
            ("AmazonEKSClusterPolicy",),
            self.child(),
            description="Allows EKS to manage clusters on your behalf.",
            tags=self._inputs.get("tags"),
        )
        self._before = made.attachments
        return made.role

    def _instance_roles(self) -> tuple[list[Any], Any]:
        """The roles that nodes may join with, and the one of the default nodes among them."""
        given = self._inputs
        if given.get("instanceRoles"):
            return list(given["instanceRoles"]), None
        role, has_nodes = given.get("instanceRole"), not given.get("skipDefaultNodeGroup")
        if role is None and given.get("createInstanceRole", has_nodes):
            has_nodes, opts = True, self.child()
            made = Role(f"{self._name}-instanceRole", "ec2.amazonaws.com", NODE_POLICIES, opts, tags=given.get("tags"))
            role = made.role
        if role is None:
            return [], None
        if has_nodes:
            name = f"{self._name}-instanceProfile"
            self._profile = aws.iam.InstanceProfile(name, role=attribute(role, "name"), opts=self.child())
        return [role], role

    def _security_group(self) -> aws.ec2.SecurityGroup | None:
        if self._inputs.get("skipDefaultSecurityGroups") or self._inputs.get("clusterSecurityGroup") is not None:
            return self._inputs.get("clusterSecurityGroup")
        group = aws.ec2.SecurityGroup(
            f"{self._name}-eksClusterSecurityGroup",
            vpc_id=self._inputs.get("vpcId") or default_vpc(),
            revoke_rules_on_delete=True,
            tags={
                "Name": f"{self._name}-eksClusterSecurityGroup",
                **(self._inputs.get("clusterSecurityGroupTags") or {}),
                **(self._inputs.get("tags") or {}),
            },
            opts=self.child(),
        )
        aws.ec2.SecurityGroupRule(
            f"{self._name}-eksClusterInternetEgressRule",
            description="Allow internet access.",
            type="egress",
            from_port=0,
            to_port=0,
            protocol="-1",
            cidr_blocks=["0.0.0.0/0"],
            security_group_id=group.id,
            opts=self.child(),
        )
        return group

    def _subnets(self) -> Any:
        given = self._inputs
        listed = [*(given.get("publicSubnetIds") or ()), *(given.get("privateSubnetIds") or ())]
        return given.get("subnetIds") or listed or default_subnets()

    def _cluster(self) -> aws.eks.Cluster:
        given = self._inputs
        key = given.get("encryptionConfigKeyArn")
        return aws.eks.Cluster(
            f"{self._name}-eksCluster",
            name=given.get("name"),
            role_arn=attribute(self._service_role, "arn"),
            version=given.get("version"),
            vpc_config={
                "subnet_ids": self._subnets(),
                "security_group_ids": [self.group.id] if self.group else None,
                "endpoint_private_access": given.get("endpointPrivateAccess"),
                "endpoint_public_access": given.get("endpointPublicAccess"),
                "public_access_cidrs": given.get("publicAccessCidrs"),
            },
            access_config={
                "authentication_mode": given["authenticationMode"],
                "bootstrap_cluster_creator_admin_permissions": True,
            }
            if given.get("authenticationMode")
            else None,
            kubernetes_network_config=network(given),
            enabled_cluster_log_types=given.get("enabledClusterLogTypes"),
            encryption_config={"provider": {"key_arn": key}, "resources": ["secrets"]} if key is not None else None,
            bootstrap_self_managed_addons=given.get("bootstrapSelfManagedAddons", True),
            deletion_protection=given.get("deletionProtection"),
            upgrade_policy=snake(given.get("upgradePolicy")),
            tags=named(given, self._name),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=self._before,
                ignore_changes=[
                    "accessConfig.bootstrapClusterCreatorAdminPermissions",
                    "bootstrapSelfManagedAddons",
                ],
            ),
        )

    def _access(self, default_role: Any) -> list[pulumi.Resource]:
        """How nodes and people get in: by a config map, by entries, or by both."""
        given, made = self._inputs, list[pulumi.Resource]()
        mode = given.get("authenticationMode")
        if has_entries(mode):
            nodes = {"principalArn": attribute(default_role, "arn"), "type": "EC2_LINUX"}
            defaults = {"defaultNodeGroupInstanceRole": nodes} if default_role is not None else {}
            entries: Mapping[str, Inputs] = {**defaults, **(given.get("accessEntries") or {})}
            made += access_entries(self._name, self.cluster, entries, self.child)
        if has_config_map(mode):
            options = pulumi.ResourceOptions(parent=self, provider=self.provider)
            made.append(aws_auth(f"{self._name}-nodeAccess", self.instance_roles, given, options))
        return made

    def _node_security(self) -> NodeGroupSecurity | None:
        """The group of all nodes, with or without nodes of the package's own."""
        given = self._inputs
        tags = {**(given.get("nodeSecurityGroupTags") or {}), **(given.get("tags") or {})}
        if not given.get("skipDefaultSecurityGroups"):
            return self._security(attribute(self.group, "id"), tags)
        if not given.get("skipDefaultNodeGroup"):
            return self._security(self.cluster.vpc_config.cluster_security_group_id, tags)
        return None

    def _security(self, group_id: Any, tags: Any) -> NodeGroupSecurity:
        joined = Joined(self.cluster, self._inputs.get("vpcId") or default_vpc(), group_id)
        return NodeGroupSecurity(self._name, joined, tags, self.child())

    def _default_nodes(self, security: NodeGroupSecurity | None, access: list[pulumi.Resource]) -> Nodes | None:
        given = self._inputs
        if given.get("skipDefaultNodeGroup"):
            return None
        options: Inputs = given.get("nodeGroupOptions") or {
            **{name: given[name] for name in NODE_OPTIONS.split() if name in given},
            "amiId": given.get("nodeAmiId"),
        }
        refuse_others("eks.Cluster nodeGroupOptions", options, NODE_OPTIONS)
        subnets = given.get("privateSubnetIds") or given.get("publicSubnetIds") or self._subnets()
        own = {"nodeSubnetIds": subnets, "instanceProfile": self._profile, **options}
        return Nodes(self._name, own, self.cluster, security, self.child(*access))

    def _addons(self, access: list[pulumi.Resource]) -> None:
        given, version = self._inputs, self.cluster.version
        if not given.get("useDefaultVpcCni"):
            named_for = {"clusterName": self.cluster.name, "clusterVersion": version, "tags": given.get("tags")}
            VpcCni(f"{self._name}-vpc-cni", {**(given.get("vpcCniOptions") or {}), **named_for}, self.child(*access))
        coredns: Inputs = given.get("corednsAddonOptions") or {}
        wanted = [("kube-proxy", given.get("kubeProxyAddonOptions") or {}, True)]
        has_nodes = not given.get("skipDefaultNodeGroup") or bool(coredns.get("configurationValues"))
        wanted.append(("coredns", coredns, has_nodes))
        for name, chosen, default in wanted:
            if chosen.get("enabled", default):
                aws.eks.Addon(
                    f"{self._name}-{name}",
                    addon_name=name,
                    cluster_name=self.cluster.name,
                    addon_version=chosen.get("version") or addon_version(name, version, self),
                    preserve=True,
                    tags=given.get("tags"),
                    configuration_values=values(chosen.get("configurationValues")),
                    resolve_conflicts_on_create=chosen.get("resolveConflictsOnCreate") or "OVERWRITE",
                    resolve_conflicts_on_update=chosen.get("resolveConflictsOnUpdate") or "OVERWRITE",
                    opts=self.child(),
                )

    def _oidc(self) -> aws.iam.OpenIdConnectProvider | None:
        if not self._inputs.get("createOidcProvider"):
            return None
        return aws.iam.OpenIdConnectProvider(
            f"{self._name}-oidcProvider",
            client_id_lists=["sts.amazonaws.com"],
            url=self.cluster.identities.apply(_issuer),
            thumbprint_lists=["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
            opts=self.child(),
        )


def _issuer(identities: Any) -> str:
    return identities[0].oidcs[0].issuer if identities else ""


def _host(url: str) -> str:
    return url.removeprefix("https://")

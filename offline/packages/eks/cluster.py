"""The EKS package's cluster and its add-ons: the same children, with the same names, as the real plugin registers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from offline.packages.eks.nodes import Nodes
from offline.packages.eks.parts import (
    DEFAULT_VERSION,
    Component,
    Inputs,
    Role,
    addon_version,
    attribute,
    cluster_name,
    default_subnets,
    kubeconfig_of,
    named,
    network,
    snake,
    values,
)


class Cluster(Component):
    """`eks:index:Cluster`."""

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("Cluster", name, options)
        self._name, self._inputs = name, inputs
        self._service_role = self._role()
        self.group = self._security_group()
        self.cluster = self._cluster()
        credentials: Inputs = inputs.get("providerCredentialOpts") or {}
        self.kubeconfig = kubeconfig_of(self.cluster, credentials.get("roleArn"))
        self.kubeconfig_json = self.kubeconfig.apply(json.dumps)
        private = kubeconfig_of(self.cluster, credentials.get("roleArn"), credentials.get("profileName"))
        self.provider = kubernetes.Provider(f"{name}-eks-k8s", kubeconfig=private.apply(json.dumps), opts=self.child())
        self._access()
        nodes = self._default_nodes()
        self._addons(nodes)
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
                "instanceRoles": [nodes.role] if nodes else [],
                "clusterIamRole": self._service_role,
                "clusterSecurityGroup": self.group,
                "oidcProvider": oidc,
            },
            clusterSecurityGroup=self.group,
            clusterSecurityGroupId=self.group.id if self.group else self.cluster.vpc_config.cluster_security_group_id,
            nodeSecurityGroup=nodes.group if nodes else None,
            nodeSecurityGroupId=nodes.group.id if nodes else "",
            clusterIngressRuleId=nodes.rule.id if nodes else "",
            defaultNodeGroupAsgName=nodes.scaling.name if nodes else "",
            instanceRoles=[nodes.role] if nodes else [],
            fargateProfileId="",
            fargateProfileStatus="",
            autoModeNodeRoleName="",
            oidcProviderArn=oidc.arn if oidc else "",
            oidcProviderUrl=oidc.url if oidc else "",
            oidcIssuer=issuer.apply(_host),
        )

    def _role(self) -> Any:
        given = self._inputs.get("serviceRole")
        if given is not None:
            return given
        return Role(f"{self._name}-eksRole", "eks.amazonaws.com", ("AmazonEKSClusterPolicy",), self.child()).role

    def _security_group(self) -> aws.ec2.SecurityGroup | None:
        if self._inputs.get("skipDefaultSecurityGroups") or self._inputs.get("clusterSecurityGroup") is not None:
            return self._inputs.get("clusterSecurityGroup")
        group = aws.ec2.SecurityGroup(
            f"{self._name}-eksClusterSecurityGroup",
            vpc_id=self._inputs.get("vpcId"),
            revoke_rules_on_delete=True,
            tags=self._inputs.get("clusterSecurityGroupTags"),
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
        if given.get("publicAccessCidrs") is not None and given.get("endpointPublicAccess") is False:
            raise ValueError("`publicAccessCidrs` can only be set when `endpointPublicAccess` is true")
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
            default_addons_to_removes=given.get("defaultAddonsToRemove"),
            tags=named(given, self._name),
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=[
                    "accessConfig.bootstrapClusterCreatorAdminPermissions",
                    "bootstrapSelfManagedAddons",
                ],
            ),
        )

    def _access(self) -> None:
        entries: Mapping[str, Inputs] = self._inputs.get("accessEntries") or {}
        for key, entry in entries.items():
            created = aws.eks.AccessEntry(
                f"{self._name}-{key}",
                cluster_name=self.cluster.name,
                principal_arn=entry["principalArn"],
                type=entry.get("type"),
                kubernetes_groups=entry.get("kubernetesGroups"),
                user_name=entry.get("username"),
                tags=entry.get("tags"),
                opts=self.child(),
            )
            for policy, association in (entry.get("accessPolicies") or {}).items():
                aws.eks.AccessPolicyAssociation(
                    f"{self._name}-{key}-{policy}",
                    cluster_name=self.cluster.name,
                    principal_arn=entry["principalArn"],
                    policy_arn=association["policyArn"],
                    access_scope=snake(association["accessScope"]),
                    opts=self.child(created),
                )

    def _default_nodes(self) -> Nodes | None:
        if self._inputs.get("skipDefaultNodeGroup") or self._inputs.get("fargate"):
            return None
        return Nodes(self, self._name, self._inputs, self.cluster, self.group)

    def _addons(self, nodes: Nodes | None) -> None:
        version = self._inputs.get("version") or DEFAULT_VERSION
        if not self._inputs.get("useDefaultVpcCni"):
            VpcCni(f"{self._name}-vpc-cni", {"clusterName": self.cluster.name, "clusterVersion": version}, self.child())
        wanted = [("kube-proxy", self._inputs.get("kubeProxyAddonOptions"), True)]
        wanted.append(("coredns", self._inputs.get("corednsAddonOptions"), nodes is not None))
        for name, options, default in wanted:
            chosen: Inputs = options or {}
            if chosen.get("enabled", default):
                aws.eks.Addon(
                    f"{self._name}-{name}",
                    addon_name=name,
                    cluster_name=self.cluster.name,
                    addon_version=chosen.get("version") or addon_version(name, version, self),
                    preserve=True if name == "kube-proxy" else None,
                    tags=self._inputs.get("tags") if name == "kube-proxy" else None,
                    configuration_values=values(chosen.get("configurationValues")),
                    resolve_conflicts_on_create=chosen.get("resolveConflictsOnCreate") or "OVERWRITE",
                    resolve_conflicts_on_update=chosen.get("resolveConflictsOnUpdate") or "OVERWRITE",
                    opts=self.child(nodes.scaling if nodes and name == "coredns" else None),
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


class VpcCni(Component):
    """`eks:index:VpcCniAddon`."""

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("VpcCniAddon", name, options)
        aws.eks.Addon(
            name,
            addon_name="vpc-cni",
            cluster_name=inputs["clusterName"],
            addon_version=inputs.get("addonVersion")
            or addon_version("vpc-cni", inputs.get("clusterVersion") or DEFAULT_VERSION, self),
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

    def __init__(self, name: str, inputs: Inputs, options: pulumi.ResourceOptions | None) -> None:
        super().__init__("Addon", name, options)
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


def _issuer(identities: Any) -> str:
    return identities[0].oidcs[0].issuer if identities else ""


def _host(url: str) -> str:
    return url.removeprefix("https://")

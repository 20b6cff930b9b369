"""The control plane of a cluster: EKS's side of it, with its role and its log."""

from __future__ import annotations

from functools import partial
from typing import Any

import pulumi
import pulumi_eks
from pulumi_aws import eks

from components.cluster.inputs import ClusterArgs
from components.cluster.roles import control_plane_role
from components.core.log_group import audit_log_group
from components.core.service_role import ServiceRole

LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
"""All that a control plane can write."""


class ControlPlane(pulumi.ComponentResource):
    """The cluster without any nodes, after the log group that it writes to and its role.

    Attributes:
        cluster: the cluster.
        kubeconfig_json: for a Kubernetes provider; it gets tokens from the command ``aws``.
    """

    cluster: pulumi.Output[eks.Cluster]
    kubeconfig_json: pulumi.Output[str]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cluster:ControlPlane", name, None, opts)
        self.name = name
        self.args = args
        path, tags = f"/aws/eks/{args.name}/cluster", args.tags("control-plane")
        logs = audit_log_group(f"{name}-control-plane", args.context, path, tags, self)
        role = ServiceRole(
            f"{name}-control-plane",
            control_plane_role(args.environment, args.name, args.key_arn, tags),
            pulumi.ResourceOptions(parent=self),
        )
        made = self.eks(role, logs)
        self.cluster = made.eks_cluster
        self.kubeconfig_json = made.kubeconfig_json
        self.register_outputs({})

    def eks(self, role: ServiceRole, logs: pulumi.Resource) -> pulumi_eks.Cluster:
        """The package's component, kept thin: nodes, add-ons and access are resources of their own."""
        args, settings = self.args, self.args.settings
        protection = args.context.protection
        return pulumi_eks.Cluster(
            self.name,
            name=args.name,
            version=settings.version,
            authentication_mode=pulumi_eks.AuthenticationMode.API,
            service_role=role.role,
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            cluster_security_group=args.control_plane_security_group,
            endpoint_private_access=True,
            endpoint_public_access=bool(settings.public_access_cidrs),
            # The package refuses ranges, even none, of an endpoint that there isn't.
            public_access_cidrs=list(settings.public_access_cidrs) or None,
            kubernetes_service_ip_address_range=str(settings.service_cidr) if settings.service_cidr else None,
            enabled_cluster_log_types=LOGS,
            encryption_config_key_arn=args.key_arn,
            upgrade_policy={"support_type": "STANDARD"},
            deletion_protection=protection.deletion_protection,
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,  # despite the name: the package leaves the network plugin alone
            kube_proxy_addon_options={"enabled": False},
            skip_default_node_group=True,
            skip_default_security_groups=True,
            create_oidc_provider=False,  # pods have identities without one; with it, a preview would call AWS
            tags=args.tags("cluster"),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[role, logs],  # they outlive the cluster, too: EKS needs the role to clean up
                protect=protection.protect,
                retain_on_delete=protection.retain_on_delete,
                transforms=[partial(complete, zonal_shift=settings.zonal_shift)],
            ),
        )


def complete(resource: pulumi.ResourceTransformArgs, *, zonal_shift: bool) -> pulumi.ResourceTransformResult | None:
    """What the package has no argument for, said to the cluster that it makes; None of its other resources.

    Whoever creates the cluster gets no access by that: who has any is in `components.cluster.access`.
    """
    if resource.type_ != "aws:eks/cluster:Cluster":
        return None
    props: dict[str, Any] = {
        **resource.props,
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        "zonalShiftConfig": {"enabled": zonal_shift},
    }
    return pulumi.ResourceTransformResult(props=props, opts=resource.opts)

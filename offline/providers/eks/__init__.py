"""The EKS package's components. Imports the Pulumi runtime (half a second), so only when the first is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pulumi
import pulumi_eks  # noqa: F401  # pyright: ignore[reportUnusedImport] - so that components handed over as arguments are known by their type
from pulumi.provider import CallResult, ConstructResult, Provider
from pulumi_aws import _utilities  # pyright: ignore[reportPrivateUsage] - where the SDK's classes are found by type

from offline.providers.eks.addons import Addon, VpcCni
from offline.providers.eks.cluster import Cluster
from offline.providers.eks.managed_nodes import ManagedNodeGroup
from offline.providers.eks.node_security import NodeSecurityGroup
from offline.providers.eks.nodes import NodeGroup
from offline.providers.eks.parts import Component, Inputs, attribute, compact, kubeconfig_of


class Reference(pulumi.CustomResource):
    """A role or a security group that the program hands over, with what the components read of it."""

    def __init__(self, name: str, type_: str, urn: str) -> None:
        super().__init__(type_, name, {"arn": None, "name": None}, pulumi.ResourceOptions(urn=urn))


def _construct(self: _utilities.Module, name: str, typ: str, urn: str) -> pulumi.Resource:
    """As the SDK does it, without the import of all of `pulumi_aws.ec2`: half a second for one security group."""
    return Reference(name, typ, urn) if typ.startswith(("aws:ec2/", "aws:iam/")) else _of_sdk(self, name, typ, urn)


_of_sdk, _utilities.Module.construct = _utilities.Module.construct, _construct


class Components(Provider):
    """Builds the components of `pulumi_eks`."""

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Register the component and its children."""
        builder = _BUILDERS.get(resource_type)
        if builder is None:
            raise LookupError(f"{resource_type} is not available offline; available: {', '.join(sorted(_BUILDERS))}")
        component = builder(name, inputs, options)
        return ConstructResult(component.urn, component.state)

    def call(self, token: str, args: Inputs) -> CallResult:
        """Answer a method of a component."""
        if token != _GET_KUBECONFIG:
            raise LookupError(f"{token} is not available offline; available: {_GET_KUBECONFIG}")
        cluster = attribute(pulumi.Output.from_input(args["__self__"]), "eks_cluster")
        found = kubeconfig_of(cluster, args.get("roleArn"), args.get("profileName"))
        return CallResult({"result": found.apply(compact)})


_GET_KUBECONFIG: Final = "eks:index:Cluster/getKubeconfig"
_BUILDERS: Final[dict[str, Callable[[str, Inputs, pulumi.ResourceOptions | None], Component]]] = {
    "eks:index:Addon": Addon,
    "eks:index:Cluster": Cluster,
    "eks:index:ManagedNodeGroup": ManagedNodeGroup,
    "eks:index:NodeGroupSecurityGroup": NodeSecurityGroup,
    "eks:index:NodeGroupV2": NodeGroup,
    "eks:index:VpcCniAddon": VpcCni,
}

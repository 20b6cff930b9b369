"""Routes: inline in a route table or separate, with where they lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError, extend_path
from guardrails.network.addresses import Network, is_wide, parse_network
from guardrails.network.firewall_rules import Pending, known

ROUTE = "aws:ec2/route:Route"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
DEFAULT_ROUTE_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ROUTE_TABLES = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE)


class Target(StrEnum):
    """Where a route leads."""

    INTERNET_GATEWAY = "internet gateway"
    EGRESS_ONLY_GATEWAY = "egress-only internet gateway"
    NAT_GATEWAY = "NAT gateway"
    TRANSIT_GATEWAY = "transit gateway"
    CORE_NETWORK = "core network"
    ENDPOINT = "VPC endpoint"
    PEERING = "VPC peering connection"
    INSTANCE = "instance or network interface"
    VPN_GATEWAY = "virtual private gateway"
    OTHER = "other gateway"


_BY_PROPERTY = {
    "natGatewayId": Target.NAT_GATEWAY,
    "egressOnlyGatewayId": Target.EGRESS_ONLY_GATEWAY,
    "transitGatewayId": Target.TRANSIT_GATEWAY,
    "coreNetworkArn": Target.CORE_NETWORK,
    "vpcEndpointId": Target.ENDPOINT,
    "vpcPeeringConnectionId": Target.PEERING,
    "networkInterfaceId": Target.INSTANCE,
    "instanceId": Target.INSTANCE,
}
_BY_PREFIX = {
    "igw": Target.INTERNET_GATEWAY,
    "eigw": Target.EGRESS_ONLY_GATEWAY,
    "vgw": Target.VPN_GATEWAY,
    "vpce": Target.ENDPOINT,
}
_BY_TYPE = {
    "aws:ec2/internetGateway:InternetGateway": Target.INTERNET_GATEWAY,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Target.EGRESS_ONLY_GATEWAY,
    "aws:ec2/vpnGateway:VpnGateway": Target.VPN_GATEWAY,
    "aws:ec2/vpcEndpoint:VpcEndpoint": Target.ENDPOINT,
}


@dataclass(frozen=True)
class Hop:
    """One route.

    Attributes:
        resource: the route, or the table that holds it inline.
        destination: where traffic goes; None for a prefix list.
        target: what it is handed to.
        path: the property that names the target.
    """

    resource: Resource
    destination: Network | Pending | None
    target: Target | Pending
    path: str

    @property
    def is_default(self) -> bool:
        """Whether it directs traffic for the internet at large: 0.0.0.0/0, ::/0, and halves of them.

        Raises:
            UndeterminedError: the destination is not known yet.
        """
        destination = known(self.destination)
        return destination is not None and is_wide(destination)

    def leads_to(self, target: Target) -> bool:
        """Whether it leads to a target of this kind.

        Raises:
            UndeterminedError: the target is not known yet.
        """
        return known(self.target) is target


def hops_of(resource: Resource, stack: Stack | None) -> Iterator[Hop]:
    """The routes that a route table writes inline, or the one that a separate route is.

    A gateway that is not known yet is told by the resource of ``stack`` it comes from.
    """
    if resource.type == ROUTE:
        yield _hop(resource, resource.properties, "", stack)
        return
    routes = resource.raw("routes") or []
    for path in [f"routes[{index}]" for index in range(len(routes))] if isinstance(routes, list) else ["routes"]:
        route = resource.raw(path)
        if isinstance(route, dict):
            yield _hop(resource, route, path, stack)
        else:  # not known yet, or of a type that the provider will refuse
            yield Hop(resource, Pending(path), Pending(path), path)


def _hop(resource: Resource, route: Mapping[str, Any], path: str, stack: Stack | None) -> Hop:
    for name, target in _BY_PROPERTY.items():
        if route.get(name):
            return Hop(resource, _destination(route, path), target, extend_path(path, name))
    where = extend_path(path, "gatewayId")
    return Hop(resource, _destination(route, path), _gateway(resource, where, stack), where)


def _destination(route: Mapping[str, Any], path: str) -> Network | Pending | None:
    for name in ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"):
        value = route.get(name)
        if value is UNKNOWN:
            return Pending(extend_path(path, name))
        if value:
            return parse_network(value) or Pending(extend_path(path, name))
    return None


def _gateway(resource: Resource, path: str, stack: Stack | None) -> Target | Pending:
    value = resource.raw(path)
    if isinstance(value, str):
        return _BY_PREFIX.get(value.partition("-")[0], Target.OTHER)
    if value is None:
        return Target.OTHER
    try:
        gateway = stack.referred(resource, path, tuple(_BY_TYPE)) if stack else None
    except UndeterminedError:
        gateway = None
    return _BY_TYPE[gateway.type] if gateway else Pending(path)

"""The network that a stack builds: which subnet follows which routes, and what each subnet is.

Nothing here relies on names being ours: a subnet is public when a route of its table leads to an internet gateway, and
of the data tier when a data store is in it or nothing leads out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, lru_cache

from guardrails.model.logic import first_that
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.network.firewall_rules import Pending
from guardrails.network.routes import DEFAULT_ROUTE_TABLE, ROUTE, ROUTE_TABLES, Hop, Target, hops_of
from guardrails.network.subnet_tiers import SUBNET, VPC, Tier, data_subnets

ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"


class Topology:
    """The subnets and routes of one stack.

    Attributes:
        unplaced: what is not known of the subnets and associations whose place in the network can't be told.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._vpc_of: dict[str, Resource | None] = {}
        self._table_of: dict[str, Resource | None] = {}
        self._main_table_of: dict[str, Resource] = {}
        self._hops: defaultdict[str, list[Hop]] = defaultdict(list)
        self._adrift: list[Hop] = []  # routes that may belong to any table
        self.unplaced: list[UndeterminedError] = []
        places = {
            SUBNET: self._place_subnet,
            ASSOCIATION: self._place_association,
            MAIN_ASSOCIATION: self._place_main_association,
            ROUTE: self._place_routes,
            **dict.fromkeys(ROUTE_TABLES, self._place_routes),
        }
        for resource in stack.of_type(*places):
            try:
                places[resource.type](resource)
            except UndeterminedError as error:
                self.unplaced.append(error)

    def _place_subnet(self, subnet: Resource) -> None:
        self._vpc_of[subnet.urn] = named(self._stack, subnet, "vpcId", (VPC,))

    def _place_association(self, association: Resource) -> None:
        subnet = named(self._stack, association, "subnetId", (SUBNET,))
        if subnet:
            self._table_of[subnet.urn] = named(self._stack, association, "routeTableId", ROUTE_TABLES)

    def _place_main_association(self, association: Resource) -> None:
        vpc = named(self._stack, association, "vpcId", (VPC,))
        table = named(self._stack, association, "routeTableId", ROUTE_TABLES)
        if vpc and table:
            self._main_table_of[vpc.urn] = table

    def _place_routes(self, resource: Resource) -> None:
        """Routes belong to their table; those of a VPC's own main table to that VPC."""
        table: Resource | None = resource
        if resource.type == ROUTE:
            table = self._owner_of_main_table(resource, "routeTableId")
            try:
                table = table or named(self._stack, resource, "routeTableId", ROUTE_TABLES)
            except UndeterminedError as error:
                self._adrift.append(Hop(resource, Pending(error.path), Pending(error.path), error.path))
        elif resource.type == DEFAULT_ROUTE_TABLE:
            vpc = self._owner_of_main_table(resource, "defaultRouteTableId")
            if vpc:
                self._main_table_of.setdefault(vpc.urn, resource)
        if table:
            self._hops[table.urn] += hops_of(resource, self._stack)

    def _owner_of_main_table(self, resource: Resource, path: str) -> Resource | None:
        """The VPC whose own output (mainRouteTableId, defaultRouteTableId) names the table at ``path``."""
        value = resource.raw(path)
        if isinstance(value, str):
            return self._vpc_by_main_table.get(value)
        origins = (self._stack.by_urn.get(urn) for urn in resource.dependencies.get(path, ()))
        return next((origin for origin in origins if origin and origin.type == VPC), None)

    @cached_property
    def _vpc_by_main_table(self) -> dict[str, Resource]:
        names = ("mainRouteTableId", "defaultRouteTableId")
        vpcs = self._stack.of_type(VPC)
        return {vpc.outputs[name]: vpc for vpc in vpcs for name in names if isinstance(vpc.outputs.get(name), str)}

    def has_vpc(self, subnet: Resource) -> bool:
        """Whether the subnet is in a VPC of this stack; the routes of another VPC are not known here."""
        return self._vpc_of.get(subnet.urn) is not None

    def subnets_of(self, vpc: Resource) -> list[Resource]:
        """The subnets of a VPC."""
        return self._subnets_of.get(vpc.urn, [])

    @cached_property
    def _subnets_of(self) -> dict[str, list[Resource]]:
        found: defaultdict[str, list[Resource]] = defaultdict(list)
        for subnet in self._stack.of_type(SUBNET):
            vpc = self._vpc_of.get(subnet.urn)
            if vpc:
                found[vpc.urn].append(subnet)
        return found

    def subnets_using(self, table_or_route: Resource) -> list[Resource]:
        """The subnets whose traffic follows a route table, or a separate route.

        Raises:
            UndeterminedError: none is known to, and the place of one could not be told.
        """
        found = self._users.get(table_or_route.urn, [])
        if not found and self.unplaced:
            raise self.unplaced[0]
        return found

    @cached_property
    def _users(self) -> dict[str, list[Resource]]:
        users: defaultdict[str, list[Resource]] = defaultdict(list)
        for subnet in self._stack.of_type(SUBNET):
            for urn in dict.fromkeys(self._followed(subnet)):
                users[urn].append(subnet)
        return users

    def _followed(self, subnet: Resource) -> Iterator[str]:
        table = self._table_of.get(subnet.urn)
        if table:
            yield table.urn
        with suppress(UndeterminedError):  # what is unplaced is remembered; another VPC's main table is not ours
            yield from (hop.resource.urn for hop in self.hops_from(subnet))

    def hops_from(self, subnet: Resource) -> list[Hop]:
        """The routes that a subnet's traffic follows; the VPC's main table's where it has no table of its own.

        Raises:
            UndeterminedError: its route table can't be told, or is not of this stack.
        """
        if subnet.urn in self._table_of:
            table = self._table_of[subnet.urn]
            if table is None:
                raise UndeterminedError("routeTableId")
            return self._hops.get(table.urn, []) + self._adrift
        if self.unplaced:
            raise self.unplaced[0]
        vpc = self._vpc_of.get(subnet.urn)
        if vpc is None:
            raise UndeterminedError("vpcId")
        main = self._main_table_of.get(vpc.urn)
        return self._hops.get(vpc.urn, []) + (self._hops.get(main.urn, []) if main else []) + self._adrift

    def is_public(self, subnet: Resource) -> bool:
        """Whether a route leads from the subnet to an internet gateway."""
        return first_that(self.hops_from(subnet), lambda hop: hop.leads_to(Target.INTERNET_GATEWAY)) is not None

    def tier(self, subnet: Resource) -> Tier:
        """What the subnet is, by the data stores in it and its routes."""
        if subnet.urn in data_subnets(self._stack):
            return Tier.DATA
        if self.is_public(subnet):
            return Tier.PUBLIC
        return Tier.PRIVATE if first_that(self.hops_from(subnet), lambda hop: hop.is_default) else Tier.DATA


@lru_cache(maxsize=1)
def topology_of(stack: Stack) -> Topology:
    """The topology of a stack, worked out once."""
    return Topology(stack)

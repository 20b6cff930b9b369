"""Security groups and their rules, made from the table in `components.network.flows`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
from pulumi_aws import ec2, vpc

from components.core.environment import Environment
from components.network.flows import GROUPS, Flow, Group, Place


class Peer(TypedDict, total=False):
    """The other end of a rule, in the provider's words: one of the three."""

    referenced_security_group_id: pulumi.Input[str]
    cidr_ipv4: pulumi.Input[str]
    prefix_list_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """What the groups need.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC that they guard.
        flows: who may talk to whom; a group exists when a flow names it.
        places: the address ranges and prefix lists that the flows name.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    flows: Sequence[Flow]
    places: Mapping[Place, Peer]


class SecurityGroups(pulumi.ComponentResource):
    """A group for each kind of workload; each rule is a resource of its own, with a description.

    Attributes:
        ids: group -> its id, for the groups that a flow names.
        groups: the same groups as resources, for components that take no id.
    """

    ids: Mapping[Group, pulumi.Output[str]]
    groups: Mapping[Group, ec2.SecurityGroup]

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:SecurityGroups", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.environment.tags(component="network", data_class="internal")
        self.groups = {group: self.group(group) for group in GROUPS if self.is_used(group)}
        self.ids = {group: resource.id for group, resource in self.groups.items()}
        for flow in args.flows:
            self.rules(flow)
        self.register_outputs({"ids": self.ids})

    def is_used(self, group: Group) -> bool:
        """Whether a flow names the group."""
        return any(group in (flow.source, flow.target) for flow in self.args.flows)

    def group(self, group: Group) -> ec2.SecurityGroup:
        """One group, which allows nothing by itself: the provider takes away AWS's default egress rule."""
        return ec2.SecurityGroup(
            f"{self.name}-{group}",
            description=GROUPS[group],
            vpc_id=self.args.vpc_id,
            tags=self.tags(group),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def rules(self, flow: Flow) -> None:
        """The egress rule of the source and the ingress rule of the target, each where that end is a group."""
        ids: dict[str, pulumi.Output[str]] = {**self.ids}
        port = f"{flow.protocol}-{flow.port}"
        if source := ids.get(flow.source):
            role = f"{flow.source}-to-{flow.target}-{port}"
            self.rule(vpc.SecurityGroupEgressRule, role, flow, group=source, peer=self.peer(flow.target))
        if target := ids.get(flow.target):
            role = f"{flow.target}-from-{flow.source}-{port}"
            self.rule(vpc.SecurityGroupIngressRule, role, flow, group=target, peer=self.peer(flow.source))

    def rule(
        self,
        kind: type[vpc.SecurityGroupEgressRule | vpc.SecurityGroupIngressRule],
        role: str,
        flow: Flow,
        *,
        group: pulumi.Output[str],
        peer: Peer,
    ) -> None:
        """One rule of ``group`` about ``peer``."""
        kind(
            f"{self.name}-{role}",
            security_group_id=group,
            description=flow.why,
            ip_protocol=flow.protocol,
            from_port=flow.port,
            to_port=flow.port,
            tags=self.tags(role),
            opts=pulumi.ResourceOptions(parent=self),
            **peer,
        )

    def peer(self, end: Group | Place) -> Peer:
        """One end of a flow, as the other end's rule names it."""
        peers: dict[str, Peer] = {**self.args.places}
        for group, identity in self.ids.items():
            peers[group] = {"referenced_security_group_id": identity}
        return peers[end]

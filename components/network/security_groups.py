"""Security groups and their rules, made from flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pulumi
from pulumi_aws import ec2, vpc

from components.core.declared import Declared
from components.core.environment import Environment
from components.network.flows import Flow


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
        vpc_id: the VPC that they are in.
        groups: name -> description: what carries the group.
        flows: who may talk to whom.
        peers: name -> address range or prefix list that flows name besides groups.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    groups: Mapping[str, str]
    flows: Sequence[Flow]
    peers: Mapping[str, Peer]


class SecurityGroups(pulumi.ComponentResource):
    """The groups; each rule is a resource of its own, with a description.

    Attributes:
        groups: name -> group.

    Raises:
        UndeclaredError: a flow names neither a group nor a peer.
    """

    groups: Mapping[str, ec2.SecurityGroup]

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:SecurityGroups", name, None, opts)
        self.name = name
        self.child = pulumi.ResourceOptions(parent=self)
        self.tags = args.environment.tags(component="network", data_class="internal")
        self.groups = {
            # It allows nothing by itself: the provider takes away AWS's default egress rule.
            group: ec2.SecurityGroup(
                f"{name}-{group}",
                description=description,
                vpc_id=args.vpc_id,
                tags=self.tags(group),
                opts=self.child,
            )
            for group, description in args.groups.items()
        }
        members: dict[str, Peer] = {
            name: {"referenced_security_group_id": group.id} for name, group in self.groups.items()
        }
        self.ends = Declared("security group or peer", {**args.peers, **members})
        for flow in args.flows:
            ports = f"{flow.protocol}-{flow.port}"
            source, target = self.ends[flow.source], self.ends[flow.target]
            if flow.source in self.groups:
                role = f"{flow.source}-to-{flow.target}-{ports}"
                self.rule(vpc.SecurityGroupEgressRule, role, flow, self.groups[flow.source], target)
            if flow.target in self.groups:
                role = f"{flow.target}-from-{flow.source}-{ports}"
                self.rule(vpc.SecurityGroupIngressRule, role, flow, self.groups[flow.target], source)
        self.register_outputs({"ids": {group: resource.id for group, resource in self.groups.items()}})

    def rule(
        self,
        kind: type[vpc.SecurityGroupEgressRule | vpc.SecurityGroupIngressRule],
        role: str,
        flow: Flow,
        group: ec2.SecurityGroup,
        peer: Peer,
    ) -> None:
        """One rule of ``group`` about ``peer``."""
        kind(
            f"{self.name}-{role}",
            security_group_id=group.id,
            description=flow.why,
            ip_protocol=flow.protocol,
            from_port=flow.port,
            to_port=flow.port,
            tags=self.tags(role),
            opts=self.child,
            **peer,
        )

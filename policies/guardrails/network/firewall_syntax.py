"""Reads the rules that a resource writes, in each of the forms that the AWS provider offers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, extend_path
from guardrails.network.addresses import parse_network
from guardrails.network.firewall_rules import (
    ALL,
    ICMP,
    ICMPV6,
    LAST_PORT,
    TCP,
    UDP,
    WITH_PORTS,
    Direction,
    Kind,
    Pending,
    Rule,
    Source,
)

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
NETWORK_ACL = "aws:ec2/networkAcl:NetworkAcl"
DEFAULT_NETWORK_ACL = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"

_INLINE = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, NETWORK_ACL, DEFAULT_NETWORK_ACL)

_PROTOCOLS = {"all": ALL, "icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}

_SOURCES = {
    "cidrBlock": Kind.CIDR,
    "cidrBlocks": Kind.CIDR,
    "cidrIpv4": Kind.CIDR,
    "cidrIpv6": Kind.CIDR,
    "ipv6CidrBlock": Kind.CIDR,
    "ipv6CidrBlocks": Kind.CIDR,
    "prefixListId": Kind.PREFIX_LIST,
    "prefixListIds": Kind.PREFIX_LIST,
    "referencedSecurityGroupId": Kind.SECURITY_GROUP,
    "securityGroups": Kind.SECURITY_GROUP,
    "sourceSecurityGroupId": Kind.SECURITY_GROUP,
}


def rules_of(resource: Resource) -> list[Rule]:
    """Every rule that the resource writes; none for a resource of another kind.

    A block that is unknown as a whole (``ingress``, ``ingress[0]``) is one rule of which only the direction is known.
    """
    whole = _Entry(resource.properties, "")
    match resource.type:
        case kind if kind in _INLINE:
            return [rule for direction in Direction for rule in _inline(resource, direction)]
        case "aws:ec2/securityGroupRule:SecurityGroupRule":
            return [_rule(whole, _direction(whole, "type", "egress"))]
        case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
            return [_rule(whole, Direction.INGRESS)]
        case "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule":
            return [_rule(whole, Direction.EGRESS)]
        case "aws:ec2/networkAclRule:NetworkAclRule":
            return [_rule(whole, _direction(whole, "egress", "true"))]
        case _:
            return []


@dataclass(frozen=True)
class _Entry:
    """The properties of one rule, and the path where they stand."""

    values: Mapping[str, Any]
    path: str

    def where(self, name: str) -> str:
        return extend_path(self.path, name)

    def first(self, *names: str) -> tuple[Any, str]:
        """The first of these properties that is set, with its path: each form has its own name for it."""
        name = next((name for name in names if self.values.get(name) is not None), names[0])
        value, where = self.values.get(name), self.where(name)
        return (Pending(where) if value is UNKNOWN else value), where

    def number(self, *names: str) -> int | Pending | None:
        """A whole number; pending when it is none, for the service will refuse it."""
        value, where = self.first(*names)
        if value is None or isinstance(value, Pending):
            return value
        try:
            return int(value)
        except (TypeError, ValueError):
            return Pending(where)


def _inline(resource: Resource, direction: Direction) -> Iterator[Rule]:
    path = direction.value
    entries: Any = resource.raw(path) or []
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list):  # not known yet, or of a type that the provider will refuse
        yield _unknown_rule(path, direction)
        return
    for index, entry in enumerate(entries):
        where = f"{path}[{index}]"
        yield _rule(_Entry(entry, where), direction) if isinstance(entry, dict) else _unknown_rule(where, direction)


def _unknown_rule(path: str, direction: Direction) -> Rule:
    later = Pending(path)
    return Rule(
        direction=direction,
        protocol=later,
        from_port=later,
        to_port=later,
        sources=frozenset({Source(Kind.ANYTHING, later, path)}),
        allow=later,
        number=later,
        description=later,
        path=path,
    )


def _rule(entry: _Entry, direction: Direction | Pending) -> Rule:
    protocol = _protocol(entry)
    first, last = _ports(entry, protocol)
    action, _ = entry.first("action", "ruleAction")
    return Rule(
        direction=direction,
        protocol=protocol,
        from_port=first,
        to_port=last,
        sources=frozenset(_sources(entry)),
        allow=action if isinstance(action, Pending) else str(action).lower() != "deny",
        number=entry.number("ruleNo", "ruleNumber"),
        description=entry.first("description")[0] or None,
        path=entry.path,
    )


def _direction(entry: _Entry, name: str, when_egress: str) -> Direction | Pending:
    value, _ = entry.first(name)
    if isinstance(value, Pending):
        return value
    return Direction.EGRESS if str(value).lower() == when_egress else Direction.INGRESS


def _protocol(entry: _Entry) -> int | str | Pending:
    value, _ = entry.first("protocol", "ipProtocol")
    if value is None or isinstance(value, Pending):
        return ALL if value is None else value
    text = str(value).strip().lower()
    try:
        return _PROTOCOLS[text] if text in _PROTOCOLS else int(text)
    except ValueError:
        return text


def _ports(entry: _Entry, protocol: int | str | Pending) -> tuple[int | Pending, int | Pending]:
    """The range; a protocol without ports covers them all, and so does one whose ports are absent or -1."""
    if isinstance(protocol, Pending):
        return protocol, protocol
    if protocol in (ICMP, ICMPV6):
        return _or_all(entry.number("icmpType", "fromPort"), -1), _or_all(entry.number("icmpCode", "toPort"), -1)
    if protocol not in WITH_PORTS:
        return 0, LAST_PORT
    return _or_all(entry.number("fromPort"), 0), _or_all(entry.number("toPort"), LAST_PORT)


def _or_all(port: int | Pending | None, when_all: int) -> int | Pending:
    return when_all if port is None or port == -1 else port


def _sources(entry: _Entry) -> Iterator[Source]:
    for name in _SOURCES.keys() & entry.values.keys():
        kind, stated, where = _SOURCES[name], entry.values[name], entry.where(name)
        several = isinstance(stated, list)
        for index, value in enumerate(stated if several else [stated]):
            here = f"{where}[{index}]" if several else where
            if value is None or value == "":
                continue
            stands = None if value is UNKNOWN else parse_network(value) if kind is Kind.CIDR else str(value)
            yield Source(kind, stands or Pending(here), here)
    if entry.values.get("self"):
        yield Source(Kind.SELF, "self", entry.where("self"))

"""Who talks to whom, by what resources say of each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from report.diagram.model import Link
from report.diagram.places import ACCESSED, RECEIVES, REQUESTS
from report.diagram.resources import Resource, index, named

RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP, POLICY = "aws:ec2/securityGroup:SecurityGroup", "aws:iam/policy:Policy"
LINKED = ACCESSED.union({GROUP}, *REQUESTS.values(), *RECEIVES.values())
"""Types that others are looked for to name."""
KINDS = ("network", "data", "access")


def links_of(own: Sequence[Resource], owner: Mapping[str, str]) -> Iterator[Link]:
    """Who talks to whom: by rules of security groups, by policies, and by what one service is told of another."""
    known = index([each for each in own if each.type in LINKED])
    users = group_users(own, owner, known)
    for each in own:
        me = owner.get(each.urn, "")
        if each.type == RULE:
            source, target = str(each.inputs.get("referencedSecurityGroupId")), str(each.inputs.get("securityGroupId"))
            if source != target:  # else members of one group among themselves
                for one, other in product(users.get(source, ()), users.get(target, ())):
                    yield Link(source=one, target=other, kind="network", label=port(each))
        sends, gets = REQUESTS.get(each.type, frozenset[str]()), RECEIVES.get(each.type, frozenset[str]())
        for other in named(each, known) if sends or gets or each.type == POLICY else ():
            it = owner.get(other.urn, "")
            if each.type == POLICY and other.type in ACCESSED:
                yield Link(source=me, target=it, kind="access")
            if other.type in sends:
                yield Link(source=me, target=it, kind="data")
            if other.type in gets:
                yield Link(source=it, target=me, kind="data")


def group_users(
    own: Sequence[Resource], owner: Mapping[str, str], known: Mapping[str, Resource]
) -> dict[str, list[str]]:
    """Id of a security group -> components with something that carries it."""
    found = defaultdict[str, set[str]](set)
    for each in own:
        if not each.type.startswith("aws:vpc/securityGroup") and not each.is_component:
            for group in named(each, known):
                if group.type == GROUP:
                    found[str(group.said("id"))].add(owner.get(each.urn, ""))
    return {group: sorted(each) for group, each in found.items()}


def port(rule: Resource) -> str:
    """Such as ``tcp 3306``."""
    first, last = rule.inputs.get("fromPort"), rule.inputs.get("toPort")
    protocol = str(rule.inputs.get("ipProtocol", ""))
    if protocol == "-1" or first is None:
        return "all ports"
    return f"{protocol} {first:g}" if first == last else f"{protocol} {first:g}-{last:g}"


def merged(links: Iterable[Link]) -> Iterator[Link]:
    """One link for each pair, with all its ports: of several kinds, the first in `KINDS`; none to itself."""
    found = defaultdict[tuple[str, str], set[tuple[int, str]]](set)
    for each in links:
        if each.source != each.target:
            found[each.source, each.target].add((KINDS.index(each.kind), each.label))
    for (source, target), told in found.items():
        labels = sorted({label for _, label in told} - {""})
        label = ", ".join(labels[:2]) + (f" and {len(labels) - 2} more" if len(labels) > 2 else "")
        yield Link(source=source, target=target, kind=KINDS[min(told)[0]], label=label)

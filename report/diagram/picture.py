"""A stack folded into what a person can read: a card for each component."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from report.diagram.links import links_of, merged
from report.diagram.model import Card, Picture, Row, Tier
from report.diagram.places import AREAS, NETWORK, OPERATIONS, ROWS, SUBNETS
from report.diagram.resources import NoResourcesError, Resource, words

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
IDENTITY, NODES = "aws:eks/podIdentityAssociation:PodIdentityAssociation", "aws:eks/nodeGroup:NodeGroup"
ACCOUNT = "kubernetes:core/v1:ServiceAccount"
MOST_ROWS = 8
"""Lines on a card; what is more is counted."""


def picture(resources: Sequence[Resource]) -> Picture:
    """Fold a stack into what a person can read.

    Raises:
        NoResourcesError: it has none of a component.
    """
    told = [each for each in resources if not each.type.startswith("pulumi:")]
    by_urn = {each.urn: each for each in resources}
    components = folded(told, by_urn)
    own = [each for each in told if not each.is_gone]
    if not components:
        raise NoResourcesError("no component, so there is nothing to draw")
    owner = {each.urn: key for key, held in components.items() for each in held}
    subnets = [each for each in own if each.type == SUBNET]
    vpc = next((each for each in own if each.type == VPC), None)
    tiers = tiers_of(subnets)
    titles = titles_of(components)
    cards = [card(key, titles[key], held, subnets) for key, held in components.items()]
    nodes = next((each.area for each in cards if any(it.type == NODES for it in components[each.key])), "")
    cards = [replace(each, area=nodes) if not each.area else each for each in cards if not is_frame(each, by_urn)]
    shown = {each.key for each in cards if each.area != OPERATIONS}
    servers = {each.key for each in cards if each.zones}  # functions carry groups too, and nothing connects to them
    links = [
        each
        for each in links_of(own, owner)
        if {each.source, each.target} <= shown and (each.kind != "network" or each.target in servers)
    ]
    return Picture(
        stack=told[0].urn.split("::")[0].removeprefix("urn:pulumi:"),
        region=region(subnets),
        vpc=f"VPC {vpc.said('cidrBlock', '')}" if vpc else "",
        tiers=tuple(tiers),
        cards=tuple(sorted(cards, key=lambda each: each.key)),
        links=tuple(sorted(merged(links), key=lambda each: (each.source, each.target, each.kind))),
        resources=len(own),
    )


def region(subnets: Iterable[Resource]) -> str:
    """Where the stack is, by its zones; empty where it has none."""
    return next((str(each.said("availabilityZone", ""))[:-1] for each in subnets), "")


def folded(own: Sequence[Resource], by_urn: Mapping[str, Resource]) -> dict[str, list[Resource]]:
    """Component below the stack -> its resources; the network's parts apart, and pods' identities with their pods."""
    root = {each.urn: path(each, by_urn) for each in own}
    network = {root[each.urn][0] for each in own if each.type == VPC}
    found = defaultdict[str, list[Resource]](list)
    for each in own:
        if not each.is_component:
            first, *inner = root[each.urn]
            key = inner[0] if first in network and len(inner) > 1 else first
            if by_urn[key].is_component:
                found[key].append(each)
    accounts = {
        each.inputs.get("metadata", {}).get("name"): key
        for key, held in found.items()
        for each in held
        if each.type == ACCOUNT
    }
    for key in list(found):
        services = {accounts.get(each.inputs.get("serviceAccount")) for each in found[key] if each.type == IDENTITY}
        (service, *_) = sorted(each for each in services if each) or [key]
        if service != key:
            found[service] += found.pop(key)
    return dict(found)


def path(resource: Resource, by_urn: Mapping[str, Resource]) -> list[str]:
    """URNs from the component below the stack down to the resource."""
    found = [resource.urn]
    while (parent := by_urn.get(resource.parent)) is not None and not parent.type.startswith("pulumi:"):
        found.append(parent.urn)
        resource = parent
    return found[::-1]


def titles_of(keys: Iterable[str]) -> dict[str, str]:
    """What components are called: their class, and their own name where there are several of it."""
    kinds = {key: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", key.split("::")[2].rpartition(":")[2]) for key in keys}
    several = Counter(kinds.values())
    return {
        key: re.sub(r"\b(Api|Dns|Nat)\b", lambda found: found[0].upper(), kind[0] + kind[1:].lower())
        + (f": {key.rpartition('-')[2]}" if several[kind] > 1 else "")
        for key, kind in kinds.items()
    }


def tiers_of(subnets: Iterable[Resource]) -> list[Tier]:
    """The subnet tiers, by the component that makes each."""
    found = defaultdict[str, dict[str, str]](dict)
    for each in sorted(subnets, key=lambda each: str(each.said("availabilityZone"))):
        found[tier(each)][str(each.said("availabilityZone"))[-1:]] = str(each.said("cidrBlock", ""))
    return [Tier(key=key, title=f"{key} subnets".capitalize(), subnets=each) for key, each in sorted(found.items())]


def tier(subnet: Resource) -> str:
    """Such as ``private``: its component's name without the network's."""
    return subnet.parent.rpartition("::")[2].rpartition("-")[2]


def card(key: str, title: str, held: Sequence[Resource], subnets: Sequence[Resource]) -> Card:
    """What is said of a component: what is gone is only counted."""
    changes = Counter(each.op for each in held if each.op != "same")
    held = [each for each in held if not each.is_gone] or held
    types = {each.type for each in held}
    area = next((area for type_, area in AREAS.items() if type_ in types), OPERATIONS)
    if any(each.startswith("kubernetes:") for each in types) and area in {OPERATIONS, NETWORK}:
        area = NETWORK
    rows = sorted((each for each in held if each.type in ROWS), key=lambda each: ([*ROWS].index(each.type), each.name))
    here, zones = region(subnets), ""
    if area == NETWORK:
        ids = {word for each in held if each.type in SUBNETS for word in words(each.inputs)}
        where = [each for each in subnets if each.said("id") in ids]
        area = Counter(map(tier, where)).most_common(1)[0][0] if where else ""
        zones = "".join(sorted({str(each.said("availabilityZone"))[-1:] for each in where if tier(each) == area}))
    shown = rows if len(rows) <= MOST_ROWS else rows[: MOST_ROWS - 1]
    return Card(
        key=key,
        title=title,
        area=area,
        zones=zones,
        rows=tuple(row(each, key.split("::", 3)[3]) for each in shown),
        left_out=len(rows) - len(shown),
        resources=len(held),
        elsewhere=Counter(each for it in held if (each := str(it.said("region", ""))) not in {"", here}),
        changes=changes,
    )


def row(resource: Resource, component: str) -> Row:
    """A resource's line: its name without its component's, or what it is where that is all of its name."""
    name = resource.name.removeprefix(component).lstrip("-") or resource.type.rpartition(":")[2]
    tags = resource.said("tagsAll") or resource.said("tags") or {}
    values = [resource.said(name) for name in ROWS[resource.type]]
    return Row(
        name=name,
        detail=" ".join(str(each[0] if isinstance(each, list) and each else each) for each in values if each),
        data_class=tags.get("DataClass", "") if isinstance(tags, Mapping) else "",
    )


def is_frame(shown: Card, by_urn: Mapping[str, Resource]) -> bool:
    """Whether a component is part of the network that is drawn around others: its subnets, routes and groups."""
    inside = {each.parent for each in by_urn.values() if each.type == VPC}
    return shown.area == OPERATIONS and (shown.key in inside or by_urn[shown.key].parent in inside)

"""The boxes and lines of a picture as ELK takes them, with their sizes; what comes back has their places too.

The graph is ELK's JSON: https://eclipse.dev/elk/documentation/tooldevelopers/graphdatastructure/jsonformat.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from report.diagram.model import Card, Picture, Tier
from report.diagram.places import DATA, EDGE, ENTRY, KEYS, NETWORK, OPERATIONS, TITLES

Node = dict[str, Any]
ROOT, PEOPLE, REGION, VPC = "root", "people", "region", "vpc"
TITLE, ROW, PAD, DOT = 22, 17, 12, 14
"""Pixels: height of a title and of a line, space at the edge, and before the name in a line."""
BOLD = 1.06
"""How much wider bold text is."""
CHANGES = 34
"""Pixels of a number of changes, such as ``~ 12``."""
CHIP = 22
"""Pixels: height of a tier's line of zones."""
OPTIONS: Mapping[str, str] = {
    "elk.algorithm": "layered",
    "elk.direction": "DOWN",
    "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.json.edgeCoords": "ROOT",
    "elk.edgeRouting": "ORTHOGONAL",
    "elk.randomSeed": "1",
    "elk.spacing.nodeNode": "22",
    "elk.spacing.edgeNode": "12",
    "elk.spacing.edgeEdge": "9",
    "elk.spacing.edgeLabel": "3",
    "elk.layered.spacing.nodeNodeBetweenLayers": "44",
    "elk.layered.spacing.edgeNodeBetweenLayers": "14",
    "elk.layered.spacing.edgeEdgeBetweenLayers": "9",
    "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
    "elk.layered.thoroughness": "20",
}
"""https://eclipse.dev/elk/reference/options.html; the seed makes it the same for the same stack."""


PACKED: Mapping[str, str] = {"elk.algorithm": "rectpacking", "elk.aspectRatio": "1.6", "elk.spacing.nodeNode": "14"}
"""Where no link says what stands below what."""


def graph(picture: Picture) -> Node:
    """What is to be placed: frames, cards in them, links; not what operates the rest, in rows below."""
    inside = {area: [card_node(each) for each in picture.cards if each.area == area] for area in areas(picture)}
    tiers = [frame(each.key, each.title, inside[each.key], CHIP, tier_width(each)) for each in picture.tiers]
    frames = {area: frame(area, TITLES[area], inside[area]) for area in (EDGE, ENTRY, KEYS, DATA) if inside[area]}
    if tiers or inside[""]:
        frames[VPC] = frame(VPC, picture.vpc, [*tiers, *inside[""]])
    region = frame(REGION, "", [frames[each] for each in (ENTRY, KEYS, VPC, DATA) if each in frames], 6)
    doors = [
        each.key for each in picture.cards if each.area == EDGE and any(it.source == each.key for it in picture.links)
    ]
    people = [{"id": PEOPLE, "width": 76, "height": 64}] if doors else []
    edges = [line(f"{PEOPLE}-{number}", PEOPLE, each, "https") for number, each in enumerate(doors)]
    order = {each.key: rank(each) for each in picture.cards}
    for number, each in enumerate(picture.links):
        upper, lower = sorted((each.source, each.target), key=order.__getitem__)  # stable: in an area as it is
        edges.append(line(str(number), upper, lower, each.label))
    children = [*people, *([frames[EDGE]] if EDGE in frames else []), region]
    for each in [*frames.values(), *tiers, region] if not picture.links else ():
        each["layoutOptions"] |= {**PACKED, "elk.nodeSize.minimum": f"({each['least'][0]:g}, {each['least'][1]:g})"}
    options = OPTIONS if picture.links else PACKED
    return {"id": ROOT, "layoutOptions": dict(options), "children": children, "edges": edges}


def rank(card: Card) -> int:
    """How far down it stands; a link that goes up is placed as if it went down."""
    order = [EDGE, ENTRY, KEYS, NETWORK, DATA, OPERATIONS]
    return order.index(card.area if card.area in order else NETWORK)


def areas(picture: Picture) -> list[str]:
    """All of them, tiers included."""
    return [EDGE, ENTRY, "", *(each.key for each in picture.tiers), DATA, KEYS, OPERATIONS]


def frame(name: str, title: str, children: Sequence[Node], more: int = 0, width: float = 0) -> Node:
    """A box around others, with room for its title."""
    top, wide = TITLE + PAD + more, max(width, text_width(title, 13) * BOLD + 2 * PAD)
    options = {
        "elk.padding": f"[top={top},left={PAD},bottom={PAD},right={PAD}]",
        "elk.nodeSize.constraints": "MINIMUM_SIZE",
        "elk.nodeSize.minimum": f"({top + PAD}, {wide:g})",  # layered and downwards, ELK takes the height first
    }
    return {"id": name, "children": list(children), "layoutOptions": options, "least": (wide, top + PAD)}


def card_node(card: Card) -> Node:
    """A card's size."""
    return {"id": card.key, "width": card_width(card), "height": card_height(card)}


def card_width(card: Card) -> float:
    """As wide as its widest line."""
    lines = [
        (DOT + text_width(each.name, 11) + (8 + text_width(each.detail, 10) if each.detail else 0))
        for each in card.rows
    ]
    heading = text_width(card.title, 13) * BOLD + 18 * len(card.zones) + 8
    return round(max([heading, text_width(counted(card), 10) + CHANGES * len(card.changes), 120, *lines]) + 2 * PAD)


def card_height(card: Card) -> float:
    """A title, its lines, and how many resources it has."""
    return TITLE + ROW * len(card.rows) + ROW + PAD


def counted(card: Card) -> str:
    """The last line of a card."""
    more = f"and {card.left_out} more; " if card.left_out else ""
    elsewhere = "".join(f", {number} in {region}" for region, number in sorted(card.elsewhere.items()))
    return f"{more}{card.resources} resource{'s' if card.resources != 1 else ''}{elsewhere}"


def tier_width(tier: Tier) -> float:
    """Of the line that has its zones."""
    return 2 * PAD + sum(text_width(zone_text(*each), 10) + 20 for each in tier.subnets.items())


def zone_text(zone: str, block: str) -> str:
    """Such as ``a 10.0.0.0/19``."""
    return f"{zone} {block}".strip()


def line(name: str, source: str, target: str, label: str) -> Node:
    """A link, with its label's size."""
    labels = [{"text": label, "width": round(text_width(label, 10)) + 4, "height": 13}] if label else []
    return {"id": name, "sources": [source], "targets": [target], "labels": labels}


def text_width(text: str, size: float) -> float:
    """Pixels of a text in a usual sans-serif; a little more than it takes."""
    return sum(0.36 if each in "ijlt.,:;|'()[] -/fI" else 0.9 if each in "mwMW" else 0.58 for each in text) * size

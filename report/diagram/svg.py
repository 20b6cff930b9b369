"""The picture as SVG, from the places that ELK gave its boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from report.diagram.layout import (
    BOLD,
    CHANGES,
    CHIP,
    DOT,
    PAD,
    PEOPLE,
    REGION,
    ROW,
    TITLE,
    VPC,
    Node,
    counted,
    text_width,
    zone_text,
)
from report.diagram.marks import STYLE, Place, box, dot, path, say, text
from report.diagram.model import Card, Picture
from report.diagram.places import COUNTRIES, OPERATIONS, TITLES
from report.text import NOUNS, SIGNS

CLASSES = ("personal", "confidential", "internal", "public")
"""Of data, the gravest first."""
MEANINGS = {"network": "may connect to (security groups)", "access": "may use (IAM)", "data": "sends to"}
MARKS = {("delete", "discard", "replace"): "gone", ("create", "import"): "new", ("update", "refresh"): "other"}
"""Operations -> the colour of a component with one of them, the gravest first."""
HEAD, MARGIN, SMALL, GAP, NARROWEST = 56, 20, 42, 8, 900
"""Pixels: the line above all, the space around, a card in the rows below and the space between those, the picture."""


def svg(picture: Picture, laid: Node) -> str:
    """The picture as text.

    Args:
        picture: what is shown.
        laid: its graph as the layout gives it back.
    """
    cards = {each.key: each for each in picture.cards}
    places = dict(placed(laid))
    region = places[REGION]
    rows = wrapped([each for each in picture.cards if each.area == OPERATIONS], region.width - 4 * PAD)
    strip = 2 * PAD + TITLE + len(rows) * (SMALL + GAP) if rows else 0
    whole = region._replace(height=region.height + strip + (PAD if rows else 0))
    width = max(laid["width"] + 2 * MARGIN, NARROWEST)
    height = max(laid["height"], whole.y + whole.height) + HEAD + MARGIN
    root = begun(picture, width, height)
    drawing = ET.SubElement(root, "g", transform=f"translate({MARGIN} {HEAD})")
    frames = {name: place for name, place in places.items() if name not in cards} | {REGION: whole}
    for name, place in frames.items():
        frame(drawing, name, place)
    for edge in laid["edges"]:
        line(drawing, picture, edge)
    for name, place in frames.items():
        title(drawing, picture, name, place)
    for name, place in places.items():
        if name in cards:
            card(drawing, cards[name], place)
    if rows:
        below = Place(region.x + PAD, region.y + region.height, region.width - 2 * PAD, strip)
        operations(drawing, rows, below)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def placed(node: Node, x: float = 0, y: float = 0) -> Iterator[tuple[str, Place]]:
    """Every box by its name, outer ones first, with its place in the whole picture."""
    for child in node.get("children", []):
        place = Place(x + child["x"], y + child["y"], child["width"], child["height"])
        yield child["id"], place
        yield from placed(child, place.x, place.y)


def begun(picture: Picture, width: float, height: float) -> ET.Element:
    """The empty picture: what it is, in words too, and what its colours and lines mean."""
    name, size = f"Architecture of {picture.stack}", f"{width:g} {height:g}"
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img", viewBox=f"0 0 {size}")
    root.attrib |= {"width": f"{width:g}", "height": f"{height:g}"}
    root.set("aria-labelledby", f"title-{picture.stack} description-{picture.stack}")
    say(root, "title", name, id=f"title-{picture.stack}")
    say(root, "desc", described(picture), id=f"description-{picture.stack}")
    say(root, "style", STYLE)
    box(root, Place(0, 0, width, height), "back")
    text(root, name, MARGIN, 24, "s17 head")
    count = f"{picture.resources:,} resources in {len(picture.cards)} components"
    count += "" if picture.links else "; who talks to whom is known once they are deployed"
    text(root, count, MARGIN, 43, "s12 soft")
    x = MARGIN + text_width(count, 12) + 30
    for kind in (*CLASSES, "none"):
        if kind in {"none", *(each.data_class for card in picture.cards for each in card.rows)}:
            told = "no class" if kind == "none" else f"{kind} data"
            dot(root, x, 39, 4.5, kind)
            text(root, told, x + 9, 43, "s11 soft")
            x += text_width(told, 11) + 26
    for kind, told in MEANINGS.items():
        if any(each.kind == kind for each in picture.links):
            path(root, f"M{x:g} 39h26", f"link {kind}")
            text(root, told, x + 32, 43, "s11 soft")
            x += text_width(told, 11) + 52
    return root


def described(picture: Picture) -> str:
    """The picture in words, for whoever doesn't see it."""
    titles = {each.key: each.title for each in picture.cards}
    where = {each.key: each.title for each in picture.tiers} | {"": picture.vpc} | dict(TITLES)
    held = {told: [each.title for each in picture.cards if each.area == area] for area, told in where.items()}
    said = [f"{picture.resources} resources in {len(picture.cards)} components, in {picture.region or 'one Region'}"]
    said += [f"{told}: {', '.join(found)}" for told, found in held.items() if found]
    said += [
        f"{titles[each.source]} {MEANINGS[each.kind]} {titles[each.target]} {each.label}".rstrip()
        for each in picture.links
    ]
    said += [
        f"{each.title}: {', '.join(f'{number} {NOUNS.get(op, op)}' for op, number in sorted(each.changes.items()))}"
        for each in picture.cards
        if each.changes
    ]
    return ". ".join(said) + "."


def frame(root: ET.Element, name: str, place: Place) -> None:
    """The box of a place: people, the edge, the country, the network, a tier, or one of the Region's parts."""
    if name == PEOPLE:
        middle = place.x + place.width / 2
        dot(root, middle, place.y + 16, 9, "card")
        path(root, f"M{middle - 16:g} {place.y + 46:g}a16 17 0 0 1 32 0z", "card")
    elif name == REGION:
        box(root, place, "inside", 10)
        box(root, place, "border", 10)
    else:
        box(root, place, "vpc" if name == VPC else "frame" if name in TITLES else "tier", 8)


def title(root: ET.Element, picture: Picture, name: str, place: Place) -> None:
    """What a place is called, on top of the lines that run there; of a tier, its zones too."""
    x, y = place.x + PAD, place.y
    tier = next((each for each in picture.tiers if each.key == name), None)
    if name == PEOPLE:
        text(root, "people", place.x + place.width / 2, y + 60, "s12 head middle")
    elif name == REGION:
        where = f"{COUNTRIES.get(picture.region, '')} {picture.region or 'one Region'}".strip()
        text(root, f"Residency border: {where}", x, y + 21, "s14 halo bordertext")
    else:
        told = tier.title if tier else picture.vpc or "Network" if name == VPC else TITLES[name]
        text(root, told, x, y + 19, "s13 halo head")
    for zone, block in tier.subnets.items() if tier else ():
        told = zone_text(zone, block)
        box(root, Place(x, y + 26, text_width(told, 10) + 12, CHIP - 4), "chip", 8)
        text(root, told, x + 6, y + 39, "s10 soft")
        x += text_width(told, 10) + 20


def card(root: ET.Element, shown: Card, place: Place) -> None:
    """A component: the gravest class of its data as a stripe, then its title, its zones and its lines."""
    x, y, width, height = place
    group = ET.SubElement(root, "g")
    say(group, "title", f"{shown.title}: {shown.resources} resources")
    box(group, place, f"card {mark(shown)}".strip(), 5)
    found = {each.data_class for each in shown.rows}
    box(group, Place(x, y + 4, 4, height - 8), next((each for each in CLASSES if each in found), "none"), 2)
    text(group, shown.title, x + PAD, y + 18, "s13 head")
    for number, zone in enumerate(reversed(shown.zones)):
        badge, left = ET.SubElement(group, "g", {"class": "zone"}), x + width - 22 - 18 * number
        box(badge, Place(left, y + 6, 15, 15), "badge", 3)
        text(badge, zone, left + 7.5, y + 17, "s10 middle")
    for number, each in enumerate(shown.rows):
        at = y + TITLE + ROW * number + 14
        dot(group, x + PAD + 4, at - 4, 3.5, each.data_class if each.data_class in CLASSES else "none")
        text(group, each.name, x + PAD + DOT, at, "s11")
        if each.detail:
            text(group, each.detail, x + width - PAD, at, "s10 soft end")
    text(group, counted(shown), x + PAD, y + height - 9, "s10 soft")
    changes(group, shown, place)


def changes(root: ET.Element, shown: Card, place: Place) -> None:
    """What a run does in a component, in its lower right corner."""
    if shown.changes:
        told = "  ".join(f"{SIGNS.get(op, ' ')} {number}" for op, number in sorted(shown.changes.items()))
        text(root, told, place.x + place.width - PAD, place.y + place.height - 9, f"s11 head end {mark(shown)}-text")


def mark(shown: Card) -> str:
    """How a component is set off: by the gravest that is done in it."""
    return next((name for ops, name in MARKS.items() if not shown.changes.keys().isdisjoint(ops)), "")


def line(root: ET.Element, picture: Picture, edge: Node) -> None:
    """A link, with an arrow at its end and what goes over it."""
    link = picture.links[int(edge["id"])] if edge["id"].isdigit() else None
    kind = link.kind if link else "data"
    for section in edge["sections"]:
        points = [section["startPoint"], *section.get("bendPoints", []), section["endPoint"]]
        if link and link.source != edge["sources"][0]:
            points.reverse()
        path(root, "M" + "L".join(f"{each['x']:g} {each['y']:g}" for each in points), f"link {kind}")
        path(root, arrow(points[-2], points[-1]), f"tip-{kind}")
    for each in edge["labels"]:
        box(root, Place(each["x"], each["y"], each["width"], each["height"]), "label", 2)
        text(root, each["text"], each["x"] + 2, each["y"] + 10, "s10 soft")


def arrow(before: dict[str, Any], end: dict[str, Any]) -> str:
    """The point of a line that runs along one axis."""
    dx, dy = sign(end["x"] - before["x"]), sign(end["y"] - before["y"])
    return f"M{end['x']:g} {end['y']:g}l{-8 * dx - 4 * dy:g} {-8 * dy - 4 * dx:g}l{8 * dy:g} {8 * dx:g}z"


def sign(value: float) -> int:
    """-1, 0 or 1, where half a pixel is nothing."""
    return (value > 0.5) - (value < -0.5)


def wrapped(cards: Sequence[Card], width: float) -> list[list[tuple[Card, float]]]:
    """Small cards and their widths, in rows that fit."""
    rows: list[list[tuple[Card, float]]] = []
    left = 0.0
    for each in cards:
        wide = (
            max(text_width(each.title, 12) * BOLD, text_width(counted(each), 10) + CHANGES * len(each.changes))
            + 2 * PAD
        )
        if not rows or left + wide > width:
            rows.append([])
            left = 0
        rows[-1].append((each, wide))
        left += wide + GAP
    return rows


def operations(root: ET.Element, rows: Sequence[Sequence[tuple[Card, float]]], place: Place) -> None:
    """What watches all the rest, in rows below it."""
    box(root, place, "frame", 8)
    text(root, TITLES[OPERATIONS], place.x + PAD, place.y + 20, "s13 head")
    for number, row in enumerate(rows):
        left, top = place.x + PAD, place.y + TITLE + PAD + number * (SMALL + GAP)
        for each, wide in row:
            small = Place(left, top, wide, SMALL)
            box(root, small, f"card {mark(each)}".strip(), 5)
            changes(root, each, small)
            text(root, each.title, left + PAD, top + 18, "s12 head")
            text(root, counted(each), left + PAD, top + 33, "s10 soft")
            left += wide + GAP

"""Parts of a picture of a dashboard, as marks of Vega (https://vega.github.io/vega/docs/marks/)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from aws_facts.dashboard_body import Horizontal

GAP = 8
"""Pixels: from the edge of a frame to what is in it."""
POINTS = 19
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")
INK, GREY, LINE, LINK = "#16191f", "#687078", "#d5dbdb", "#0073bb"
FONT = "Arial, Helvetica, sans-serif"
NARROW = 0.82
"""Width of the font that the picture is measured in, as a share of what a browser may show for it."""

Mark = dict[str, Any]


def colour(number: int) -> str:
    """Of a line, as CloudWatch takes turns."""
    return COLOURS[number % len(COLOURS)]


def line(number: int, lines: int, thresholds: Sequence[Horizontal], top: float, many: int) -> Mark:
    """A wave on the good side of the thresholds: it can't be taken for data, nor for an alarm."""
    above = [float(each.value) for each in thresholds if each.fill == "below"]
    below = [float(each.value) for each in thresholds if each.fill != "below"]
    low = max(above, default=0.0)
    high = min([each for each in below if each >= low], default=top)
    middle = low + (high - low) * (0.25 + 0.5 * (number + 0.5) / lines)
    swing = (high - low) * 0.4 / (lines + 1)
    values = [
        {"x": many * (at / (POINTS - 1) - 1), "y": middle + swing * math.sin(at / 2 + number)} for at in range(POINTS)
    ]
    place = {each: {"scale": each, "field": each} for each in ("x", "y")}
    return {
        "type": "group",
        "data": [{"name": "wave", "values": values}],
        "marks": [
            {
                "type": "line",
                "from": {"data": "wave"},
                "encode": {"enter": place | put(stroke=colour(number), strokeWidth=1.5)},
            }
        ],
    }


def rule(threshold: Horizontal, width: float) -> Mark:
    """A threshold, its value and its label."""
    ink = threshold.color or GREY
    at = {"scale": "y", "value": threshold.value}
    said = f"{threshold.label or ''} {short(threshold.value)}".strip()
    named = put(x=width - 2, text=said, fill=ink, fontSize=10, align="right", dy=-4, font=FONT)
    ruled = put(x=0, x2=width, stroke=ink, strokeDash=[4, 3])
    return {
        "type": "group",
        "marks": [
            {"type": "rule", "encode": {"enter": ruled | {"y": at}}},
            {"type": "text", "encode": {"enter": named | {"y": at}}},
        ],
    }


def short(number: float) -> str:
    """A number as axes have it: 53687091200 is 54G."""
    steps = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k"))
    size, letter = next(((size, letter) for size, letter in steps if number >= size), (1.0, ""))
    return f"{number / (1e3 if letter == 'k' else size):.{3 if letter else 6}g}{letter}"


def axis(side: str, scale: str, title: str, ticks: int, *, grid: bool = False) -> dict[str, Any]:
    """An axis with few labels."""
    return {
        "orient": side,
        "scale": scale,
        "title": title or None,
        "tickCount": ticks,
        "grid": grid,
        "gridColor": "#eaeded",
        "domainColor": LINE,
        "tickColor": LINE,
        "labelColor": GREY,
        "titleColor": GREY,
        "titleFontWeight": "normal",
        "titleFontSize": 10,
        "titlePadding": 2,
        "format": "~s" if side == "left" else "",
    }


def heading(title: str, width: float) -> Mark:
    """The title of a widget."""
    return text(title, GAP, 20, size=13, bold=True, limit=width - 2 * GAP)


def text(said: str, x: float, y: float, *, size: int = 12, bold: bool = False, **more: Any) -> Mark:
    """A line of text, cut where it would be longer than ``limit`` pixels, in the widest of the usual fonts."""
    if "limit" in more:
        more["limit"] *= NARROW
    color, weight = more.pop("color", INK), "bold" if bold else "normal"
    shown = put(text=said, x=x, y=y, fontSize=size, fontWeight=weight, font=FONT, fill=color, **more)
    return {"type": "text", "encode": {"enter": shown}}


def group(frame: Mapping[str, float], marks: Sequence[Mark], **more: Any) -> Mark:
    """Marks in a frame of their own."""
    drawn = {key: more.pop(key) for key in ("fill", "stroke") if more.get(key)}
    return {"type": "group", "encode": {"enter": put(**frame, **drawn)}, "marks": [*marks], **more}


def put(**values: Any) -> dict[str, Any]:
    """Constants, as Vega encodes them."""
    return {key: {"value": value} for key, value in values.items()}

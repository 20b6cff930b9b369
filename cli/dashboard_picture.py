"""A dashboard as a picture: its widgets with titles, axes, legends and thresholds, and lines that are no data.

The picture is a Vega specification (https://vega.github.io/vega/docs/specification/), which vl-convert draws.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from aws_facts.dashboard_body import (
    COLUMNS,
    AlarmWidget,
    Body,
    Horizontal,
    LogWidget,
    MetricProperties,
    MetricWidget,
    TextWidget,
    Widget,
)
from aws_facts.dashboard_rows import Metric
from cli.dashboard_marks import GAP, GREY, INK, LINE, LINK, Mark, axis, colour, group, heading, line, put, rule, text

COLUMN, ROW, TOP = 56, 44, 34
"""Pixels: of a cell of the grid, and of the line above the widgets."""
NAMES, PER_LINE = 6, 2
"""Names in a legend, and beside each other; CloudWatch scrolls the rest."""
NO_DATA = "sample of the layout, no data"
UNITS = {"M": "minutes", "H": "hours", "D": "days", "W": "weeks"}


def vega(name: str, body: Body) -> dict[str, Any]:
    """The picture of a dashboard.

    Args:
        name: of the dashboard.
        body: what it shows; widgets without a place stand where CloudWatch puts those, one below the other.
    """
    marks: list[Mark] = [text(f"{name}: {NO_DATA}", GAP, 22, size=14, bold=True, color="#b35900")]
    below = 0
    for widget in body.widgets:
        x, y = (0, below) if widget.x is None or widget.y is None else (widget.x, widget.y)
        below = max(below, y + widget.height)
        frame = {
            "x": x * COLUMN + GAP / 2,
            "y": y * ROW + TOP,
            "width": widget.width * COLUMN - GAP,
            "height": widget.height * ROW - GAP,
        }
        drawn = [*content(widget, frame["width"], frame["height"], body.start or "-PT3H")]
        plain = isinstance(widget, TextWidget)
        marks.append(group(frame, drawn, fill=None if plain else "#ffffff", stroke=None if plain else LINE))
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": COLUMNS * COLUMN,
        "height": below * ROW + TOP,
        "padding": GAP,
        "background": "#f2f3f3",
        "marks": marks,
    }


def content(widget: Widget, width: float, height: float, start: str) -> Iterator[Mark]:
    """What is in the frame of a widget."""
    match widget:
        case MetricWidget(properties=graph):
            yield heading(graph.title, width)
            yield from plot(graph, width, height, graph.start or start)
        case TextWidget(properties=said):
            yield from markdown(said.markdown, width)
        case AlarmWidget(properties=states):
            yield heading(states.title, width)
            yield from cells([arn.rpartition(":")[2] for arn in states.alarms], width, height)
        case LogWidget(properties=log):
            yield heading(log.title or "Logs", width)
            for at, line in enumerate(textwrap.wrap(log.query, int(width // 7))):
                yield text(line, GAP, 40 + 15 * at, size=11, color=GREY)
        case _:
            yield heading(f"a widget of the type {widget.type}", width)


def plot(graph: MetricProperties, width: float, height: float, start: str) -> Iterator[Mark]:
    """Axes, thresholds, a line for each metric, and the names of the first of them."""
    metrics = [metric for metric in graph.metrics if metric.rendering.visible]
    thresholds = [each for each in graph.annotations.horizontal if isinstance(each, Horizontal) and each.visible]
    legend = 14 * -(-min(len(metrics), NAMES + 1) // PER_LINE)
    frame = {"x": 50, "y": 32, "width": width - 62, "height": height - legend - 66}
    top = 1.25 * (max((float(each.value) for each in thresholds), default=0.0) or 1.0)
    many, span = duration(start)
    scales = [
        {"name": "x", "type": "linear", "domain": [-many, 0], "range": [0, frame["width"]]},
        {"name": "y", "type": "linear", "domain": [0, top], "range": [frame["height"], 0], "nice": True},
    ]
    axes = [
        axis("bottom", "x", f"{span} ago" if span else "", 4),
        axis("left", "y", graph.yAxis.left.label or "", 4, grid=True),
    ]
    marks = [rule(each, frame["width"]) for each in thresholds]
    marks += [line(number, len(metrics), thresholds, top, many) for number in range(len(metrics))]
    marks.append(text(NO_DATA, frame["width"] / 2, frame["height"] / 2, size=13, color="#c0c6c6", align="center"))
    # Lines of the grid are as long as these say, which would be those of the whole picture.
    size = [{"name": each, "value": frame[each]} for each in ("width", "height")]
    yield group(frame, marks, scales=scales, axes=axes, signals=size)
    names = [label(metric) for metric in metrics]
    shown = names if len(names) <= NAMES + 1 else [*names[:NAMES], f"and {len(names) - NAMES} more"]
    for at, name in enumerate(shown):
        x, y = GAP + at % PER_LINE * (width / PER_LINE), height - legend + 14 * (at // PER_LINE)
        more = at == NAMES and len(names) > NAMES + 1
        yield {"type": "rect", "encode": {"enter": put(x=x, y=y, width=8, height=8, fill=GREY if more else colour(at))}}
        yield text(name, x + 12, y + 8, size=10, limit=width / PER_LINE - 24)


def duration(start: str) -> tuple[int, str]:
    """How many of which unit a relative start goes back; ``-PT3H`` is 3 hours."""
    found = re.fullmatch(r"-PT?(\d+)([MHDW])", start)
    return (int(found[1]), UNITS[found[2]]) if found else (1, "")


def label(metric: Metric) -> str:
    """What CloudWatch calls a line."""
    return metric.rendering.label or metric.rendering.expression or metric.name


def cells(names: Sequence[str], width: float, height: float, across: int = 3) -> Iterator[Mark]:
    """Alarms, each in a cell of its own, all quiet; what doesn't fit is counted, where CloudWatch scrolls."""
    wide, high = (width - 2 * GAP) / across, 36
    fit = across * int((height - 34) // high)
    shown = names if len(names) <= fit else [*names[: fit - 1], f"and {len(names) - fit + 1} more"]
    for at, name in enumerate(shown):
        frame = {"x": GAP + at % across * wide, "y": 34 + at // across * high, "width": wide - 6, "height": high - 6}
        yield group(frame, [text(name, 8, 19, size=11, limit=wide - 20)], fill="#f2f8f0", stroke="#1d8102")


def markdown(said: str, width: float) -> Iterator[Mark]:
    """Headings and paragraphs; links by their names alone."""
    y = 24
    for paragraph in (each for each in said.splitlines() if each.strip()):
        level = len(paragraph) - len(paragraph.lstrip("#"))
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", paragraph.lstrip("# ")).replace("`", "")
        size = {0: 12, 1: 18}.get(level, 15)
        for part in textwrap.wrap(words, int(width / (size * 0.52))):
            yield text(part, 2, y, size=size, bold=level > 0, color=LINK if "](" in paragraph else INK)
            y += size + 8


def svg(name: str, body: Body) -> str:
    """The picture as SVG, the same for the same body."""
    import vl_convert

    drawn = vl_convert.vega_to_svg(vega(name, body))
    drawn = re.sub(r' (class|role|aria-[a-z]+|stroke-miterlimit)="[^"]*"', "", drawn)
    return re.sub(r"\d+\.\d{2,}", lambda found: f"{float(found[0]):.1f}", drawn) + "\n"


def png(drawn: str) -> bytes:
    """An SVG as PNG, twice as large, so that small text can be read."""
    import vl_convert

    return vl_convert.svg_to_png(drawn, scale=2)

"""Where the widgets of a dashboard stand, on CloudWatch's grid of 24 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

COLUMNS = 24


@dataclass(frozen=True, kw_only=True)
class Widget:
    """Something on a dashboard.

    Attributes:
        type: of the widget.
        properties: of that type.
        width: in columns.
        height: in rows, of which a graph takes 5 or more to be read.
    """

    type: Literal["metric", "text", "alarm", "log"]
    properties: Mapping[str, Any]
    width: int = 8
    height: int = 6


def arranged(sections: Iterable[Sequence[Widget]]) -> list[dict[str, Any]]:
    """Widgets from left to right and from top to bottom, as a body has them.

    A section begins on a line of its own; a line is as high as its highest widget.
    """
    placed: list[dict[str, Any]] = []
    x = y = height = 0
    for section in sections:
        y, x, height = y + height, 0, 0
        for widget in section:
            if x + widget.width > COLUMNS:
                y, x, height = y + height, 0, 0
            where = {"x": x, "y": y, "width": widget.width, "height": widget.height}
            placed.append({"type": widget.type, **where, "properties": widget.properties})
            x, height = x + widget.width, max(height, widget.height)
    return placed

"""What the stacks are expected to cost, as bars: docs/cost.svg."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from cli.docs.stacks import STACKS

ROW, LEFT, WIDTH = 14, 110, 520
"""Pixels: height of a bar, where bars begin, the longest."""
SHADES = {"dev": "#8ecae6", "staging": "#219ebc", "prod": "#023047"}


def picture(sums: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each component and stack, in proportion to its USD of a month."""
    most = max(usd for each in sums.values() for usd in each.values())
    parts = [f'<text x="{LEFT + 290}" y="24">USD a month, known part</text>']
    for number, stack in enumerate(STACKS):
        x = LEFT + number * 90
        parts.append(f'<rect x="{x}" y="14" width="12" height="12" fill="{SHADES[stack]}"/>')
        parts.append(f'<text x="{x + 18}" y="24">{stack}</text>')
    y = 40
    for name, each in sums.items():
        parts.append(f'<text x="{LEFT - 8}" y="{y + 1.5 * ROW + 4}" text-anchor="end">{escape(name)}</text>')
        for number, stack in enumerate(STACKS):
            width, top = each[stack] / most * WIDTH, y + number * ROW
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="{ROW - 2}" fill="{SHADES[stack]}"/>')
            parts.append(f'<text x="{LEFT + width + 6:.1f}" y="{top + ROW - 4}">{each[stack]:,.0f}</text>')
        y += len(STACKS) * ROW + 10
    size = f'width="{LEFT + WIDTH + 80}" height="{y}" viewBox="0 0 {LEFT + WIDTH + 80} {y}"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )

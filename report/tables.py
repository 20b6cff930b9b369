"""Tables as aligned text."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence

NARROWEST = 40
"""Characters of the last column, however narrow the terminal is."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str] = ()) -> str:
    """Aligned columns: in a pipe a line for each row; on a terminal, what is too long in the last goes on below itself.

    Args:
        head: titles; where all are empty there is no line of them.
        rows: a cell for each column.
        right: titles of columns that are aligned at their right.
    """
    cells = [[str(cell) for cell in row] for row in ([head, *rows] if any(head) else rows)]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    room = max(shutil.get_terminal_size().columns - sum(widths[:-1]) - 2 * len(widths[:-1]), NARROWEST)
    lines: list[str] = []
    for row in cells:
        aligned = [
            cell.rjust(width) if title in right else cell.ljust(width)
            for title, cell, width in zip(head, row, widths, strict=True)
        ]
        start, last = "".join(f"{cell}  " for cell in aligned[:-1]), aligned[-1].rstrip()
        parts = (textwrap.wrap(last, room) if sys.stdout.isatty() else [last]) or [""]
        lines += [start + parts[0], *(" " * len(start) + part for part in parts[1:])]
    return "\n".join(line.rstrip() for line in lines)

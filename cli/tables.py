"""Tables as aligned text."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Iterable, Sequence
from io import StringIO

WIDEST = 10_000
"""Columns where nobody looks: no cell is broken then, and each row is a line for grep and awk."""
NARROWEST = 40
"""Of the last column, however narrow the terminal is."""


def table(head: Sequence[str], rows: Iterable[Sequence[object]], right: Collection[str] = ()) -> str:
    """Aligned columns; on a terminal, the last one goes on below itself where it is too long.

    Args:
        head: titles; where all are empty there is no line of them.
        rows: a cell for each column.
        right: titles of columns that are aligned at their right.
    """
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    columns = [Column(each, justify="right" if each in right else "left", no_wrap=True) for each in head]
    columns[-1].no_wrap, columns[-1].overflow = False, "fold"
    made = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="", show_header=any(head))
    cells = [[str(cell) for cell in row] for row in rows]
    for row in cells:
        made.add_row(*map(Text, row))  # a Text: brackets in it are no markup
    others = sum(max(map(len, column)) + 2 for column in list(zip(head, *cells, strict=True))[:-1])
    width = max(shutil.get_terminal_size().columns, others + NARROWEST) if sys.stdout.isatty() else WIDEST
    console = Console(file=(text := StringIO()), width=width, color_system=None)
    console.print(made)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())

"""``smile settings``: the effective settings of a stack and where each comes from."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import zip_longest

from components.core.settings.effective import Effective, effective
from components.core.settings.problems import SettingsError
from settings import loader

ROOT = loader.root
HEADINGS = ("SETTING", "VALUE", "UNIT", "SOURCE")
WIDEST_VALUE = 60


def configure(parser: argparse.ArgumentParser) -> None:
    """The stack, and the form of the output."""
    parser.add_argument("--stack", required=True, help="one with a file Pulumi.STACK.yaml")
    parser.add_argument("--json", action="store_true", help="as JSON, with the meaning and valid values of each")


def run(arguments: argparse.Namespace) -> int:
    """Print the settings; 1, and every mistake, when they can't be used."""
    try:
        source = loader.source(arguments.stack, ROOT)
        rows = list(effective(loader, loader.load(source, ROOT), source))
    except SettingsError as error:
        print(f"smile settings: {error}", file=sys.stderr)
        return 1
    print(json.dumps([asdict(row) for row in rows], indent=2) if arguments.json else "\n".join(table(rows)))
    return 0


def table(rows: Iterable[Effective]) -> Iterator[str]:
    """Aligned lines; a long value continues below itself."""
    cells = [HEADINGS, *((row.key, text(row.value), row.unit or "-", row.source) for row in rows)]
    wrapped = [
        [textwrap.wrap(cell, WIDEST_VALUE, break_long_words=False, break_on_hyphens=False) or [""] for cell in row]
        for row in cells
    ]
    widths = [max(len(line) for row in wrapped for line in row[column]) for column in range(len(HEADINGS))]
    for row in wrapped:
        for line in zip_longest(*row, fillvalue=""):
            yield "  ".join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip()


def text(value: object) -> str:
    """Write a value for a person."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(text(item) for item in value) or "none"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)

"""``smile settings``: the effective settings of a stack and where each comes from."""

from __future__ import annotations

from dataclasses import asdict

from cli.answer import Answer
from cli.program import Program
from components.core.settings.effective import effective
from report.tables import table


def run(program: Program, stack: str) -> Answer:
    """A row for each.

    Raises:
        SettingsError: they can't be used; it has every mistake.
    """
    loader, root = program.loader, program.folder
    source = loader.source(stack, root)
    rows = list(effective(loader, loader.load(source, root), source))
    cells = [(row.key, row.unit or "-", row.source, text(row.value)) for row in rows]  # what may be long comes last
    return Answer([asdict(row) for row in rows], table(("SETTING", "UNIT", "SOURCE", "VALUE"), cells))


def text(value: object) -> str:
    """Write a value for a person."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(text(item) for item in value) or "none"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)

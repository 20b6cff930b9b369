"""``smile settings``: the effective settings of a stack and where each comes from."""

from __future__ import annotations

from dataclasses import asdict

from cli.answer import Answer
from components.core.settings.effective import effective
from report.tables import table
from settings import loader

ROOT = loader.root


def run(stack: str) -> Answer:
    """A row for each.

    Raises:
        SettingsError: they can't be used; it has every mistake.
    """
    source = loader.source(stack, ROOT)
    rows = list(effective(loader, loader.load(source, ROOT), source))
    cells = [(row.key, row.unit or "-", row.source, text(row.value)) for row in rows]  # what may be long comes last
    return Answer([asdict(row) for row in rows], table(("SETTING", "UNIT", "SOURCE", "VALUE"), cells))


def text(value: object) -> str:
    """Write a value for a person."""
    if isinstance(value, dict):
        return ", ".join(f"{name}={text(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(text(item) for item in value) or "none"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)

"""Names of instance types, from families and the sizes that each comes in."""

from __future__ import annotations

from collections.abc import Mapping


def spelled(prefix: str, sizes: Mapping[str, str]) -> tuple[str, ...]:
    """Every name that a table of families and sizes stands for: ``db.t3.micro`` of ``{"t3 t4g": "micro small"}``."""
    return tuple(f"{prefix}.{family}.{size}" for of in sizes for family in of.split() for size in sizes[of].split())

"""What AWS charges for: the unit of each item, and how its price list knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("items.yaml")


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that AWS charges for.

    Attributes:
        unit: in which its quantity and price are.
        service: code of the service in AWS's price list; empty where nobody has found it there.
        sku: attribute of a product in the list -> its value; ``*`` for any, which is then part of the item's name.
        per: how many of the list's units are one of ours.
    """

    unit: str
    service: str = ""
    sku: Mapping[str, str] = field(default_factory=dict[str, str])
    per: int = 1


@cache
def items() -> Mapping[str, Item]:
    """Name, or pattern of names -> item."""
    content: Mapping[str, Mapping[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Item(**about) for name, about in content.items()}


def item(name: str) -> Item:
    """The item of that name.

    Raises:
        KeyError: items.yaml doesn't know it.
    """
    known = items()
    found = name if name in known else next((p for p in known if "*" in p and fnmatchcase(name, p)), None)
    if found is None:
        raise KeyError(name)
    return known[found]

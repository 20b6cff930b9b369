"""What depends on use: how much of it, by kind of environment, and what a stack's own file says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from cli.cost.problems import CostError
from components.core.settings.problems import suggestion

FILE = Path(__file__).with_name("usage.yaml")


@dataclass(frozen=True, kw_only=True)
class Use:
    """Something that is paid for by use.

    Attributes:
        name: key in a usage file.
        means: what is counted in a month.
        item: what it is in the price table.
        types: resources of which the stack must have one.
        amounts: kind of environment -> how much where nobody says otherwise.
    """

    name: str
    means: str
    item: str
    unit: str
    types: tuple[str, ...]
    amounts: Mapping[str, float]


@cache
def uses() -> tuple[Use, ...]:
    """All that is known to be paid for by use."""
    content: Mapping[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Use(name=name, **(about | {"types": tuple(about["types"])})) for name, about in content.items())


def read_usage(kind: str, file: Path | None = None) -> dict[str, float]:
    """Key -> amount of a month: the defaults of a kind of environment, and over them what a file says.

    Raises:
        CostError: the file has an unknown key, or an amount that can't be.
    """
    usage = {each.name: each.amounts[kind] for each in uses()}
    return usage | (own(file, usage) if file else {})


def own(file: Path, known: Mapping[str, float]) -> dict[str, float]:
    """What a usage file says."""
    try:
        content: object = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CostError(f"{file}: {getattr(error, 'strerror', None) or error}; valid: YAML, key: amount") from None
    if not isinstance(content, dict | None):
        raise CostError(f"{file}: holds a {type(content).__name__}; valid: a mapping, key: amount")
    amounts = cast("dict[object, object]", content or {})
    for key, value in amounts.items():
        if key not in known:
            raise CostError(f"{file}: {key}: no such key{suggestion(str(key), known)}; valid: {', '.join(known)}")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (number and 0 <= cast("float", value) < float("inf")):
            raise CostError(f"{file}: {key}: got {value!r}; valid: a number, 0 or more")
    return cast("dict[str, float]", amounts)

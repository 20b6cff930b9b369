"""What depends on use: how much of it, by kind of environment, and what a stack's own file says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cli.cost.problems import CostError
from components.core.settings.problems import SettingsError, shown, unknown
from components.core.settings.yaml_file import read_yaml

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
        CostError: a line for each unknown key, key that stands twice, and amount that can't be.
    """
    usage = {each.name: each.amounts[kind] for each in uses()}
    return usage | (own(file, usage) if file else {})


def own(file: Path, known: Mapping[str, float]) -> dict[str, float]:
    """What a usage file says."""
    try:
        document = read_yaml(file, str(file))
    except SettingsError as error:
        raise CostError("\n".join(str(replace(each, valid="YAML, key: amount")) for each in error.problems)) from None
    problems = list(document.problems)
    for key, value in document.content.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if key not in known:
            problems.append(document.problem((key,), unknown("key", key, known), ", ".join(known)))
        elif not (number and 0 <= value < float("inf")):
            problems.append(document.problem((key,), f"got {shown(value)}", "a number, 0 or more"))
    if problems:
        raise CostError("\n".join(map(str, sorted(problems))))
    return document.content

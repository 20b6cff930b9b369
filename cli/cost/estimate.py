"""What a stack costs a month: billable quantities times prices, and apart from them what has no price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cli.cost.items import item
from cli.cost.models import MODELS, Amounts
from cli.cost.prices import Price
from cli.cost.resources import Stack
from cli.cost.usage import uses

FREE = Path(__file__).with_name("free.yaml")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One item of one component.

    Attributes:
        component: such as ``database``.
        item: such as ``rds.gp3-multi-gib``.
        quantity: of a month.
        unit: of the quantity.
        price: of one unit; None where the table has none.
        by_use: whether the quantity is an assumption about use.
    """

    component: str
    item: str
    quantity: float
    unit: str
    price: Price | None
    by_use: bool

    @property
    def usd(self) -> Decimal | None:
        """Of a month; None where it isn't known."""
        return None if self.price is None else self.price.usd * Decimal(str(self.quantity))


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a stack costs a month.

    Attributes:
        stack: its name.
        lines: by component and item.
        unmodelled: AWS types of the stack of which nobody has said what they cost -> how many there are.
    """

    stack: str
    lines: tuple[Line, ...]
    unmodelled: Mapping[str, int]

    @property
    def known_usd(self) -> Decimal:
        """The sum of all that has a price."""
        return sum((each.usd for each in self.lines if each.usd is not None), Decimal(0))

    @property
    def unknown(self) -> tuple[Line, ...]:
        """What has a quantity but no price."""
        return tuple(each for each in self.lines if each.price is None)


def estimate(stack: Stack, usage: Amounts, prices: Mapping[str, Price]) -> Estimate:
    """Count what the stack is billed for, and price it."""
    counted: defaultdict[tuple[str, str, bool], float] = defaultdict(float)
    for component, name, quantity in fixed(stack, usage):
        counted[component, name, False] += quantity
    for component, name, quantity in variable(stack, usage):
        counted[component, name, True] += quantity
    lines = [
        Line(
            component=component,
            item=name,
            quantity=quantity,
            unit=unit(name, prices),
            price=prices.get(name),
            by_use=use,
        )
        for (component, name, use), quantity in sorted(counted.items())
        if quantity
    ]
    return Estimate(stack=stack.name, lines=tuple(lines), unmodelled=unmodelled(stack))


def fixed(stack: Stack, usage: Amounts) -> Iterator[tuple[str, str, float]]:
    """What the resources are billed for by being there."""
    for resource in stack.resources.values():
        if model := MODELS.get(resource.type):
            for name, quantity in model(resource, stack, usage).items():
                yield resource.component, name, quantity


def variable(stack: Stack, usage: Amounts) -> Iterator[tuple[str, str, float]]:
    """What is paid for by use, where the stack has what is used."""
    for use in uses():
        found = stack.of(*use.types)
        if found and use.item:
            yield min(each.component for each in found), use.item, usage[use.name]


def unit(name: str, prices: Mapping[str, Price]) -> str:
    """Of an item."""
    return prices[name].unit if name in prices else item(name).unit


@cache
def free() -> Mapping[str, str]:
    """Pattern of a type that costs nothing by itself -> AWS's page about it."""
    pages: Mapping[str, list[str]] = yaml.safe_load(FREE.read_text(encoding="utf-8"))
    return {pattern: page for page, patterns in pages.items() for pattern in patterns}


def is_free(kind: str) -> bool:
    """Whether resources of a type cost nothing by themselves."""
    return any(fnmatchcase(kind, pattern) for pattern in free())


def has_model(kind: str) -> bool:
    """Whether somebody has said what resources of a type cost."""
    return kind in MODELS or kind in {each for use in uses() for each in use.types} or is_free(kind)


def unmodelled(stack: Stack) -> Mapping[str, int]:
    """Types of AWS that are neither billed nor free, with how many there are."""
    counts: defaultdict[str, int] = defaultdict(int)
    for resource in stack.resources.values():
        if resource.type.startswith("aws:"):
            counts[resource.type] += 1
    return {kind: count for kind, count in sorted(counts.items()) if not has_model(kind)}


def as_data(found: Estimate) -> dict[str, Any]:
    """For ``--json``."""
    return {
        "stack": found.stack,
        "known_usd": round(float(found.known_usd), 2),
        "unknown_items": len({each.item for each in found.unknown}),
        "lines": [line_data(each) for each in found.lines],
        "no_price_model": dict(found.unmodelled),
    }


def line_data(line: Line) -> dict[str, Any]:
    """One line of it."""
    about = {
        "component": line.component,
        "item": line.item,
        "quantity": line.quantity,
        "unit": line.unit,
        "by_use": line.by_use,
        "usd": None if line.usd is None else round(float(line.usd), 2),
    }
    if line.price:
        about |= {"unit_usd": float(line.price.usd), "source": line.price.source, "date": str(line.price.date)}
    return about


def by_component(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Component -> what is known of its cost, the dearest first."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in lines:
        sums[each.component] += each.usd or Decimal(0)
    return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))

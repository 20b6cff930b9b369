"""An estimate, or the difference of two, as a person reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cli.cost.estimate import Estimate, Line, by_component
from report.tables import table

WIDTH = 24
"""Characters of the longest bar."""
MONEY = ("USD/MONTH", "FROM", "TO")
NOTE = "On-demand list prices of the first tier; without taxes, support, reservations and free tiers."


def text(found: Estimate) -> str:
    """By component, the dearest first, with bars of their share; then what has no price."""
    sums = by_component(found.lines)
    most = max(sums.values(), default=Decimal(0)) or Decimal(1)
    head, rows = ("COMPONENT", "ITEM", "QUANTITY", "USD/MONTH", ""), list[Sequence[str]]()
    for component, total in sums.items():
        rows.append((component, "", "", money(total), bar(total / most)))
        priced = [line for line in found.lines if line.component == component and line.usd is not None]
        priced.sort(key=lambda line: -(line.usd or 0))
        rows += [("", line.item, quantity(line), money(line.usd), "") for line in priced]
    lines = [table(head, rows, MONEY), "", f"known part of {found.stack}: {money(found.known_usd)} USD a month. {NOTE}"]
    if found.unknown:
        items = len({line.item for line in found.unknown})
        lines += ["", f"without a price ({len(found.unknown)} amounts of {items} items), not in the sum:"]
        lines += [table([""] * 3, [(line.component, line.item, quantity(line)) for line in found.unknown])]
    if found.unmodelled:
        lines += ["", "no price model, so neither counted nor known to be free:"]
        lines += [table([""] * 2, found.unmodelled.items())]
    return "\n".join([*lines, "", "~ is an assumption about use: smile cost --usage FILE"])


def changes(old: Estimate, new: Estimate) -> list[dict[str, Any]]:
    """What is in one and not so in the other, by component and item, the largest change first."""
    sides: list[dict[tuple[str, str], tuple[float, Decimal | None]]] = []
    for side in (old, new):
        merged: defaultdict[tuple[str, str], tuple[float, Decimal | None]] = defaultdict(lambda: (0.0, Decimal(0)))
        for line in side.lines:
            key = ("-" if line.by_use else line.component, line.item)  # use is the stack's, not a component's
            amount, usd = merged[key]
            known = None if usd is None or line.usd is None else usd + line.usd
            merged[key] = (amount + line.quantity, known)
        sides.append(dict(merged))
    before, after = sides
    found: list[dict[str, Any]] = []
    for component, item in sorted({*before, *after}):
        (was, was_usd), (now, now_usd) = (side.get((component, item), (0.0, Decimal(0))) for side in sides)
        if was != now or was_usd != now_usd:
            unknown = was_usd is None or now_usd is None
            usd = None if unknown else round(float((now_usd or 0) - (was_usd or 0)), 2)
            found.append({"component": component, "item": item, "from": was, "to": now, "usd": usd})
    return sorted(found, key=lambda each: (-abs(each["usd"] or 0), each["component"], each["item"]))


def difference(old: Estimate, new: Estimate) -> str:
    """What a change costs or saves a month."""
    found = changes(old, new)
    change = new.known_usd - old.known_usd
    said = f"{old.stack} {money(old.known_usd)} -> {new.stack} {money(new.known_usd)}: {signed(change)} USD a month"
    if not found:
        return f"{said}; nothing that is billed changes"
    head, rows = ("COMPONENT", "ITEM", "FROM", "TO", "USD/MONTH"), list[Sequence[str]]()
    for each in found:
        usd = "unknown" if each["usd"] is None else signed(Decimal(str(each["usd"])))
        rows.append((each["component"], each["item"], number(each["from"]), number(each["to"]), usd))
    return "\n".join([table(head, rows, MONEY), "", f"known part of {said}"])


def bar(share: Decimal) -> str:
    """A share, drawn."""
    return "█" * round(float(share) * WIDTH)


def money(usd: Decimal | None) -> str:
    """Two digits, with commas between thousands."""
    return "unknown" if usd is None else f"{usd:,.2f}"


def signed(usd: Decimal) -> str:
    """An increase or a saving."""
    return f"{usd:+,.2f}"


def quantity(line: Line) -> str:
    """An amount with its unit; ``~`` before what is assumed."""
    return f"{'~ ' if line.by_use else ''}{number(line.quantity)} {line.unit}"


def number(amount: float) -> str:
    """Without digits that say nothing."""
    return f"{amount:,.10g}"

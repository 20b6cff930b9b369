"""Drift as a person reads it, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from textwrap import shorten
from typing import Any

from report.drift import GRADES, Difference, Drift
from report.text import NOUNS

WIDTH = 160
KINDS = {"changed": "changed in AWS", "deleted": "deleted in AWS", "pending": "to be applied"}
LEFT = "an update leaves it: the program doesn't set it, or ignores it"
PROPERTIES = 20
"""Of one difference; of more, only the number is said."""


def text(stack: str, drift: Drift) -> str:
    """All differences, the gravest first, each with its properties and who it was."""
    counts = Counter(each.grade for each in drift.differences)
    said = ", ".join(f"{counts[grade]} {grade}" for grade in reversed(GRADES[1:]) if counts[grade])
    head = f"{stack}: {said or 'AWS is as the program says'}"
    return "\n".join([head, *(line for each in drift.differences for line in lines(drift, each)), *drift.notes])


def lines(drift: Drift, found: Difference) -> Iterator[str]:
    """One resource."""
    step = found.step
    what = KINDS[found.kind] if found.kind != "pending" else f"{KINDS['pending']}, {NOUNS.get(step.op, step.op)}"
    holds = " (holds data)" if step.is_stateful else ""
    yield f"{found.grade:<9} {what}: {line(f'{step.type} {step.name}{holds}')}"
    for each in found.properties[:PROPERTIES]:
        said = f"{value(each.before)} → {value(each.after)}" if each.before or each.after else "another value"
        yield f"{'':<10}{each.path}: {said}"
    if len(found.properties) > PROPERTIES:
        yield f"{'':<10}and {len(found.properties) - PROPERTIES} properties more"
    if not found.is_put_back:
        yield f"{'':<10}{LEFT}"
    if blame := drift.blame.get(step.urn):
        yield f"{'':<10}{line(f'by {blame.who}: {blame.event}, {blame.when}')}"


def line(said: str, width: int = WIDTH) -> str:
    """On one line, whatever is in it."""
    return shorten(said, width, placeholder=" ...")


def value(said: str) -> str:
    """Before or after, so that both have room."""
    return line(said, WIDTH // 2) if said else "nothing"


def data(stack: str, drift: Drift, code: int) -> dict[str, Any]:
    """What ``smile drift --json`` prints, documented in docs/runbooks/deployment.md."""
    return {
        "stack": stack,
        "severity": drift.grade,
        "exit": code,
        "differences": [difference(drift, each) for each in drift.differences],
        "notes": list(drift.notes),
    }


def difference(drift: Drift, found: Difference) -> dict[str, Any]:
    """One of them."""
    step, blame = found.step, drift.blame.get(found.step.urn)
    return {
        "severity": found.grade,
        "kind": found.kind,
        "operation": step.op if found.kind == "pending" else None,
        "resource": {"urn": step.urn, "type": step.type, "name": step.name, "id": step.id},
        "holds_data": step.is_stateful,
        "put_back_by_update": found.is_put_back,
        "properties": [asdict(each) for each in found.properties],
        "by": asdict(blame) if blame else None,
    }

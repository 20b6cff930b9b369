"""A control that an operator made laxer than it is by itself: why, who answers for it, and until when.

A control is laxer at a lower level, or with a parameter that lets more pass. Which way that is, a parameter's schema
says under ``laxer`` where its name and type don't: ``more`` entries, ``never``, or the value itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from guardrails.engine.exemptions import LONGEST
from guardrails.model.control import Control, Level

DECISION: Mapping[str, Mapping[str, Any]] = {
    "reason": {"type": "string", "default": "", "description": "What makes the laxer control acceptable."},
    "owner": {"type": "string", "default": "", "description": "Who answers for it."},
    "until": {
        "type": "string",
        "pattern": r"^(\d{4}-\d\d-\d\d)?$",
        "default": "",
        "description": "The last day on which it holds; the control's defaults apply afterwards.",
    },
}
"""What every control takes besides its own parameters."""

STRENGTH = (Level.DISABLED, Level.ADVISORY, Level.MANDATORY)
"""From the least to the most that a violation does."""


def laxer(control: Control, level: Level | None, values: Mapping[str, Any]) -> list[str]:
    """In what the control is laxer than by its defaults, such as ``minimumDays: 7, by default 30``."""
    found: list[str] = []
    if level is not None and STRENGTH.index(level) < STRENGTH.index(control.level):
        found.append(f"{level}, by default {control.level}")
    if Level.DISABLED in (level, control.level):  # what isn't judged, or wouldn't be, lets nothing more pass
        return found
    return found + [
        f"{name}: {values[name]}, by default {about['default']}"
        for name, about in control.parameters.items()
        if values.get(name, about["default"]) != about["default"] and _lets_more_pass(name, about, values[name])
    ]


def _lets_more_pass(name: str, about: Mapping[str, Any], value: Any) -> bool:
    default, direction = about["default"], about.get("laxer")
    match about["type"]:
        case _ if direction == "never":
            return False
        case "boolean":
            return bool(value) is bool(direction)
        case "integer" | "number":
            return value > default if name.startswith("maximum") else value < default
        case "array" if direction == "more":
            return not all(any(fnmatchcase(str(each), str(known)) for known in default) for each in value)
        case "array" | "object":
            return not set(default) <= set(value)
        case _:
            return bool(default)


def problems(control: Control, found: list[str], values: Mapping[str, Any], today: date) -> Iterator[str]:
    """What is missing of the decision behind a laxer control, or too far ahead."""
    latest = today + LONGEST
    missing = [key for key in DECISION if not str(values[key]).strip()]
    if missing:
        what = ": ".join([control.id, *(["; ".join(found)] if found else []), ", ".join(missing)])
        yield f"{what} missing; valid: with reason, owner and until, a day up to {latest}"
    try:
        if values["until"] and date.fromisoformat(values["until"]) > latest:
            yield f"{control.id}.until: got {values['until']}, valid: {latest} at the latest"
    except ValueError:
        yield f"{control.id}.until: got {values['until']!r}, valid: a day of the calendar, such as {latest}"

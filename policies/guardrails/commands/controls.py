"""Which controls there are, and what each says: ``guardrails controls`` and ``explain``, and those of ``smile``."""

from __future__ import annotations

import difflib
import re
import textwrap
from collections.abc import Iterator, Sequence

from guardrails.engine.description import references as catalogues
from guardrails.engine.packs import load_controls
from guardrails.model.control import Control


class NoSuchControlError(ValueError):
    """There is no control that was asked for; the message says which there are."""


def matching(words: Sequence[str], service: str | None, framework: str | None, severity: str | None) -> list[Control]:
    """The controls that fit all that is asked.

    Args:
        words: each in id, title, why, fix or types, whatever its case.
        service: as in the id, such as ``rds``.
        framework: the beginning of a reference, such as ``SOC 2 CC6.1``.
        severity: this one alone.

    Raises:
        NoSuchControlError: none fits.
    """
    found = [
        each
        for each in load_controls().values()
        if (service is None or each.id.split("-")[1] == service.upper())
        and (severity is None or each.severity == severity)
        and (framework is None or any(name.lower().startswith(framework.lower()) for name in references(each)))
        and all(word.lower() in searched(each) for word in words)
    ]
    if not found:
        raise NoSuchControlError("no control fits all of that; valid: fewer words, a service of docs/controls.md")
    return found


def searched(control: Control) -> str:
    """What words are looked for in."""
    return " ".join([control.id, control.title, control.why, control.fix, *control.types]).lower()


def references(control: Control) -> list[str]:
    """What other catalogues call it."""
    return [f"{name} {each}" for name, _, ids in catalogues(control.references) for each in ids.split(", ")]


def named(control_id: str) -> Control:
    """The control of an id, whatever its case.

    Raises:
        NoSuchControlError: names those that may have been meant.
    """
    control = load_controls().get(control_id.upper())
    if control is None:
        close = ", ".join(similar(control_id.upper())) or "one that the command controls lists"
        raise NoSuchControlError(f"{control_id}: no such control; valid: {close}")
    return control


def similar(control_id: str) -> list[str]:
    """The controls that somebody may have meant, first the one of the same number."""
    known = load_controls()
    numbered = re.sub(r"\d+$", lambda number: f"{int(number[0]):03d}", control_id)
    close = difflib.get_close_matches(control_id, known, n=3, cutoff=0.5)
    return [*dict.fromkeys([numbered, *close] if numbered in known else close)]


def purpose(control: Control) -> Iterator[str]:
    """What it is, why, and how to comply."""
    yield f"{control.id}  {control.title}"
    yield f"{control.severity}, {control.level} unless configured otherwise, decided on the {control.scope}"
    for title, text in (("Why", control.why), ("Fix", control.fix)):
        yield from ("", f"{title}:", *textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="  "))
    yield ""


def details(control: Control) -> Iterator[str]:
    """What it looks at, its names elsewhere, and its parameters."""
    yield f"Looks at: {', '.join(control.types)}"
    yield f"Also known as: {', '.join(references(control)) or '-'}"
    for name, schema in control.parameters.items():
        yield f"Parameter {name} ({schema['type']}, by default {schema['default']}): {schema['description']}"

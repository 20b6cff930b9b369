"""``smile controls``: which controls there are, and the level that each stack gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from cli.answer import Answer, CommandError
from cli.policies import library
from cli.program import Program
from cli.tables import table

if TYPE_CHECKING:
    from guardrails.model.control import Control

Json = dict[str, Any]


def run(  # noqa: PLR0913, PLR0917 - the command's options
    program: Program,
    words: Sequence[str],
    service: str | None,
    framework: str | None,
    severity: str | None,
    stack: str | None,
) -> Answer:
    """The controls that fit, with the level that each stack gives them.

    Args:
        program: whose stacks.
        words: each in id, title, why, fix or types, whatever its case.
        service: as in the id, such as ``rds``.
        framework: the beginning of a reference, such as ``SOC 2 CC6.1``.
        severity: this one alone.
        stack: its levels alone.

    Raises:
        CommandError: none fits.
    """
    levels = {each: levels_of(program, each) for each in ([stack] if stack else program.project.stacks)}
    found = [
        each
        for each in known().values()
        if (service is None or each.id.split("-")[1] == service.upper())
        and (severity is None or each.severity == severity)
        and (framework is None or any(name.lower().startswith(framework.lower()) for name in references(each)))
        and all(word.lower() in searched(each) for word in words)
    ]
    if not found:
        raise CommandError("no control fits all of that; valid: fewer words, a service of docs/controls/README.md")
    rows = (
        (each.id, each.severity, *(of.get(each.id, each.level) for of in levels.values()), each.title) for each in found
    )
    data = [
        summary(each) | {"levels": {name: of.get(each.id, each.level) for name, of in levels.items()}} for each in found
    ]
    return Answer(data, table(("control", "severity", *levels, "title"), rows))


@cache
def known() -> Mapping[str, Control]:
    """Every control by id."""
    with library():
        from guardrails.engine.packs import load_controls

        return load_controls()


def references(control: Control) -> list[str]:
    """What other catalogues call it."""
    with library():
        from guardrails.engine.description import references as named
    return [f"{name} {each}" for name, _, ids in named(control.references) for each in ids.split(", ")]


def searched(control: Control) -> str:
    """What words are looked for in."""
    return " ".join([control.id, control.title, control.why, control.fix, *control.types]).lower()


def levels_of(program: Program, stack: str) -> dict[str, str]:
    """The levels that a stack sets, by control.

    Raises:
        SettingsError: its settings can't be used.
    """
    given = program.configuration(stack)
    return {name: about["enforcementLevel"] for name, about in given.items() if "enforcementLevel" in about}


def summary(control: Control) -> Json:
    """What a list says of it."""
    return {
        "control": control.id,
        "title": control.title,
        "severity": str(control.severity),
        "level": str(control.level),
        "references": references(control),
    }

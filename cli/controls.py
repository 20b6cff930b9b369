"""``smile controls``: which controls there are, and the level that each stack gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from cli.answer import Answer, CommandError
from cli.policies import library
from cli.program import Program
from report.tables import table

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
    with library():
        from guardrails.commands.controls import NoSuchControlError, matching
    try:
        found = matching(words, service, framework, severity)
    except NoSuchControlError as error:
        raise CommandError(str(error)) from None
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


def levels_of(program: Program, stack: str) -> dict[str, str]:
    """The levels that a stack sets, by control.

    Raises:
        SettingsError: its settings can't be used.
    """
    given = program.configuration(stack)
    return {name: about["enforcementLevel"] for name, about in given.items() if "enforcementLevel" in about}


def summary(control: Control) -> Json:
    """What a list says of it."""
    with library():
        from guardrails.commands.controls import references
    return {
        "control": control.id,
        "title": control.title,
        "severity": str(control.severity),
        "level": str(control.level),
        "references": references(control),
    }

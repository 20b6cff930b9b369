"""``smile explain``: all that there is to say about a control."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.answer import Answer, CommandError, NoSuchValueError
from cli.controls import Json, summary
from cli.exemptions import EXEMPTIONS, decisions
from cli.policies import library
from cli.program import Program
from cli.pulumi_code import CodeError, code_of
from cli.sandbox import ROOT

if TYPE_CHECKING:
    from guardrails.model.control import Control

FIXTURES = ROOT / "tests" / "policies" / "fixtures"
CONTROLS = ROOT / "policies" / "guardrails" / "controls"


def run(program: Program, control_id: str) -> Answer:
    """All about one control.

    Raises:
        NoSuchValueError: there is none of this id.
    """
    with library():
        from guardrails.commands.controls import NoSuchControlError, named
    try:
        control = named(control_id)
    except NoSuchControlError as error:
        raise NoSuchValueError(str(error)) from None
    about = explained(program, control)
    return Answer(about, "\n".join(told(control, about)))


def explained(program: Program, control: Control) -> Json:
    """All about it."""
    file, cases = fixtures_of(control.id)
    before, after = example(cases)
    today = datetime.now(UTC).date()
    allowed = [each for each in decisions(today, [program]) if each.control == control.id]
    return summary(control) | {
        "scope": str(control.scope),
        "types": list(control.types),
        "why": control.why,
        "fix": control.fix,
        "parameters": {name: dict(about) for name, about in control.parameters.items()},
        "stacks": {stack: configured(program, control, stack) for stack in program.project.stacks},
        "exemptions": [
            {
                "resource": each.scope,
                "until": each.until,
                "owner": each.owner,
                "reason": each.reason,
                "place": each.place,
            }
            for each in allowed
            if each.place.startswith(str(EXEMPTIONS.relative_to(ROOT)))
        ],
        "before": before,
        "after": after,
        "source": str((CONTROLS / file.relative_to(FIXTURES)).with_suffix(".py").relative_to(ROOT)),
        "fixtures": str(file.relative_to(ROOT)),
        "cases": {
            kind: len(cases[kind]) for kind in ("compliant", "violating", "unknown") if isinstance(cases[kind], list)
        },
    }


def configured(program: Program, control: Control, stack: str) -> Json:
    """What a stack sets: the level, and parameters and the decision where there are any."""
    given = dict(program.configuration(stack).get(control.id, {}))
    return {"level": str(given.pop("enforcementLevel", control.level)), **given}


def fixtures_of(control_id: str) -> tuple[Path, Json]:
    """The file that has a control's cases, and the cases."""
    with library():
        from guardrails.testing import load_file

    for file in sorted(FIXTURES.rglob("*.yaml")):
        if f"\n{control_id}:" in f"\n{file.read_text(encoding='utf-8')}":
            return file, load_file(file)[control_id]
    raise CommandError(f"{control_id}: no fixtures in {FIXTURES.relative_to(ROOT)}")


def load_cases() -> Mapping[str, Json]:
    """The cases of every control."""
    with library():
        from guardrails.testing import load_folder

    return load_folder(FIXTURES)


def example(cases: Json) -> tuple[str, str]:
    """A case that breaks it and the one that complies and differs the least, as code; empty where none can be shown."""
    shown = [(each, code) for each in cases["violating"] if is_plain(each) and (code := shown_as(each))]
    good = [(each, code) for each in cases["compliant"] if is_plain(each) and (code := shown_as(each))]
    pairs = [
        (difference(bad, fine), len(before) + len(after), before, after)
        for bad, before in shown
        for fine, after in good
        if types_of(bad)[-1:] == types_of(fine)[-1:] and before != after
    ]
    return min(pairs)[2:] if pairs else (shown[0][1] if shown else "", "")


def is_plain(case: Json) -> bool:
    """Whether the code says all of it: no parameter, no setting of the stack, no provider."""
    return not case.keys() & {"parameters", "settings", "stack", "provider"} and not any(
        each.keys() & {"provider", "outputs"} for each in case.get("resources", ())
    )


def shown_as(case: Json) -> str:
    """The code; empty where an SDK has no such type."""
    try:
        return code_of(case)
    except CodeError:
        return ""


def types_of(case: Json) -> list[str]:
    """The types of its resources."""
    return [each["type"] for each in case.get("resources") or [case]]


def difference(bad: Json, good: Json) -> int:
    """In how much two cases differ; what only the bad one has shows least of how to comply."""
    pairs = [[each.get("properties") or {} for each in case.get("resources") or [case]] for case in (bad, good)]
    each_pair = [
        3 * len(one.keys() - other.keys())
        + len(other.keys() - one.keys())
        + sum(one[key] != other[key] for key in one.keys() & other.keys())
        for one, other in zip(*pairs, strict=False)
    ]
    return 10 * abs(len(pairs[0]) - len(pairs[1])) + sum(each_pair)


def told(control: Control, about: Json) -> Iterator[str]:
    """All about a control, for a person."""
    with library():
        from guardrails.commands.controls import details, purpose

    yield from purpose(control)
    for title, code in (("Breaks it", about["before"]), ("Complies", about["after"])):
        if code:
            yield from (f"{title}:", textwrap.indent(code, "  "), "")
    yield from (*details(control), "")
    for stack, given in about["stacks"].items():
        others = {name: value for name, value in given.items() if name not in ("level", "reason", "owner", "until")}
        said = f", {', '.join(f'{name}: {value}' for name, value in others.items())}" if others else ""
        why = f"; until {given['until']} by {given['owner']}: {given['reason']}" if given.get("until") else ""
        yield f"In {stack}: {given['level']}{said}{why}"
    for each in about["exemptions"]:
        decided = f"until {each['until']} by {each['owner']}: {each['reason']} ({each['place']})"
        yield f"Exempted: {each['resource']} {decided}"
    counted = ", ".join(f"{number} {kind}" for kind, number in about["cases"].items())
    yield from ("", f"{about['source']}, with {counted} cases in {about['fixtures']}")

"""What an audit found, for a person: one stack with its findings, or several in numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from report.changes import counted
from report.finding import Finding
from report.run import Run
from report.tables import table
from report.text import summary

NUMBERS = ("resources", "verdicts", "mandatory", "advisory", "undecided", "exempted", "seconds")


@dataclass(frozen=True)
class Audited:
    """One file.

    Attributes:
        file: it.
        run: what was found, as a run of the engine would tell it.
        verdicts: how many times a control has judged a resource.
        seconds: that it took.
    """

    file: Path
    run: Run
    verdicts: int
    seconds: float


def text(audited: Sequence[Audited], seconds: float) -> str:
    """One stack with its findings; of several, numbers of each, and controls with how often they are broken."""
    verdicts = sum(each.verdicts for each in audited)
    resources = sum(each.run.resources for each in audited)
    total = f"{counted(len(audited), 'stack')}, {resources} resources, {verdicts} verdicts in {seconds:.1f} s"
    parts = [table(("file", "stack", *NUMBERS), map(row, audited), NUMBERS)]
    runs = [each.run for each in audited]
    parts += [summary(runs[0])] if len(runs) == 1 else [by_control(runs)]
    return "\n\n".join([*filter(None, parts), f"{total}, {verdicts / max(seconds, 0.001):.0f} a second"])


def row(audited: Audited) -> tuple[object, ...]:
    """A file in numbers."""
    findings = audited.run.findings
    numbers = (
        sum(each.level == "mandatory" for each in findings),
        sum(each.level == "advisory" and not each.exempted and not each.is_open for each in findings),
        sum(each.level == "advisory" and each.is_open for each in findings),
        sum(bool(each.exempted) for each in findings),
    )
    head = (audited.file.name, audited.run.stack, audited.run.resources, audited.verdicts)
    return (*head, *numbers, f"{audited.seconds:.1f}")


def by_control(runs: Iterable[Run]) -> str:
    """Controls that are broken, the gravest first, with how often and in how many stacks."""
    found: defaultdict[tuple[str, ...], list[tuple[int, Finding]]] = defaultdict(list)
    for number, run in enumerate(runs):
        for each in run.findings:
            if not each.is_open and not each.exempted:
                found[each.control, each.level].append((number, each))
    groups = sorted(found.values(), key=lambda group: (group[0][1].level != "mandatory", group[0][1].order()))
    rows = [
        (
            first.control,
            first.severity,
            first.level,
            first.title or first.what,
            len(group),
            len({number for number, _ in group}),
        )
        for group in groups
        for _, first in group[:1]
    ]
    head = ("control", "severity", "level", "title", "findings", "stacks")
    return table(head, rows, ("findings", "stacks")) if rows else ""

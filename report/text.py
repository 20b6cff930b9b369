"""A run on at most sixty lines, for a terminal: what is destroyed, what is found, what else changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import shorten

from report.changes import faults
from report.finding import Finding
from report.run import Run, Step

LINES, WIDTH = 60, 120
FEWEST = 4
"""Lines of a section, however long those before it are: a finding with its remedy."""
SIGNS = {"create": "+", "update": "~", "replace": "±", "delete": "-", "read": ">", "import": "=", "refresh": "~"}
NOUNS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged"}


def summary(run: Run, lines: int = LINES) -> str:
    """What a person needs first; whatever doesn't fit is counted."""
    parts = {
        "Destroyed or replaced": [destroyed(step) for step in run.destroyed()],
        "Errors": [line(f"  {text}") for error in faults(run) for text in error.splitlines()],
        **{title: [*found(findings)] for title, findings in sections(run)},
        "Updated": [updated(step) for step in run.steps if step.op == "update"],
    }
    return "\n".join([counts(run), *fitted({title: texts for title, texts in parts.items() if texts}, lines - 1)])


def fitted(parts: Mapping[str, Sequence[str]], lines: int) -> Iterator[str]:
    """Headings and what stands below them: a few lines of each, and of the first ones as many as there is room for."""
    room = lines - len(parts) * (FEWEST + len(("", "heading", "left out")))
    for title, texts in parts.items():
        shown = min(len(texts), FEWEST + max(0, room))
        room -= max(0, shown - FEWEST)
        left_out = len(texts) - shown
        yield from ("", f"{title}:", *texts[:shown], *([f"  ... and {left_out} lines more"] if left_out else ()))


def counts(run: Run) -> str:
    """Operations and their numbers, such as ``+ 3 created  - 1 deleted  817 unchanged``."""
    numbers = run.counts
    told = [op for op in (*NOUNS, *sorted(numbers.keys() - NOUNS.keys())) if numbers[op]]
    return "  ".join(f"{SIGNS.get(op, ' ')} {numbers[op]} {NOUNS.get(op, op)}".strip() for op in told) or "nothing"


def sections(run: Run) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Findings under their headings: what fails the run, what doesn't, what only deployment answers."""
    advisory = run.at("advisory")
    yield "Mandatory controls that are broken", run.at("mandatory")
    yield "Advisory", [each for each in advisory if not each.is_open and not each.exempted]
    yield "Can't be decided before deployment", [each for each in advisory if each.is_open]
    yield "Exempted", [each for each in advisory if each.exempted and not each.is_open]


def destroyed(step: Step) -> str:
    """One resource, and which property asks for it."""
    why = f" since {', '.join(step.because)} changed" if step.because else ""
    holds = " (holds data)" if step.is_stateful else ""
    refused = " (protected: the engine refuses)" if step.protected else ""
    return line(f"  {SIGNS.get(step.op, '-')} {step.type} {step.name}{why}{holds}{refused}")


def updated(step: Step) -> str:
    """One resource, and what changes of it."""
    return line(f"  ~ {step.type} {step.name}: {', '.join(step.changed)}")


def found(findings: Iterable[Finding]) -> Iterator[str]:
    """Two lines for what is the same but for the resource: what is wrong and where, and what to do."""
    alike = sorted(findings, key=lambda each: (each.order()[:2], each.what))
    for (control, what), group in groupby(alike, key=lambda each: (each.control, each.what)):
        first, *others = group
        more = f" and {len(others)} more" if others else ""
        path = f" at {first.path}" if first.path else ""
        yield line(f"  {control} {first.severity}: {first.resource}{more}{path}")
        yield line(f"    {first.title + ': ' if first.title else ''}{what}")
        for label, text in (("Fix: ", first.fix), ("Exempted ", first.exempted), ("Accepted ", first.accepted)):
            if text:
                yield line(f"    {label}{text}")


def line(text: str) -> str:
    """As much of a text as a line has room for; the rest is in the full output."""
    indent = text[: len(text) - len(text.lstrip())]
    return indent + shorten(text.strip(), WIDTH - len(indent), placeholder=" ...")

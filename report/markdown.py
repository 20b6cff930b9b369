"""Runs as one comment on a pull request, in GitHub's Markdown: what to look at first, and the rest folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from report.changes import (
    costs,
    counted,
    created,
    destroyed,
    errors,
    exemptions,
    faults,
    is_violation,
    known,
    mended,
    renamed,
    undecided,
    updated,
    violations,
)
from report.gfm import code, prose
from report.run import Run

LIMIT = 65_000
"""Characters; of more than 65,536 GitHub says "Body is too long (maximum is 65536 characters)"."""
MARKER = "<!-- smile report -->"
"""By which the comment is found again."""
FACTS = 10
"""Lines that aren't folded."""
ROWS = 50
"""Stacks in the table of numbers."""
COLUMNS = ("create", "update", "replace", "delete", "same")


@dataclass(frozen=True)
class Section:
    """Lines of one kind.

    Attributes:
        title: what they are.
        lines: the weightiest first.
        is_folded: it has no line among the first ones, whatever room there is.
    """

    title: str
    lines: Sequence[str]
    is_folded: bool = False


def render(runs: Sequence[Run], today: date | None = None) -> str:
    """The comment.

    Args:
        runs: one of each stack.
        today: that exemptions are counted from; by default the day in UTC, as the packs do.
    """
    sections = [each for each in sections_of(runs, today or datetime.now(UTC).date()) if each.lines]
    shown = shares([0 if each.is_folded else len(each.lines) for each in sections], FACTS)
    facts = [f"- {line}" for each, count in zip(sections, shown, strict=True) for line in each.lines[:count]]
    head = "\n".join([f"## {verdict(runs)}", "", *facts, *([""] if facts else []), *table(runs), ""])
    tail = f"\n{MARKER}\n"
    folded = [each for each, count in zip(sections, shown, strict=True) if count < len(each.lines)]
    return head + "".join(details(folded, LIMIT - len(head) - len(tail))) + tail


def sections_of(runs: Sequence[Run], today: date) -> Iterator[Section]:
    """All there is to say, in the order in which it matters."""
    urgent, others = exemptions(runs, today)
    yield Section("Errors", errors(runs))
    yield Section("Destroyed or replaced", destroyed(runs))
    yield Section("Renamed?", renamed(runs))
    yield Section("New violations", violations(runs))
    yield Section("Exemptions that are new or end soon", urgent)
    yield Section("Cost", costs(runs))
    yield Section("Updated", updated(runs))
    yield Section("Created", created(runs))
    yield Section("Violations that are gone", mended(runs))
    yield Section("Violations that were there before", known(runs), is_folded=True)
    yield Section("Exemptions", others, is_folded=True)
    yield Section("Can't be decided before deployment", undecided(runs), is_folded=True)


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """How many lines each section gets: one at least, and the first ones as many as there is room for."""
    given = [min(1, each) for each in wanted]
    room -= sum(given)
    for number, each in enumerate(wanted):
        more = max(0, min(each - given[number], room))
        given[number] += more
        room -= more
    return given


def verdict(runs: Sequence[Run]) -> str:
    """The sentence that decides whether anybody reads on."""
    mandatory = [(run.stack, each.urn) for run in runs for each in run.at("mandatory")]
    failed = [run.stack for run in runs if faults(run) or not run.is_finished]
    named = ", ".join(filter(None, failed))  # a run that came to no resource doesn't know its stack
    gone = [step for run in runs for step in run.destroyed()]
    stateful = sum(step.is_stateful for step in gone)
    new = sum(is_violation(each) and each.level != "mandatory" for run in runs for each in run.new())
    changed = sum(op != "same" for run in runs for op in run.counts.elements())
    clauses = [
        f"the preview{f' of {prose(named)}' if named else ''} failed" if failed else "",
        broken(mandatory),
        destruction(stateful, len(gone) - stateful),
        f"{counted(new, 'new advisory violation')}" if new else "",
    ]
    word = "Refused" if failed or mandatory else "Data is at stake" if stateful else "Look closely" if gone else "Green"
    said = "; ".join(filter(None, clauses)) or (f"{counted(changed, 'change')}, nothing destroyed" if changed else "")
    return f"{word}: {said}" if said else "Nothing changes"


def broken(places: Sequence[tuple[str, str]]) -> str:
    """How many violations, and on how many resources; ``places`` has stack and URN of each."""
    if not places:
        return ""
    on = f" on {counted(len(set(places)), 'resource')}" if len(places) > 1 else ""
    return f"{counted(len(places), 'violation')} of mandatory controls{on}"


def destruction(stateful: int, others: int) -> str:
    """How many resources are gone afterwards; empty where none is."""
    if stateful:
        verb = "holds" if stateful == 1 else "hold"
        also = f", and {counted(others, 'other')}" if others else ""
        return f"deletes or replaces {counted(stateful, 'resource')} that {verb} data{also}"
    return f"deletes or replaces {counted(others, 'resource')}, without data" if others else ""


def table(runs: Sequence[Run]) -> Iterator[str]:
    """Numbers, a row for each stack."""
    if not runs:
        return
    names = ("Stack", "Create", "Update", "Replace", "Delete", "Unchanged", "Mandatory", "Advisory", "Exempted")
    yield f"| {' | '.join(names)} |"
    yield f"| --- |{' ---: |' * (len(names) - 1)}"
    for run in runs[:ROWS]:
        allowed = sum(bool(each.exempted or each.accepted) for each in run.findings)
        advisory = sum(is_violation(each) and each.level != "mandatory" for each in run.findings)
        numbers = [*(run.counts[op] for op in COLUMNS), len(run.at("mandatory")), advisory, allowed]
        yield f"| {code(run.stack).replace('|', '')} | {' | '.join(f'{each:,}' for each in numbers)} |"
    if len(runs) > ROWS:
        yield f"\nand {len(runs) - ROWS} stacks more"
    if unjudged := [run.stack for run in runs if run.base is None and run.findings and run.counts["same"]]:
        yield f"\nWhat the packs found before the change isn't known of {code(', '.join(unjudged))}: all counts as new."


def details(sections: Sequence[Section], room: int) -> Iterator[str]:
    """Folded sections; what each leaves of its share of the room is for those that follow."""
    for number, section in enumerate(sections):
        text = folded(section, room // (len(sections) - number))
        room -= len(text)
        yield text


def folded(section: Section, room: int) -> str:
    """As many lines of a section as there is room for, and how many are left out."""
    total = len(section.lines)
    start = f"\n<details><summary>{section.title}: {total:,}</summary>\n\n"
    end = "\n</details>\n"
    left_out = "\n... and {:,} more; all of them: `smile report --format html`\n"
    room -= len(start) + len(end) + len(left_out.format(total))
    lines = list[str]()
    for line in section.lines:
        room -= len(line) + len("- \n")
        if room < 0:
            break
        lines.append(f"- {line}\n")
    more = left_out.format(total - len(lines)) if len(lines) < total else ""
    return "".join([start, *lines, more, end])

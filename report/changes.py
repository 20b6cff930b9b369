"""What a reviewer reads of runs: a line for each fact, the weightiest first, and once for all stacks that share it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from aws_facts.security_relevant import is_security_relevant
from report.drift import is_label
from report.finding import Finding
from report.gfm import code, prose
from report.run import Run, Step
from report.values import at, changes

PAST = {"delete": "Deleted", "replace": "Replaced", "discard": "Forgotten"}
FAILED = frozenset({"preview failed", "update failed"})
"""What the engine says last of a run that broke a mandatory control."""
SOON = timedelta(days=30)
UNTIL = re.compile(r"until (\d{4}-\d\d-\d\d)")
NAMED = 3
"""Properties, types or groups that a line names; the rest of them are counted."""
CONCERNED = 12
"""Resources that a line names where the reader asks which."""


def together(lines: Iterable[tuple[str, str]]) -> list[str]:
    """Pairs of a stack and what is to be said of it -> each sentence with its stacks."""
    stacks = defaultdict[str, list[str]](list)
    for stack, line in lines:
        stacks[line].append(stack)
    return [f"{code(', '.join(where))} {line}" for line, where in stacks.items()]


def listed(names: Iterable[str], noun: str = "", most: int = NAMED) -> str:
    """The first of some names that are Markdown already, and how many more there are."""
    first = list(names)
    more = f" and {len(first) - most} more{noun and ' ' + noun}" if len(first) > most else ""
    return ", ".join(first[:most]) + more


def errors(runs: Sequence[Run]) -> list[str]:
    """What runs ended with, but for a broken control."""
    unfinished = [(run.stack, "**Error**: it didn't come to its end") for run in runs if not run.is_finished]
    told = [(run.stack, f"**Error**: {prose(error)}") for run in runs for error in faults(run)]
    return together([*told, *unfinished])


def faults(run: Run) -> list[str]:
    """Errors of the engine, a provider or the program; that a broken control fails the run isn't one."""
    return [each for each in run.errors if each not in FAILED or not run.at("mandatory")]


def destroyed(runs: Sequence[Run]) -> list[str]:
    """What is deleted or replaced, by which property; first of all stacks what holds data."""
    found = [(run.stack, step) for run in runs for step in run.destroyed()]
    found.sort(key=lambda pair: (not pair[1].is_stateful, pair[1].op))
    return together((stack, destroyed_line(step)) for stack, step in found)


def destroyed_line(step: Step) -> str:
    """One resource."""
    holds = ", holds data" if step.is_stateful else ""
    why = f", since {listed(property_line(step, path) for path in step.because)} changed" if step.because else ""
    refused = "; **protected: the engine refuses**" if step.protected else ""
    return f"**{PAST.get(step.op, step.op)}{holds}**: {code(step.type)} {code(step.name)}{why}{refused}"


def property_line(step: Step, path: str) -> str:
    """A property, with its values where they are short."""
    values = [f"{code(where)} {code(before)} → {code(after)}" for where, before, after in changes(step, path)]
    if len(values) == 1 and values[0].startswith(f"{code(path)} "):
        return values[0]
    return code(path) + (f" ({listed(values)})" if values else "")


def renamed(runs: Sequence[Run]) -> list[str]:
    """Whether what is deleted comes back under other names, so that an alias would keep it."""
    return together((run.stack, line) for run in runs for line in renamed_line(run))


def renamed_line(run: Run) -> Iterator[str]:
    """One line where it seems so."""
    gone, made = (Counter(step.type for step in run.steps if step.op == op) for op in ("delete", "create"))
    if again := (gone & made).total():
        yield (
            f"**A rename?** {again} of {gone.total()} deleted resources are created under another name: an alias "
            "(`aliases=`) would keep them"
        )


def violations(runs: Sequence[Run]) -> list[str]:
    """What the packs find that the base doesn't have; and what it has too where that fails the run."""
    new = [(run.stack, each) for run in runs for each in run.new() if is_violation(each)]
    before = [(stack, each) for stack, each in old(runs) if each.level == "mandatory"]
    return [*found_lines(new), *found_lines(before, "as before")]


def known(runs: Sequence[Run]) -> list[str]:
    """What the packs find without failing the run, and the base has too."""
    return found_lines((stack, each) for stack, each in old(runs) if each.level != "mandatory")


def old(runs: Sequence[Run]) -> Iterator[tuple[str, Finding]]:
    """The violations that the base has too, each with its stack."""
    for run in runs:
        new = {each.key for each in run.new()}
        yield from ((run.stack, each) for each in run.findings if is_violation(each) and each.key not in new)


def undecided(runs: Sequence[Run]) -> list[str]:
    """What only deployment answers."""
    return found_lines((run.stack, each) for run in runs for each in run.findings if each.is_open)


def is_violation(finding: Finding) -> bool:
    """Whether something is wrong that nobody has let pass."""
    return not (finding.is_open or finding.exempted or finding.accepted)


def found_lines(pairs: Iterable[tuple[str, Finding]], mark: str = "") -> list[str]:
    """A line for what is the same but for the resource, what fails the run first, then the gravest."""
    by_stack = defaultdict[tuple[str, ...], list[Finding]](list)
    for stack, each in pairs:
        by_stack[stack, each.level, each.control, each.what].append(each)
    groups = sorted(by_stack.items(), key=lambda pair: (pair[0][1] != "mandatory", *pair[1][0].order()))
    return together((stack, finding_line(group, mark)) for (stack, *_), group in groups)


def finding_line(group: Sequence[Finding], mark: str = "") -> str:
    """What is wrong, where, and what to do."""
    first = group[0]
    path = f" at {listed(dict.fromkeys(code(each.path) for each in group if each.path))}" if first.path else ""
    place = f" ({code(str(first.places[0]))})" if first.places else ""
    title = f"{prose(first.title)}: " if first.title else ""
    fix = f". **Fix**: {prose(first.fix)}" if first.fix else ""
    grade = ", ".join(filter(None, (first.level.capitalize(), mark, prose(first.severity))))
    where = f"{resources(group)}{path}{place}"
    return f"**{grade}** {code(first.control)} on {where}: {title}{prose(first.what)}{fix}"


def resources(group: Sequence[Finding]) -> str:
    """Those that findings are about, each once: the first with its type, others of the same type by name alone."""
    first = group[0].resource
    kind = f"{first.partition(' ')[0]} "
    others = [each.resource.removeprefix(kind) for each in group if each.resource != first]
    return listed(dict.fromkeys(map(code, [first, *others])), most=CONCERNED)


def exemptions(runs: Sequence[Run], today: date) -> tuple[list[str], list[str]]:
    """What is let pass: those that are new or end soon, and the rest, the first to end first."""
    urgent, others = list[tuple[str, str]](), list[tuple[str, str]]()
    for run in runs:
        before = {(allowed(each), each.urn) for each in run.base.findings} if run.base else None
        for decision, found in groupby(sorted(filter(allowed, run.findings), key=allowed), key=allowed):
            group = list(found)
            is_new = before is not None and not before.issuperset((decision, each.urn) for each in group)
            days = days_left(decision[0], today)
            ends = days is not None and timedelta(days) <= SOON
            marks = [*([f"Ends in {counted(days or 0, 'day')}"] if ends else []), *(["New"] if is_new else [])]
            line = exemption_line(group, marks)
            (urgent if marks else others).append((run.stack, line))
    return together(urgent), together(others)


def allowed(finding: Finding) -> tuple[str, ...]:
    """The decision and its control, so that the first to end sorts first; empty for a finding without one."""
    decision = finding.exempted or finding.accepted
    return (decision, finding.control) if decision else ()


def exemption_line(group: Sequence[Finding], marks: Sequence[str]) -> str:
    """Which control is laxer or broken, on what, until when, by whom and why."""
    first = group[0]
    said, what = ("Exempted", first.exempted) if first.exempted else ("Accepted", first.accepted)
    more = f" and {len(group) - 1} more" if len(group) > 1 else ""
    heading = f"**{', '.join(marks)}**: " if marks else ""
    place = f" ({code(str(first.decided))})" if first.decided else ""
    return f"{heading}{said} {code(first.control)} on {code(first.resource)}{more} {prose(what)}{place}"


def days_left(decision: str, today: date) -> int | None:
    """Until an exemption ends; None where it doesn't say."""
    found = UNTIL.match(decision)
    return (date.fromisoformat(found[1]) - today).days if found else None


def updated(runs: Sequence[Run]) -> list[str]:
    """What changes in place: who may do what and who reaches what first, then the rest by what changes."""
    lines = list[tuple[bool, str, str]]()
    for run in runs:
        groups = defaultdict[tuple[str, tuple[str, ...]], list[Step]](list)
        for step in run.steps:
            if step.op == "update" and (step.changed or step.id):  # a component has no id, and changes with its parts
                groups[grave_key(step), paths(step)].append(step)
        lines += [
            (not grave, run.stack, updated_line(names, group, is_same=bool(grave)))
            for (grave, names), group in groups.items()
        ]
    lines.sort(key=lambda line: line[0])
    return together((stack, line) for _, stack, line in lines)


def grave_key(step: Step) -> str:
    """What it shares with those that go from the same values to the same; empty if it isn't grave."""
    if not is_grave(step):
        return ""
    return repr((step.type, [(at(step.before, path), at(step.after, path)) for path in paths(step)]))


def is_grave(step: Step) -> bool:
    """Whether it decides who may do what, who reaches what, what is encrypted; tags alone don't."""
    names = [path for path in step.changed if not is_label(path)]
    return bool(names) and is_security_relevant(step.type, names)


def paths(step: Step) -> tuple[str, ...]:
    """The properties that change; ``tagsAll`` is what the provider makes of ``tags``."""
    own = [path for path in step.changed if not path.startswith("tagsAll")]
    return tuple(sorted(own or step.changed))


def updated_line(names: Sequence[str], group: Sequence[Step], *, is_same: bool) -> str:
    """Resources, and what changes of them: with values, if it is the same of all."""
    first = group[0]
    concerned = listed((code(step.name) for step in group), most=CONCERNED) if is_same else code(first.name)
    who = f"{code(first.type)} {concerned}"
    if len(group) > 1 and not is_same:
        who = f"{len(group):,} resources, such as {who}"
    what = listed(property_line(first, path) if is_same or len(group) == 1 else code(path) for path in names)
    return f"**Updated**: {who}: {what or 'no input'}"


def created(runs: Sequence[Run]) -> list[str]:
    """What is new, by type; the same of all stacks together."""
    return together((run.stack, line) for run in runs for line in created_line(run))


def created_line(run: Run) -> Iterator[str]:
    """One line for a stack."""
    types = Counter(step.type for step in run.steps if step.op == "create")
    if not types:
        return
    of = listed((f"{count} {code(name)}" for name, count in types.most_common()), "types")
    names = dict.fromkeys(code(step.name) for step in run.steps if step.op == "create")
    if types.total() == 1:
        yield f"**Created**: {code(next(iter(types)))} {next(iter(names))}"
    elif run.counts.keys() == {"create"}:
        yield f"**From nothing**: all {counted(types.total(), 'resource')} are created: {of}"
    else:
        yield f"**Created**: {counted(types.total(), 'resource')}: {of}; named {listed(names)}"


def mended(runs: Sequence[Run]) -> list[str]:
    """What the base has and the change doesn't."""
    return found_lines(
        (run.stack, each)
        for run in runs
        if run.base
        for each in gone(run.base.findings, run.findings)
        if is_violation(each)
    )


def gone(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Findings that aren't there any more."""
    there = {each.key for each in after}
    return [each for each in before if each.key not in there]


def costs(runs: Sequence[Run]) -> list[str]:
    """A month, before and after, where that is known and changes."""
    return together((run.stack, line) for run in runs for line in cost_line(run))


def cost_line(run: Run) -> Iterator[str]:
    """One sentence for a stack."""
    if run.cost is None:
        return
    before, after = run.cost.before, run.cost.after
    share = f", {(after - before) / before:+.0%}" if before else ""
    known = f"its known part {before:,.2f} → {after:,.2f} USD a month ({after - before:+,.2f}{share})"
    unpriced = f"without a price here: {listed(map(code, run.cost.unpriced))}"
    said = [*([known] if before != after else []), *([unpriced] if run.cost.unpriced else [])]
    if said:
        yield f"**Cost**: {'; '.join(said)}"


def counted(number: int, noun: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""``smile exemptions``: who may break which control until when, and whether that still holds."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cli.answer import Answer, CommandError
from cli.files import expecting
from cli.policies import library
from cli.program import Program
from cli.sandbox import FOLDER, ROOT
from report.findings_json import of_run
from report.run import read
from report.tables import table

EXEMPTIONS = ROOT / "policies" / "exemptions.yaml"
SOON = timedelta(days=30)
"""Before the end of a decision, it is warned of; as in the comment on a pull request."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Why a fault is let pass.

    Attributes:
        control: id of the control.
        scope: URN of the resources, or the kind of environment whose configuration makes the control laxer.
        finding: fingerprint of the one finding that it is about; empty for all that the control finds there.
        owner: who answers for it.
        until: the last day on which it holds.
        reason: what makes it acceptable.
        place: file and line.
        state: ``holds``, ``ends soon`` or ``over``.
    """

    control: str
    scope: str
    finding: str
    owner: str
    until: str
    reason: str
    place: str
    state: str


def run_list(programs: Sequence[Program]) -> Answer:
    """All decisions, the first to end first.

    Raises:
        CommandError: the file isn't valid.
    """
    found = decisions(datetime.now(UTC).date(), programs)
    rows = ((each.state, each.until, each.control, each.scope, each.finding[:8] or "-", each.owner) for each in found)
    head = ("state", "until", "control", "on", "finding", "owner")
    return Answer([asdict(each) for each in found], table(head, rows))


def run_check(programs: Sequence[Program]) -> Answer:
    """Those that end soon or are over; 1 where one is over.

    Raises:
        CommandError: the file isn't valid.
    """
    found = [each for each in decisions(datetime.now(UTC).date(), programs) if each.state != "holds"]
    lines = [f"{each.place}: {each.control} on {each.scope} {said(each)}" for each in found]
    code = int(any(each.state == "over" for each in found))
    return Answer([asdict(each) for each in found], "\n".join(lines) or "all hold for 30 days and more", code)


def said(decision: Decision) -> str:
    """What is to be done."""
    when = "is over since" if decision.state == "over" else "ends on"
    return f"{when} {decision.until}: mend it, or decide again ({decision.owner})"


def run_add(  # noqa: PLR0913, PLR0917 - the command's options
    programs: Sequence[Program], finding: str, reason: str, owner: str, until: str, source: Path | None
) -> Answer:
    """Exempt one finding of the last previews, or of a file.

    Args:
        programs: whose previews.
        finding: the beginning of its fingerprint.
        reason: what makes it acceptable until then.
        owner: who answers for it.
        until: the last day, ``2027-01-31``.
        source: what ``smile report`` or ``smile audit`` wrote as JSON, instead of the last previews.

    Raises:
        CommandError: there is no such finding, or the exemption wouldn't be valid.
    """
    found = one(finding, documents(programs, source), source)
    entry = {
        "control": found["control"],
        "resource": found["resource"]["urn"],
        "finding": found["fingerprint"],
        "reason": reason,
        "owner": owner,
        "expires": until,
    }
    before = EXEMPTIONS.read_text(encoding="utf-8") if EXEMPTIONS.exists() else ""
    after = before.rstrip("\n") + "\n" + as_yaml(entry)
    draft = EXEMPTIONS.with_name(f".exemptions.{os.getpid()}.yaml")
    try:
        draft.write_text(after.lstrip("\n"), encoding="utf-8")
        load(draft, datetime.now(UTC).date())
        draft.replace(EXEMPTIONS)
    finally:
        draft.unlink(missing_ok=True)
    return Answer(entry, f"{where(len(before.splitlines()) + 1)}: {entry['control']} on {entry['resource']}")


def as_yaml(entry: dict[str, str]) -> str:
    """An entry of the file; JSON's texts are YAML's."""
    first, *others = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items())
    return "\n  ".join([f"- {first}", *others]) + "\n"


def one(wanted: str, runs: Iterable[dict[str, Any]], source: Path | None) -> dict[str, Any]:
    """The finding of this fingerprint, in whichever stack; the first of them.

    Raises:
        CommandError: there is none, several differ, or it is about the stack as a whole.
    """
    found = [each for run in runs for each in run["findings"] if each["fingerprint"].startswith(wanted)]
    marks = {each["fingerprint"] for each in found}
    if len(marks) != 1 or len(wanted) < 6:
        valid = "valid: six letters or more of one that `smile report --format json` has"
        raise CommandError(f"{wanted}: {len(marks)} findings in {source or 'the last previews'} begin so; {valid}")
    (first, *_) = found
    if first["resource"] is None:
        raise CommandError(f"{wanted}: it is about the stack, not a resource; valid: a level in policies/config")
    return first


def documents(programs: Sequence[Program], source: Path | None) -> Iterator[dict[str, Any]]:
    """The stacks' findings as data.

    Raises:
        CommandError: the file has none, or nothing was previewed.
    """
    if source is None:
        named = [program.label(stack) for program in programs for stack in program.project.stacks]
        logs = [log for label in named if (log := FOLDER / "previews" / f"{label}.events.json").is_file()]
        if not logs:
            raise CommandError(f"no preview in {FOLDER}; run: smile preview, or name a file with --findings")
        yield from (of_run(read(log)) for log in logs)
        return
    valid = "what `smile audit --format json` writes"
    with expecting(valid):
        text = source.read_text(encoding="utf-8")
    try:
        yield from json.loads(text)["runs"]
    except (ValueError, KeyError, TypeError):
        raise CommandError(f"{source}: no findings; valid: {valid}") from None


def decisions(today: date, programs: Sequence[Program]) -> list[Decision]:
    """Exemptions of programs, and what their configuration makes laxer, the first to end first.

    Raises:
        CommandError: the file of exemptions isn't valid.
    """
    found = [
        Decision(
            control=each.control, scope=each.resource, finding=each.finding, owner=each.owner,
            until=str(each.expires), reason=each.reason, place=where(each.line), state=state(each.expires, today),
        )
        for each in load(EXEMPTIONS, today)
        if any(program.may_have(each.resource) for program in programs)
    ]  # fmt: skip
    return sorted(
        [*found, *(each for program in programs for each in laxer(today, program))],
        key=lambda each: (each.until, each.control, each.scope),
    )


def laxer(today: date, program: Program) -> Iterator[Decision]:
    """The decisions in what the packs of a program are told."""
    for file in program.policy_files():
        text = file.read_text(encoding="utf-8")
        lines = text.splitlines()
        for control, about in json.loads(text).items():
            if isinstance(about, dict) and "until" in about:
                line = next(number for number, each in enumerate(lines, 1) if f'"{control}"' in each)
                yield Decision(
                    control=control, scope=program.scope(file), finding="", owner=about["owner"],
                    until=about["until"], reason=about["reason"], place=f"{file.relative_to(ROOT)}:{line}",
                    state=state(date.fromisoformat(about["until"]), today),
                )  # fmt: skip


def load(file: Path, today: date) -> Sequence[Any]:
    """The exemptions of a file.

    Raises:
        CommandError: it isn't valid; names every problem.
    """
    with library():
        from guardrails.engine.exemptions import ExemptionsError, load_exemptions
        from guardrails.engine.packs import load_controls

        controls = load_controls().keys()
    try:
        return load_exemptions(file, controls, today) if file.exists() else []
    except ExemptionsError as error:
        raise CommandError(str(error).replace(str(file), str(EXEMPTIONS.relative_to(ROOT)))) from None


def where(line: int) -> str:
    """A line of the file of exemptions."""
    return f"{EXEMPTIONS.relative_to(ROOT)}:{line}"


def state(until: date, today: date) -> str:
    """Whether a decision holds."""
    return "over" if until < today else "ends soon" if until - today <= SOON else "holds"

"""``smile evidence``: what a framework asks, which controls look after it, and what they say of a stack."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cli.answer import Answer
from cli.audit import auditing
from cli.docs.compliance import ranges
from cli.docs.markdown import table
from cli.files import prepare
from cli.frameworks import LIMITS, TITLES, Requirement, asked, mapped
from cli.offline_state import exported
from cli.oscal import render as render_oscal
from cli.policies import library
from cli.program import Program
from report.finding import Finding


@dataclass(frozen=True)
class Verdicts:
    """What was said of a stack.

    Attributes:
        stack: its name.
        file: that told of it.
        judged: control -> how many resources it has judged.
        findings: of its controls.
    """

    stack: str
    file: Path
    judged: Mapping[str, int]
    findings: Sequence[Finding]


def run(framework: str, file: Path | None, config: Path | None, format_: str, output: Path | None) -> Answer:
    """Write the evidence, with the verdicts on a stack where a file of it is named.

    Raises:
        CommandError: the file holds no stack, or the configuration can't be used.
    """
    if output:
        prepare(output)
    with auditing():
        from guardrails.commands.pack import Told, check

        check(Told(config=config))
        verdicts = verdicts_on(file, config) if file else None
        found = [*requirements(framework, verdicts, disabled(config))]
    said = FORMATS[format_](framework, found, verdicts)
    if output:
        output.write_text(said, encoding="utf-8")
    data = {
        "framework": framework,
        "stack": verdicts.stack if verdicts else None,
        "requirements": [asdict(each) for each in found],
    }
    return Answer(data, "" if output else said.rstrip("\n"))


def run_of_stack(framework: str, program: Program, stack: str, format_: str, output: Path | None) -> Answer:
    """The same, with the verdicts on a stack as it is made offline, judged as its own packs are told.

    Raises:
        SandboxError: there is no such stack, or it can't be made offline.
        SettingsError: its settings can't be used.
    """
    configuration, _ = program.policies_of(program.project.checked(stack))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{stack}.json"
        file.write_text(exported(program, stack), encoding="utf-8")
        return run(framework, file, configuration, format_, output)


def verdicts_on(file: Path, config: Path | None) -> Verdicts:
    """What the controls say of the stack in a file."""
    with library():
        from guardrails.commands.pack import Told
        from guardrails.commands.verdicts import judged_file, run_of

        state, judged = judged_file(file, Told(config=config))
    return Verdicts(state.name, file, judged.verdicts, run_of(state, judged, 0).findings)


def disabled(config: Path | None) -> set[str]:
    """The controls that the configuration switches off."""
    with library():
        from guardrails.commands.pack import Told, configured

        configuration = configured(Told(config=config)).configuration
    return {control for control, level in configuration.levels.items() if level == "disabled"}


def requirements(framework: str, verdicts: Verdicts | None, off: set[str]) -> Iterator[Requirement]:
    """All that a framework asks, in its order."""
    named = mapped(framework)
    for id_, (asks, coverage, missing) in asked(framework, named).items():
        controls = tuple(sorted(named.get(id_, ())))
        switched_off = [each for each in controls if each in off]
        gaps = [*([missing] if missing else []), *([f"disabled: {', '.join(switched_off)}"] if switched_off else [])]
        made = Requirement(id=id_, asks=asks, coverage=coverage, missing="; ".join(gaps), controls=controls)
        yield judged_by(made, verdicts) if verdicts and controls else made


def judged_by(requirement: Requirement, verdicts: Verdicts) -> Requirement:
    """The requirement with what its controls say of a stack."""
    own = [each for each in verdicts.findings if each.control in requirement.controls]
    judged = sum(verdicts.judged.get(each, 0) for each in requirement.controls)
    counted = Counter(each.control for each in own)
    return replace(requirement, result=result(own, judged), judged=judged, findings=dict(counted))


def result(findings: Sequence[Finding], judged: int) -> str:
    """What a requirement's controls come to; the worst that one of them says."""
    if any(not each.is_open and not each.exempted and not each.accepted for each in findings):
        return "broken"
    if any(each.is_open for each in findings):
        return "undecided"
    return "accepted" if findings else "holds" if judged else "not judged"


def markdown(framework: str, found: Sequence[Requirement], verdicts: Verdicts | None) -> str:
    """For a person."""
    counts = Counter(each.coverage for each in found)
    of = (
        f"\n\nVerdicts on stack `{verdicts.stack}`, from {verdicts.file.name}, {datetime.now(UTC).date()}."
        if verdicts
        else ""
    )
    head = ("requirement", "asks that", "coverage", "controls", "missing")
    rows = [(each.id, each.asks, each.coverage, "; ".join(ranges(each.controls)), each.missing) for each in found]
    if verdicts:
        head = (*head, "result", "judged", "said by")
        rows = [
            (
                *row,
                each.result,
                each.judged or "",
                ", ".join(f"{name} {count}" for name, count in each.findings.items()),
            )
            for row, each in zip(rows, found, strict=True)
        ]
    return (
        f"# {TITLES[framework]}\n\n{LIMITS[framework]}{of}\n\n"
        f"{counts['covered']} covered, {counts['partly']} partly, {counts['not']} not.\n\n{table(head, rows)}\n"
    )


def as_csv(_: str, found: Sequence[Requirement], __: Verdicts | None) -> str:
    """For a spreadsheet."""
    writer = csv.writer(text := io.StringIO(newline=""), lineterminator="\n")
    writer.writerow(("requirement", "asks", "coverage", "missing", "controls", "result", "judged", "findings"))
    for each in found:
        said = " ".join(f"{name}={count}" for name, count in each.findings.items())
        writer.writerow(
            (each.id, each.asks, each.coverage, each.missing, " ".join(each.controls), each.result, each.judged, said)
        )
    return text.getvalue()


def oscal(framework: str, found: Sequence[Requirement], verdicts: Verdicts | None) -> str:
    """For tools of governance."""
    return render_oscal(framework, TITLES[framework], found, verdicts.stack if verdicts else "")


FORMATS: Mapping[str, Callable[[str, Sequence[Requirement], Verdicts | None], str]] = {
    "markdown": markdown,
    "csv": as_csv,
    "oscal": oscal,
}

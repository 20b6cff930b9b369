"""``smile evidence``: what a framework asks, which controls look after it, and what they say of a stack."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cli.answer import Answer
from cli.audit import check, configured, judged_file, run_of
from cli.controls import known
from cli.docs.compliance import criteria, ranges
from cli.docs.markdown import table
from cli.files import prepare
from report.finding import Finding

PEOPLE = "policies, people and their records, which no configuration shows"
ANNEX_A = {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}
"""How many controls each theme of ISO/IEC 27001:2022's Annex A has (https://veritise.dk/resources/iso-27001/annex-a-controls)."""
TITLES = {
    "soc2": "SOC 2, 2017 Trust Services Criteria: security, availability, confidentiality",
    "iso27001": "ISO/IEC 27001:2022, Annex A",
    "uu-pdp": "UU PDP 27/2022 and PP 71/2019, the articles that controls name",
}
LIMITS = {
    "soc2": "States are those of docs/soc2.yaml, ours to judge and an auditor's to confirm.",
    "iso27001": "Ids alone: titles are ISO's. Configuration covers none whole; one without a control isn't looked at.",
    "uu-pdp": "The articles that a control names; the others of the law and the regulation aren't looked at. "
    "No lawyer has confirmed the mapping.",
}


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """What a framework asks.

    Attributes:
        id: the framework's.
        asks: what it asks, in our words; empty where only the id may be said.
        coverage: ``covered``, ``partly`` or ``not``, by what infrastructure can do.
        missing: what is not there, plainly.
        controls: those that name it.
        result: of a stack: ``holds``, ``accepted``, ``undecided``, ``broken`` or ``not judged``; empty without a stack.
        judged: how many times its controls have judged a resource.
        findings: the controls that say something, and how often.
    """

    id: str
    asks: str
    coverage: str
    missing: str
    controls: tuple[str, ...]
    result: str = ""
    judged: int = 0
    findings: Mapping[str, int] = field(default_factory=dict[str, int])


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
    check(config)
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


def verdicts_on(file: Path, config: Path | None) -> Verdicts:
    """What the controls say of the stack in a file."""
    state, judged = judged_file(file, config)
    return Verdicts(state.name, file, judged.verdicts, run_of(state, judged, 0).findings)


def disabled(config: Path | None) -> set[str]:
    """The controls that the configuration switches off."""
    return {control for control, level in configured(config)[0].levels.items() if level == "disabled"}


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


def mapped(framework: str) -> Mapping[str, list[str]]:
    """Id of each requirement -> the controls that name it."""
    field = {"soc2": "soc2", "iso27001": "iso27001", "uu-pdp": "indonesia"}[framework]
    found: defaultdict[str, list[str]] = defaultdict(list)
    for control in known().values():
        for each in getattr(control.references, field):
            found[each].append(control.id)
    return found


def asked(framework: str, named: Iterable[str]) -> Mapping[str, tuple[str, str, str]]:
    """Id -> what is asked, how far it is covered, and what is missing."""
    if framework == "soc2":
        states = {"covered": "covered", "partly": "partly", "organization": "not"}
        return {
            id_: (about["asks"], states[about["state"]], about.get("missing", "")) for id_, about in criteria().items()
        }
    there = set(named)
    annex = [f"{theme}.{number}" for theme, count in ANNEX_A.items() for number in range(1, count + 1)]
    ids = annex if framework == "iso27001" else sorted(there, key=in_order)
    return {id_: ("", "partly", PEOPLE) if id_ in there else ("", "not", "no control looks at it") for id_ in ids}


def in_order(id_: str) -> tuple[str, int]:
    """Articles by number, law by law."""
    law, _, article = id_.rpartition(" ")
    return law, int(article)


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
    from cli.oscal import render

    return render(framework, TITLES[framework], found, verdicts.stack if verdicts else "")


FORMATS: Mapping[str, Callable[[str, Sequence[Requirement], Verdicts | None], str]] = {
    "markdown": markdown,
    "csv": as_csv,
    "oscal": oscal,
}

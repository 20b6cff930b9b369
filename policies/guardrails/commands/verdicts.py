"""Verdicts on one stack that a file tells of, as reports know them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guardrails.commands.controls import references
from guardrails.commands.pack import AuditError, Told, configured
from guardrails.engine.audit import Judged, judge
from guardrails.engine.packs import ALL, family_of
from guardrails.engine.state import State, StateError, load
from report.control import Control
from report.finding import SEVERITIES, Finding
from report.run import Run, Step

SILENT = "no control that is enabled looks at a resource of this stack"


def catalogue() -> tuple[Control, ...]:
    """What the packs say of their controls, as reports know it."""
    return tuple(
        Control(
            id=each.id, title=each.title, why=each.why, fix=each.fix, severity=each.severity, level=each.level,
            family=family_of(each.id).name,
            references=tuple(references(each)),
        )
        for each in ALL.controls
    )  # fmt: skip


def judged_file(file: Path, told: Told) -> tuple[State, Judged]:
    """The stack in a file, and what was found.

    Raises:
        AuditError: it holds none.
    """
    rules = configured(told)
    try:
        state = load(file)
    except StateError as error:
        raise AuditError(str(error)) from None
    return state, judge(state, rules, datetime.now(UTC).date())


def run_of(state: State, judged: Judged, seconds: int) -> Run:
    """What was found as reports know it, with the engine's operations on resources and none of their values."""
    findings = [Finding.of(event) for event in events(judged)]
    return Run(
        stack=state.name,
        steps=tuple(Step(urn=urn, op=operation) for urn, operation in state.operations.items()),
        findings=tuple(findings),
        errors=(),
        seconds=seconds,
        is_preview=state.is_preview,
        is_finished=True,
    )


def events(judged: Judged) -> Iterator[dict[str, Any]]:
    """Reports as the engine's events have them; a stack that no control looks at is one of them."""
    for each in judged.reports:
        yield {
            "policyName": each.control.id,
            "policyPackName": family_of(each.control.id).name,
            "resourceUrn": each.urn,
            "message": each.message,
            "enforcementLevel": str(each.level),
            "severity": str(each.control.severity),
        }
    if not judged.verdicts:
        yield {"policyName": "settings", "message": SILENT, "enforcementLevel": "advisory"}


def fails(finding: Finding, fail_on: str) -> bool:
    """Whether a finding makes the command fail; what is exempted or open doesn't, unless it is mandatory."""
    if fail_on == "mandatory":
        return finding.level == "mandatory"
    if fail_on == "never" or finding.exempted or finding.is_open or not finding.severity:
        return False
    return SEVERITIES.index(finding.severity) <= SEVERITIES.index(fail_on)

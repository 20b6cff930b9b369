"""Findings as data: JSON of our own, described by ``findings.schema.json`` and docs/report.md."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from report.finding import Finding
from report.fingerprint import fingerprints
from report.run import Run

VERSION = 1
"""Of the schema. A new field leaves it; what takes one away or changes its meaning raises it."""
DECISION = re.compile(r"until (?P<until>\S+) by (?P<owner>.+?): (?P<reason>.+)", re.DOTALL)
Json = dict[str, Any]


def render(runs: Sequence[Run]) -> str:
    """All stacks, each with what it does and what was found, the gravest first."""
    return json.dumps({"version": VERSION, "runs": [of_run(run) for run in runs]}, indent=2) + "\n"


def of_run(run: Run) -> Json:
    """One stack."""
    marks = dict(zip(map(id, run.findings), fingerprints(run.findings), strict=True))
    new = {id(finding) for finding in run.new()}
    return {
        "stack": run.stack,
        "preview": run.is_preview,
        "finished": run.is_finished,
        "failed": run.failed,
        "seconds": run.seconds,
        "resources": run.resources,
        "changes": dict(sorted(run.counts.items())),
        "errors": list(run.errors),
        "findings": [
            {"fingerprint": marks[id(each)], **of_finding(each), "new": (id(each) in new) if run.base else None}
            for each in sorted(run.findings, key=Finding.order)
        ],
    }


def of_finding(finding: Finding) -> Json:
    """One finding, without its mark."""
    type_, _, name = finding.resource.partition(" ")
    return {
        "control": finding.control,
        "family": finding.family or None,
        "severity": finding.severity or None,
        "level": finding.level,
        "verdict": verdict(finding),
        "title": finding.title or None,
        "what": finding.what,
        "fix": finding.fix or None,
        "resource": {"urn": finding.urn, "type": type_, "name": name} if finding.urn else None,
        "path": finding.path or None,
        "places": [{"file": place.file, "line": place.line} for place in finding.places],
        "exemption": decision(finding.exempted),
        "accepted": decision(finding.accepted),
        "open_as_well": finding.others.split(", ") if finding.others else [],
        "same_on": finding.more.partition(": ")[2].split(", ") if finding.more else [],
    }


def verdict(finding: Finding) -> str:
    """What it is."""
    if finding.is_open:
        return "undecided"
    return "exempted" if finding.exempted else "violation"


def decision(text: str) -> Json | None:
    """Who let it pass, why, and until when."""
    found = DECISION.fullmatch(text)
    return found.groupdict() if found else None

"""Findings as SARIF 2.1.0, for code scanning and editors: one run for each stack.

The standard: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; what GitHub reads of it, and its limits:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from report.control import Control
from report.finding import Finding
from report.fingerprint import fingerprints
from report.place import Place
from report.run import Run

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
TOOL = "guardrails"
MOST_RUNS, MOST_RESULTS, MOST_LOCATIONS, MOST_TAGS, MOST_BYTES = 20, 25_000, 1_000, 20, 10_000_000
"""What code scanning takes: in a file, a run, a result, a rule, and compressed; more of any and it refuses the file."""
LONGEST_DESCRIPTION = 1024
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""Severity -> the middle of what code scanning calls so."""
LEVELS = {"mandatory": "error", "remediate": "error", "advisory": "warning"}
PROGRAM = Place("__main__.py", 1)
"""Where a finding points whose line isn't known: a result without a line isn't shown."""
Json = dict[str, Any]


def render(runs: Sequence[Run]) -> str:
    """As many of the gravest findings as code scanning takes; what is left out is said in a notification."""
    shown = runs[:MOST_RUNS]
    most = MOST_RESULTS
    while True:
        made = [of_run(run, most) for run in shown]
        if left := [run.stack for run in runs[MOST_RUNS:]]:
            made[-1]["invocations"][0]["toolExecutionNotifications"].append(notification(f"stacks {', '.join(left)}"))
        text = json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": made}, indent=1)
        size = len(gzip.compress(text.encode(), 1))
        if size <= MOST_BYTES or not most:
            return text
        longest = max(len(each["results"]) for each in made)
        most = int(longest * 0.9 * MOST_BYTES / size)


def of_run(run: Run, most: int = MOST_RESULTS) -> Json:
    """One stack, with at most so many results."""
    order = sorted(
        zip(run.findings, fingerprints(run.findings), strict=True),
        key=lambda each: (level_of(each[0]) != "error", bool(each[0].exempted), each[0].order()),
    )
    rules = rules_of(run)
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    notes = [notification(error, "error") for error in run.errors]
    if left := len(order) - most:
        notes += [notification(f"{left} findings of stack {run.stack}, the least grave ones")] * (left > 0)
    return {
        "tool": {"driver": {"name": TOOL, "rules": rules}},
        "automationDetails": {"id": f"{TOOL}/{run.stack}/"},
        "invocations": [
            {"executionSuccessful": run.is_finished and not run.errors, "toolExecutionNotifications": notes}
        ],
        "results": [result(finding, mark, numbers) for finding, mark in order[:most]],
    }


def rules_of(run: Run) -> list[Json]:
    """All controls of our packs, and those of others as far as they found something."""
    known = {control.id for control in run.controls}
    others = {
        finding.control: Control(
            id=finding.control, title=finding.title or finding.control, fix=finding.fix, severity=finding.severity,
            family=finding.family,
        )
        for finding in run.findings
        if finding.control not in known
    }  # fmt: skip
    return [rule(control) for control in (*run.controls, *others.values())]


def rule(control: Control) -> Json:
    """A control with its help."""
    parts = {"Why": control.why, "Fix": control.fix, "Also known as": ", ".join(control.references)}
    said = {name: text for name, text in parts.items() if text} or {"Title": control.title}
    tags = ["security", *filter(None, [control.family]), *control.references]
    score = {"security-severity": SCORES[control.severity]} if control.severity in SCORES else {}
    return {
        "id": control.id,
        "name": control.id,
        "shortDescription": {"text": control.title[:LONGEST_DESCRIPTION]},
        "fullDescription": {"text": (control.why or control.title)[:LONGEST_DESCRIPTION]},
        "help": {
            "text": "\n".join(f"{name}: {text}" for name, text in said.items()),
            "markdown": "\n\n".join(f"**{name}.** {text}" for name, text in said.items()),
        },
        "defaultConfiguration": {"level": LEVELS.get(control.level, "warning")},
        "properties": {"tags": tags[:MOST_TAGS], "precision": "high", **score},
    }


def result(finding: Finding, mark: str, rules: Mapping[str, int]) -> Json:
    """A finding; one that is exempted is suppressed."""
    first, *others = finding.places or (PROGRAM,)
    title = f"{finding.title}: " if finding.title else ""
    path = f" at {finding.path}" if finding.path else ""
    fix = f"\nFix: {finding.fix}." if finding.fix else ""
    accepted = f"\nAccepted {finding.accepted}." if finding.accepted else ""
    suppressed: Json = {"kind": "external", "status": "accepted", "justification": finding.exempted}
    suppressed |= {"location": location(finding.decided)} if finding.decided else {}
    logical = {"fullyQualifiedName": finding.urn, "name": finding.resource, "kind": "resource"}
    return {
        "ruleId": finding.control,
        "ruleIndex": rules[finding.control],
        "level": level_of(finding),
        "message": {"text": plain(f"{title}{finding.what} ({finding.resource}{path}).{fix}{accepted}")},
        "locations": [location(first) | ({"logicalLocations": [logical]} if finding.urn else {})],
        "relatedLocations": [
            location(place) | {"id": number, "message": {"text": "called from here"}}
            for number, place in enumerate(others[: MOST_LOCATIONS - 1], 1)
        ],
        "fingerprints": {"finding/v1": mark},
        "partialFingerprints": {"primaryLocationLineHash": mark},
        "properties": {"enforcementLevel": finding.level, "severity": finding.severity, "path": finding.path},
        **({"suppressions": [suppressed]} if finding.exempted else {}),
    }


def level_of(finding: Finding) -> str:
    """What it does to the run; a question that is open, or an exempted finding, does nothing."""
    if finding.exempted or (finding.is_open and finding.level == "advisory"):
        return "note"
    return LEVELS.get(finding.level, "warning")


def location(place: Place) -> Json:
    """A line, by the name of its file from the root of the repository."""
    artifact = {"uri": quote(place.file), "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": place.line}}}


def notification(text: str, level: str = "warning") -> Json:
    """What went wrong, or what is left out."""
    said = text if level == "error" else f"Left out, as code scanning takes no more: {text}"
    return {"level": level, "message": {"text": plain(said)}}


def plain(text: str) -> str:
    """A message in which neither a placeholder ``{0}`` nor a link ``[text](target)`` is seen; sections 3.11.5 and 6."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")

"""Verified Access groups and endpoints."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource

_COMMENT = re.compile(r"//[^\n]*")
_UNCONDITIONAL = re.compile(
    r"permit\s*\(\s*principal\s*,\s*action\s*,\s*resource\s*\)\s*(?:when\s*\{\s*true\s*\}\s*)?;"
)


@control(
    id="LP-VERIFIEDACCESS-001",
    title="Cedar policies permit nobody unconditionally",
    why="A policy without a condition lets every user of every trust provider in.",
    fix="Add a when clause on the groups or the device that may come in.",
    severity=Severity.HIGH,
    types=("aws:verifiedaccess/group:Group", "aws:verifiedaccess/endpoint:Endpoint"),
    references=Criteria(("CC6.1", "CC6.6"), ("A.5.15",), ("UU PDP 39",))(),
)
def policy_has_condition(resource: Resource, _: Context) -> Findings:
    if _UNCONDITIONAL.search(_COMMENT.sub("", str(resource.get("policyDocument", "")))):
        yield Violation("it permits everybody everything", "policyDocument")

"""Amazon Inspector: that it is on, and what it scans."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import monitoring
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.presence import require_one

_ENABLER = "aws:inspector2/enabler:Enabler"
_SCANNED = ("EC2", "LAMBDA")
require_one(
    "RSL-INSPECTOR-001",
    "Amazon Inspector",
    _ENABLER,
    "A weakness that becomes known after the deployment is found by scanning what runs.",
    monitoring(security_hub=("Inspector.1", "Inspector.2", "Inspector.4")),
)


@control(
    id="RSL-INSPECTOR-002",
    title="Amazon Inspector scans instances and functions",
    why="What isn't scanned keeps weaknesses that others have read of.",
    fix=f"Name {' and '.join(_SCANNED)} in resourceTypes.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(_ENABLER,),
    references=monitoring(security_hub=("Inspector.1", "Inspector.4")),
)
def instances_and_functions_are_scanned(enabler: Resource, _: Context) -> Findings:
    scanned = enabler.items("resourceTypes")
    for kind in _SCANNED:
        if kind not in scanned:
            yield (
                UndeterminedError("resourceTypes")
                if UNKNOWN in scanned
                else Violation(f"{kind} isn't scanned", "resourceTypes")
            )


@control(
    id="RSL-INSPECTOR-003",
    title="Amazon Inspector filters suppress named findings only",
    why="A filter on nothing but the severity hides weaknesses that nobody has read of yet.",
    fix="Name the vulnerability or the resource in filterCriterias, or set action to NONE.",
    severity=Severity.MEDIUM,
    types=("aws:inspector2/filter:Filter",),
    references=monitoring(),
)
def filter_is_narrow(filter_: Resource, _: Context) -> Findings:
    criteria = {name for block in filter_.items("filterCriterias") if isinstance(block, dict) for name in block}
    if filter_.get("action") == "SUPPRESS" and criteria <= {"severities", "findingStatuses", "findingTypes"}:
        yield Violation("it suppresses findings whatever they are about", "filterCriterias")

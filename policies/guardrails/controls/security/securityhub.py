"""Security Hub: that it is on, against what it checks, and that it learns new controls."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import monitoring
from guardrails.model.resource import Resource
from guardrails.shapes.presence import require_one
from guardrails.shapes.properties import require_value

_HUB = "aws:securityhub/account:Account"
_STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"
require_one(
    "RSL-SECURITYHUB-001",
    "Security Hub",
    _HUB,
    "What GuardDuty, Inspector, AWS Config and others find stands in one place there, with what nobody dealt with.",
    monitoring(),
)


@control(
    id="RSL-SECURITYHUB-002",
    title="Security Hub has a security standard",
    why="Without a standard it runs no check of its own.",
    fix=f"Add an {_STANDARD}, such as that of AWS Foundational Security Best Practices.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(_HUB,),
    scope=Scope.STACK,
    references=monitoring(),
)
def hub_has_a_standard(hub: Resource, context: Context) -> Findings:
    if not context.everything.of_type(_STANDARD) and not hub.get("enableDefaultStandards", True):
        yield Violation("no standard is enabled", "enableDefaultStandards")


require_value(
    "autoEnableControls",
    (True,),
    default=True,
    id="RSL-SECURITYHUB-003",
    title="Security Hub enables new controls of its standards",
    why="A standard grows with what attackers learn; a control that is off finds nothing.",
    fix="Remove autoEnableControls, or set it to true.",
    severity=Severity.LOW,
    types=(_HUB,),
    references=monitoring(),
)


_SWITCHES = {
    "aws:securityhub/standardsControl:StandardsControl": "controlStatus",
    "aws:securityhub/standardsControlAssociation:StandardsControlAssociation": "associationStatus",
}


@control(
    id="RSL-SECURITYHUB-004",
    title="Controls of Security Hub are enabled",
    why="A control that is off finds nothing, in no account and at no time.",
    fix="Set the status to ENABLED; where a control doesn't apply, exempt the resource with the reason.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=tuple(_SWITCHES),
    references=monitoring(),
)
def control_is_enabled(switch: Resource, _: Context) -> Findings:
    if switch.get(_SWITCHES[switch.type]) == "DISABLED":
        yield Violation("it is off", _SWITCHES[switch.type])

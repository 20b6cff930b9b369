"""Macie: that it is on."""

from __future__ import annotations

from guardrails.model.control import References, Severity
from guardrails.model.references import monitoring
from guardrails.shapes.presence import require_one
from guardrails.shapes.properties import require_value

_MACIE = "aws:macie2/account:Account"
_ON = "ENABLED"
require_one(
    "RSL-MACIE-002",
    "Macie",
    _MACIE,
    "It finds personal data in buckets that were not meant for it.",
    References(security_hub=("Macie.1",), soc2=monitoring.soc2, iso27001=monitoring.iso27001, indonesia=("UU PDP 35",)),
)


require_value(
    "status",
    (_ON,),
    default=_ON,
    id="RSL-MACIE-001",
    title="Macie is enabled",
    why="It finds personal data in buckets that were not meant for it; paused, it finds nothing.",
    fix="Remove status, or set it to ENABLED.",
    severity=Severity.MEDIUM,
    types=(_MACIE,),
    references=References(
        security_hub=("Macie.1",), soc2=monitoring.soc2, iso27001=monitoring.iso27001, indonesia=("UU PDP 35",)
    ),
)

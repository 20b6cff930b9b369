"""Macie: that it is on."""

from __future__ import annotations

from guardrails.model.control import Severity
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
    monitoring(security_hub=("Macie.1",), indonesia=("UU PDP 35",)),
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
    references=monitoring(security_hub=("Macie.1",), indonesia=("UU PDP 35",)),
)

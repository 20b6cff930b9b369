"""EventBridge: targets of rules."""

from __future__ import annotations

from guardrails.shapes.destinations import keep

keep(
    "RES-EVENTBRIDGE-001",
    "Events are sent to allowed regions and accounts",
    "aws:cloudwatch/eventTarget:EventTarget",
    "arn",
)

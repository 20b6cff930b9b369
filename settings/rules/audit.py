"""The rules of what looks for intruders: outside development, somebody's detector and analyzer are there."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings


@rule
def threats_are_detected(settings: Settings) -> Iterator[Finding]:
    """The account has GuardDuty and an analyzer of external access (SMILE-AUDIT-09)."""
    owners = {"guardduty": settings.audit.guardduty, "access_analyzer": settings.audit.access_analyzer}
    for service, owner in owners.items():
        if owner == "none" and not settings.is_development:
            valid = f"stack, or account where somebody else has it, in {settings.kind}; none in development only"
            yield Finding(("audit", service), "got none", valid)

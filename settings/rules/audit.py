"""The rules of what looks for intruders and judges the account: outside development, it is somebody's."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import on_outside_development, rule
from settings.stack import Settings


@rule
def threats_are_detected(settings: Settings) -> Iterator[Finding]:
    """The account has GuardDuty, an analyzer of external access, Inspector and Security Hub (SMILE-AUDIT-08, 09)."""
    audit = settings.audit
    owners = {
        "guardduty": audit.guardduty,
        "access_analyzer": audit.access_analyzer,
        "security_hub": audit.security_hub,
        "inspector": audit.inspector,
    }
    for service, owner in owners.items():
        if owner == "none" and not settings.is_development:
            valid = f"stack, or account where somebody else has it, in {settings.kind}; none in development only"
            yield Finding(("audit", service), "got none", valid)


@rule
def deployed_resources_are_judged(settings: Settings) -> Iterator[Finding]:
    """AWS Config evaluates the rule pack outside development (SMILE-AUDIT-08)."""
    yield from on_outside_development(settings, ("audit", "conformance_pack"), on=settings.audit.conformance_pack)


@rule
def rules_have_a_recorder(settings: Settings) -> Iterator[Finding]:
    """AWS refuses a conformance pack without a recorder, and Security Hub finds nothing without one."""
    audit = settings.audit
    if audit.configuration_recorder != "none":
        return
    recorder = ("audit", "configuration_recorder")
    if audit.conformance_pack:
        valid = "false while configuration_recorder is none; or a recorder: stack, account"
        yield Finding(("audit", "conformance_pack"), "got true", valid, (recorder,))
    if audit.security_hub == "stack":
        valid = "account or none while configuration_recorder is none; or a recorder: stack, account"
        yield Finding(("audit", "security_hub"), "got stack", valid, (recorder,))


@rule
def security_hub_has_standards(settings: Settings) -> Iterator[Finding]:
    """A Security Hub without a standard checks nothing."""
    if settings.audit.security_hub == "stack" and not settings.audit.standards:
        yield Finding(("audit", "standards"), "got none", "one standard at least, such as fsbp-1.0.0")

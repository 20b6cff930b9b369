"""IAM Roles Anywhere: credentials for what shows a certificate."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource


@control(
    id="LP-IAM-044",
    title="Roles Anywhere profiles limit what their sessions may do",
    why="Without a session policy, whoever has a certificate of the authority may do all that the profile's roles may.",
    fix="Set sessionPolicy, or managedPolicyArns, to what the machines need.",
    severity=Severity.MEDIUM,
    types=("aws:rolesanywhere/profile:Profile",),
    references=privileged_access(),
)
def sessions_are_limited(profile: Resource, _: Context) -> Findings:
    if not profile.has("sessionPolicy") and not profile.get("managedPolicyArns"):
        yield Violation("neither is set", "sessionPolicy")

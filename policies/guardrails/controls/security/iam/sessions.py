"""Sessions: how long they last, and what those of IAM Roles Anywhere may do."""

from __future__ import annotations

import re

from guardrails.iam.sources import ROLE
from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.5.16"), ("UU PDP 39",))

PERMISSION_SET = "aws:ssoadmin/permissionSet:PermissionSet"
PROFILE = "aws:rolesanywhere/profile:Profile"
_DURATIONS = {ROLE: "maxSessionDuration", PERMISSION_SET: "sessionDuration", PROFILE: "durationSeconds"}


@control(
    id="LP-IAM-031",
    title="Sessions of a role are short",
    why="Stolen credentials work until the session ends.",
    fix="Lower maxSessionDuration (permission sets: sessionDuration; Roles Anywhere: durationSeconds).",
    severity=Severity.LOW,
    types=(ROLE, PERMISSION_SET, PROFILE),
    parameters={
        "maximumSeconds": {
            "type": "integer",
            "minimum": 3600,
            "maximum": 43200,
            "default": 14400,
            "description": "The longest session, in seconds.",
        }
    },
    references=_references(),
)
def sessions_are_short(role: Resource, context: Context) -> Findings:
    """Of roles, of permission sets, and of those that Roles Anywhere hands out; AWS's default is 3600 seconds."""
    path, longest = _DURATIONS[role.type], context.parameters["maximumSeconds"]
    seconds = _seconds(role.text(path)) if role.type == PERMISSION_SET else role.number(path, 3600)
    if seconds > longest:
        yield Violation(f"sessions last up to {seconds} seconds, at most {longest} are allowed", path)


def _seconds(duration: str) -> int:
    """The seconds of an ISO 8601 duration such as ``PT8H``; 0 for another text."""
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", duration)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    return hours * 3600 + minutes * 60 + seconds


@control(
    id="LP-IAM-044",
    title="Roles Anywhere profiles limit what their sessions may do",
    why="Without a session policy, whoever has a certificate of the authority may do all that the profile's roles may.",
    fix="Set sessionPolicy, or managedPolicyArns, to what the machines need.",
    severity=Severity.MEDIUM,
    types=(PROFILE,),
    references=_references(),
)
def sessions_are_limited(profile: Resource, _: Context) -> Findings:
    if not profile.has("sessionPolicy") and not profile.get("managedPolicyArns"):
        yield Violation("neither is set", "sessionPolicy")

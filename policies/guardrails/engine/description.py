"""What a pack tells the engine about its controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as proto

from guardrails.engine.configuration import SETTINGS, SHARED
from guardrails.engine.decisions import DECISION
from guardrails.engine.packs import Pack
from guardrails.model.control import Control, Level, References, Severity

LEVELS = {Level.ADVISORY: proto.ADVISORY, Level.MANDATORY: proto.MANDATORY, Level.DISABLED: proto.DISABLED}
SEVERITIES = {
    Severity.LOW: proto.POLICY_SEVERITY_LOW,
    Severity.MEDIUM: proto.POLICY_SEVERITY_MEDIUM,
    Severity.HIGH: proto.POLICY_SEVERITY_HIGH,
    Severity.CRITICAL: proto.POLICY_SEVERITY_CRITICAL,
}
TYPE = proto.POLICY_TYPE_STACK
"""Of each control, to the engine, which sums up by it who has passed. A control has passed when the whole stack has
been seen: what it can't decide on a resource, it is asked again then. As policies of resources, all 600 would be listed
as passed for each resource, twice, whatever its type, and make up most of an event log.
"""

FRAMEWORKS: tuple[tuple[str, str, str], ...] = (
    ("soc2", "SOC 2", "2017"),
    ("iso27001", "ISO/IEC 27001", "2022"),
    ("indonesia", "Indonesian law", ""),
    ("security_hub", "AWS Security Hub", ""),
    ("checkov", "checkov", ""),
)
"""Field of `References`, name and edition, the most general first."""


def references(of: References) -> Iterator[tuple[str, str, str]]:
    """Each public catalogue that has the control: its name, edition and the ids there."""
    for field, name, edition in FRAMEWORKS:
        ids: tuple[str, ...] = getattr(of, field)
        if ids:
            yield name, edition, ", ".join(ids)


def describe(pack: Pack, version: str) -> proto.AnalyzerInfo:
    """The pack with one policy for each control, and one for the settings that they share."""
    info = proto.AnalyzerInfo(
        name=pack.name,
        displayName=pack.title,
        description=pack.description,
        version=version,
        supportsConfig=True,
        provider="aws",
    )
    shared = info.policies.add(
        name=SETTINGS,
        displayName="Settings",
        description="Settings that all controls of the pack share; no check by itself.",
        enforcementLevel=proto.ADVISORY,
        policy_type=TYPE,
    )
    _set_schema(shared, SHARED)
    info.policies.extend(_policy(control) for control in pack.controls)
    return info


def _policy(control: Control) -> proto.PolicyInfo:
    policy = proto.PolicyInfo(
        name=control.id,
        displayName=control.title,
        description=f"{control.title}. {control.why}",
        enforcementLevel=LEVELS[control.level],
        severity=SEVERITIES[control.severity],
        policy_type=TYPE,
        remediation_steps=control.fix,
        tags=[f"{name}: {ids}" for name, _, ids in references(control.references)],
    )
    for name, edition, ids in references(control.references):
        policy.framework.name, policy.framework.version, policy.framework.reference = name, edition, ids
        break
    _set_schema(policy, {**control.parameters, **DECISION})
    return policy


def _set_schema(policy: proto.PolicyInfo, parameters: Mapping[str, Mapping[str, Any]]) -> None:
    policy.configSchema.properties.update({key: dict(about) for key, about in parameters.items()})

"""AWS managed policies that are not to be attached to an identity."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import guardrails.iam
from guardrails.iam.attachments import ATTACHMENT_TYPES, attached_managed_policies
from guardrails.iam.patterns import matches
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.18", "A.8.2"), ("UU PDP 39",))
_NEWER = frozenset({"AmazonEC2RoleforSSM", "AmazonElasticMapReduceRole",
                    "AmazonElasticMapReduceforEC2Role"})  # fmt: skip
"""Policies for roles of services that AWS has replaced by narrower ones, as of November 2026."""


def _managed_policy(resource: Resource, *patterns: str, but: str = "") -> Findings:
    for path, policy in attached_managed_policies(resource):
        if isinstance(policy, UndeterminedError):
            yield policy
        elif any(matches(pattern, policy) for pattern in patterns) and policy != but:
            yield Violation(f"attaches the AWS managed policy {policy}", path)


@control(
    id="LP-IAM-021",
    title="AdministratorAccess is not attached",
    why="Whoever takes over the identity owns the account.",
    fix="Attach a policy that lists what the identity needs.",
    severity=Severity.CRITICAL,
    types=ATTACHMENT_TYPES,
    references=_references(checkov=("CKV_AWS_274", "CKV_AWS_275"), security_hub=("IAM.1",)),
)
def no_administrator_access(resource: Resource, _: Context) -> Findings:
    """The AWS managed policy AdministratorAccess."""
    return _managed_policy(resource, "AdministratorAccess")


@control(
    id="LP-IAM-022",
    title="IAMFullAccess is not attached",
    why="All of IAM is all of the account: its holder can write any policy for itself.",
    fix="Attach a policy that lists the IAM actions and ARNs that the identity needs.",
    severity=Severity.CRITICAL,
    types=ATTACHMENT_TYPES,
    references=_references(checkov=("CKV2_AWS_56",)),
)
def no_iam_full_access(resource: Resource, _: Context) -> Findings:
    """The AWS managed policy IAMFullAccess."""
    return _managed_policy(resource, "IAMFullAccess")


@control(
    id="LP-IAM-023",
    title="No full-access AWS managed policy is attached",
    why="They allow every action of a service on every resource, and grow as AWS adds to them.",
    fix="Attach a policy that lists what the identity needs.",
    severity=Severity.HIGH,
    types=ATTACHMENT_TYPES,
    parameters={
        "deniedPolicies": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["PowerUserAccess", "*FullAccess"],
            "description": "Names of AWS managed policies that are not to be attached; * and ? are wildcards.",
        }
    },
    references=_references(security_hub=("IAM.27",)),
)
def no_full_access(resource: Resource, context: Context) -> Findings:
    """PowerUserAccess and *FullAccess; IAMFullAccess has a control of its own."""
    return _managed_policy(resource, *context.parameters["deniedPolicies"], but="IAMFullAccess")


@control(
    id="LP-IAM-042",
    title="No AWS managed policy that allows privilege escalation is attached",
    why="Its holder can take over a role that may do more, or write itself another policy.",
    fix="Attach a policy that lists what the identity needs.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=ATTACHMENT_TYPES,
    references=_references(),
)
def no_escalating_managed_policy(resource: Resource, _: Context) -> Findings:
    """Those whose documents allow it, besides what LP-IAM-021 to 023 name, and those that AWS has replaced."""
    for path, policy in attached_managed_policies(resource):
        if isinstance(policy, UndeterminedError):
            yield policy
        elif policy in _NEWER:
            yield Violation(f"attaches {policy}, which AWS has replaced by a narrower policy", path)
        elif policy in _escalating() and not policy.endswith(_NAMED_ELSEWHERE):
            yield Violation(f"attaches the AWS managed policy {policy}", path)


_NAMED_ELSEWHERE = ("AdministratorAccess", "PowerUserAccess", "FullAccess")


@cache
def _escalating() -> frozenset[str]:
    """The names, read from the documents of the day that the file names."""
    path = Path(guardrails.iam.__path__[0]) / "managed_policies.json"
    return frozenset(json.loads(path.read_text(encoding="utf-8"))["escalating"])

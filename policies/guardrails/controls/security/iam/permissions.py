"""What identity policies permit: privilege escalation, unconstrained actions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from guardrails.iam.actions import PERMISSIONS_MANAGEMENT, WRITE, Action
from guardrails.iam.analysis import (
    actions_on_any_resource,
    covers_every_resource,
    credential_actions,
    escalations,
    exfiltration_actions,
    is_on_everything,
    named_actions,
    restrictable,
    unconstrained_actions,
    unconstrained_grants,
)
from guardrails.iam.attachments import documents_of, granting_sources
from guardrails.iam.conditions import lists, pinned
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_action
from guardrails.iam.sources import GROUP, IDENTITY_POLICY_TYPES, ROLE, USER, ask_documents, in_short
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.policy_statements import statement_control

Grants = Callable[[Statement, Document], frozenset[Action]]
_references = Criteria(("CC6.1", "CC6.3"), ("A.5.18", "A.8.2"), ("UU PDP 39",))


def _ways_up(methods: Mapping[str, frozenset[str]]) -> str:
    return in_short(f"{name} ({', '.join(sorted(needs))})" for name, needs in sorted(methods.items()))


@control(
    id="LP-IAM-009",
    title="No policy allows privilege escalation",
    why="With these actions an identity gives itself, or takes over, any other permission.",
    fix="Limit one of the actions to named ARNs, or by a condition such as iam:PassedToService, or remove it.",
    severity=Severity.CRITICAL,
    types=IDENTITY_POLICY_TYPES,
    references=_references(checkov=("CKV_AWS_286", "CKV_AWS_110")),
)
def no_privilege_escalation(resource: Resource, _: Context) -> Findings:
    """Escalation methods within one document."""

    def question(document: Document) -> Findings:
        granted, unknown = unconstrained_grants(document)
        if methods := escalations(granted):
            yield Violation(f"allows privilege escalation: {_ways_up(methods)}")
        yield from unknown

    return ask_documents(granting_sources(resource), question)


@control(
    id="LP-IAM-010",
    title="The policies of an identity don't add up to privilege escalation",
    why="Two harmless policies on one role can be an administrator together.",
    fix="Limit one of the actions to named ARNs, or give it to another role.",
    severity=Severity.CRITICAL,
    types=(ROLE, USER, GROUP),
    scope=Scope.STACK,
    references=_references(checkov=("CKV_AWS_286", "CKV_AWS_110")),
)
def no_escalation_in_union(identity: Resource, context: Context) -> Findings:
    """Escalation methods over all documents of a role, user or group that none of them has alone."""
    together: set[str] = set()
    alone: set[str] = set()
    for found in documents_of(identity, context.everything):
        if isinstance(found, UndeterminedError):
            yield found
            continue
        granted, unknown = unconstrained_grants(found)
        yield from unknown
        together |= granted
        alone |= escalations(granted).keys()
    methods = {name: needs for name, needs in escalations(frozenset(together)).items() if name not in alone}
    if methods:
        yield Violation(f"its policies together allow privilege escalation: {_ways_up(methods)}")


@statement_control(
    id="LP-IAM-011",
    title="iam:PassRole is limited to named roles and services",
    why="Passing any role to a service is getting that role's permissions.",
    fix="Name the role ARNs under Resource and the service in a condition on iam:PassedToService.",
    severity=Severity.HIGH,
    references=_references(),
)
def pass_role_is_limited(statement: Statement, _: Document) -> Iterable[str]:
    """iam:PassRole without named roles, or without iam:PassedToService."""
    if not statement.allows:
        return
    passing = next((each for each in named_actions(statement) if each.lower == "iam:passrole"), None)
    if passing is None:
        return
    if covers_every_resource(statement, passing):
        yield "lets any role be passed to a service"
    if not lists(statement, "iam:PassedToService") and not pinned(statement, "iam:AssociatedResourceArn"):
        yield "passes roles to any service, without a condition on iam:PassedToService"


def _unconstrained(
    says: str, chosen: Callable[[Action], bool], granted: Grants = actions_on_any_resource, **about: Any
) -> None:
    """A control that the chosen actions, which could be limited to an ARN, are."""

    def question(statement: Statement, document: Document) -> Iterable[str]:
        found = [each for each in restrictable(granted(statement, document)) if chosen(each)]
        if found:
            yield f"{says}: {in_short(each.name for each in found)}"

    statement_control(severity=Severity.HIGH, **about)(question)


_unconstrained(
    "lets access to any resource be changed",
    lambda action: action.level == PERMISSIONS_MANAGEMENT,
    unconstrained_actions,
    id="LP-IAM-012",
    title="Permissions management is constrained",
    why="An identity that changes who has access to any resource can open all of them.",
    fix="Name the ARNs under Resource, or narrow the statement by a condition.",
    references=_references(checkov=("CKV_AWS_289", "CKV_AWS_109")),
)


_unconstrained(
    "reads any data of its kind",
    lambda action: action.lower in exfiltration_actions(),
    id="LP-IAM-013",
    title="Reading data is constrained",
    why="One identity could copy the data of every system in the account.",
    fix="Name the ARNs of the buckets, parameters and secrets under Resource.",
    references=_references(checkov=("CKV_AWS_288", "CKV_AWS_108")),
)


@statement_control(
    id="LP-IAM-014",
    title="Actions that return credentials are constrained",
    why="Credentials taken this way work outside the system, and for other identities.",
    fix="Name the ARNs under Resource, with the account of a role.",
    severity=Severity.HIGH,
    references=_references(checkov=("CKV_AWS_287", "CKV_AWS_107")),
)
def credentials_are_constrained(statement: Statement, document: Document) -> Iterable[str]:
    """On everything, or of roles of the same name in any account, which whoever owns one may make."""
    actions = restrictable(actions_on_any_resource(statement, document))
    found = [each.name for each in actions if each.lower in credential_actions()]
    if found:
        yield f"hands out any credentials: {in_short(found)}"
    elif _assumes_roles(statement) and not any(pinned(statement, key) for key in _OWNERS):
        roles = [arn for arn in statement.resources if _ROLE_OF_ANY_ACCOUNT.fullmatch(arn)]
        if roles:
            yield f"assumes roles of any account: {in_short(roles)}"


_OWNERS = ("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths")
_ROLE_OF_ANY_ACCOUNT = re.compile(r"arn:[^:]*:iam:[^:]*:[*?]+:role/.*")


def _assumes_roles(statement: Statement) -> bool:
    return statement.allows and any(each.lower == "sts:assumerole" for each in named_actions(statement))


@statement_control(
    id="LP-IAM-015",
    title="Write access is constrained",
    why="A fault or an attacker can change or delete what other systems own.",
    fix="Name the ARNs under Resource, or narrow the statement by a condition.",
    severity=Severity.HIGH,
    references=_references(checkov=("CKV_AWS_290", "CKV_AWS_111")),
)
def write_is_constrained(statement: Statement, document: Document) -> Iterable[str]:
    """Write actions on Resource *."""
    if not statement.allows or not is_on_everything(statement):
        return
    actions = restrictable(unconstrained_actions(statement, document))
    writing = [each.name for each in actions if each.level == WRITE]
    if writing:
        yield f"changes any resource: {in_short(writing)}"


@statement_control(
    id="LP-IAM-016",
    title="No statement allows all of IAM",
    why="All of IAM is all of the account: its holder can write any policy for itself.",
    fix="List the IAM actions and the ARNs of the roles or policies that are needed.",
    severity=Severity.CRITICAL,
    references=_references(checkov=("CKV2_AWS_40",)),
)
def no_full_iam(statement: Statement, _: Document) -> Iterable[str]:
    """iam:* or *."""
    for pattern in statement.actions if statement.allows else ():
        service, _colon, name = pattern.lower().partition(":")
        if is_any_action(pattern) or (service == "iam" and not name.strip("*")):
            yield f"allows every IAM action ({pattern})"


_unconstrained(
    "decrypts with any key",
    lambda action: action.lower in {"kms:decrypt", "kms:reencryptfrom"},
    id="LP-IAM-017",
    title="Decryption is limited to named keys",
    why="A key only separates one class of data from another while not everyone can use every key.",
    fix="Name the key ARNs under Resource, or narrow by kms:ViaService or kms:ResourceAliases.",
    references=_references(security_hub=("KMS.1", "KMS.2")),
)


_unconstrained(
    "reads any secret",
    lambda action: action.lower == "secretsmanager:getsecretvalue",
    id="LP-IAM-018",
    title="Secrets are read by name",
    why="One identity could read the passwords of every system in the account.",
    fix="Name the secret ARNs under Resource.",
    references=_references(),
)

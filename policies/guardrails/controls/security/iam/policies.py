"""Statements of identity policies: wildcards, NotAction, NotResource, validity."""

from __future__ import annotations

from collections.abc import Iterable

from guardrails.iam.actions import expand, is_known_condition_key, is_known_service
from guardrails.iam.analysis import (
    is_on_everything,
    mismatched_actions,
    restrictable,
    unconstrained_actions,
    wide_write_patterns,
)
from guardrails.iam.attachments import granting_sources
from guardrails.iam.condition_operators import OPERATORS
from guardrails.iam.document import CURRENT_VERSION, Document, MalformedPolicyError, Statement
from guardrails.iam.patterns import is_any_action, is_any_arn
from guardrails.iam.sources import (
    GROUP_POLICY,
    IDENTITY_POLICY_TYPES,
    PERMISSION_SET_POLICY,
    POLICY,
    ROLE,
    ROLE_POLICY,
    USER_POLICY,
    Source,
    ask_statements,
    identity_sources,
    in_short,
    trust_sources,
)
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.policy_statements import statement_control

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.2"), ("UU PDP 39",))


@statement_control(
    id="LP-IAM-001",
    title="No statement grants full administration",
    why="Whoever takes over one identity with Action * on Resource * owns the account.",
    fix="List the actions and the ARNs that the identity needs.",
    severity=Severity.CRITICAL,
    references=_references(checkov=("CKV_AWS_62", "CKV_AWS_1"), security_hub=("IAM.1",)),
)
def no_full_administration(statement: Statement, _: Document) -> Iterable[str]:
    """Action * on Resource *."""
    if statement.allows and any(map(is_any_action, statement.actions)) and is_on_everything(statement):
        yield "allows every action on every resource"


@statement_control(
    id="LP-IAM-002",
    title="No statement allows every action",
    why="Action * includes actions that AWS has not even released yet.",
    fix="List the actions that the identity needs.",
    severity=Severity.HIGH,
    references=_references(checkov=("CKV_AWS_63", "CKV_AWS_49"), security_hub=("IAM.1",)),
)
def no_action_wildcard(statement: Statement, _: Document) -> Iterable[str]:
    """Action *, whatever the resource."""
    if statement.allows and any(map(is_any_action, statement.actions)):
        yield "allows every action of every service"


@statement_control(
    id="LP-IAM-003",
    title="No statement allows every action of a service",
    why="A service's wildcard mixes reading with deleting and with changing who has access.",
    fix="Replace service:* with the actions that the identity needs.",
    severity=Severity.MEDIUM,
    references=_references(security_hub=("IAM.21",)),
)
def no_service_wildcard(statement: Statement, _: Document) -> Iterable[str]:
    """Action svc:*."""
    if not statement.allows:
        return
    for pattern in statement.actions:
        service, _colon, name = pattern.partition(":")
        if name and not name.strip("*?") and service.strip("*"):
            yield f"allows every action of {service} ({pattern})"


@statement_control(
    id="LP-IAM-004",
    title="Actions that can be limited to an ARN are limited to one",
    why="Resource * reaches what other systems in the account own, now and later.",
    fix="Name the ARNs under Resource, and keep actions that only work on * in a statement of their own.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,  # LP-IAM-012 to 015 stop the run for the dangerous ones
    references=_references(checkov=("CKV_AWS_355", "CKV_AWS_356")),
)
def resources_are_named(statement: Statement, document: Document) -> Iterable[str]:
    """Resource * on restrictable actions."""
    if not statement.allows or not is_on_everything(statement):
        return
    loose = restrictable(unconstrained_actions(statement, document))
    if loose:
        yield f"allows {in_short(each.name for each in loose)} on every resource"


@control(
    id="LP-IAM-005",
    title="No partial wildcard covers many changing actions",
    why="s3:Put* also allows changing the bucket's policy, its encryption and its public access.",
    fix="List the actions, or use a wildcard that covers fewer.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=IDENTITY_POLICY_TYPES,
    parameters={
        "maximumWidth": {
            "type": "integer",
            "minimum": 1,
            "default": 5,
            "description": "How many actions that change something one wildcard may cover.",
        }
    },
    references=_references(),
)
def wildcards_are_narrow(resource: Resource, context: Context) -> Findings:
    """Partial wildcards such as s3:Put*."""

    def question(statement: Statement, _: Document) -> Iterable[str]:
        if statement.allows:
            for pattern, width in wide_write_patterns(statement, context.parameters["maximumWidth"]):
                yield f"{pattern} covers {width} actions that change something"

    return ask_statements(granting_sources(resource), question)


@statement_control(
    id="LP-IAM-006",
    title="No Allow with NotAction",
    why="Everything that is not listed is allowed, new services included.",
    fix="List what is allowed under Action; use NotAction only with Deny.",
    severity=Severity.HIGH,
    references=_references(),
    sources=lambda resource: [*granting_sources(resource), *trust_sources(resource)],
)
def no_allow_not_action(statement: Statement, _: Document) -> Iterable[str]:
    """Allow and NotAction together."""
    if statement.allows and statement.not_actions:
        yield "allows every action but those under NotAction"


@statement_control(
    id="LP-IAM-007",
    title="No Allow with NotResource",
    why="Everything that is not listed is reachable, new resources included.",
    fix="List what may be reached under Resource; use NotResource only with Deny.",
    severity=Severity.HIGH,
    references=_references(),
)
def no_allow_not_resource(statement: Statement, _: Document) -> Iterable[str]:
    """Allow and NotResource together."""
    if statement.allows and statement.not_resources:
        yield "allows access to every resource but those under NotResource"


@statement_control(
    id="LP-IAM-008",
    title="No trust policy allows NotPrincipal",
    why="Everyone who is not listed may assume the role, anonymous callers included.",
    fix="Name who may assume the role under Principal; use NotPrincipal only with Deny.",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    references=_references(),
    sources=trust_sources,
)
def no_allow_not_principal(statement: Statement, _: Document) -> Iterable[str]:
    """Allow and NotPrincipal together."""
    if statement.allows and statement.not_principals:
        yield "trusts everyone but those under NotPrincipal"


@statement_control(
    id="LP-IAM-019",
    title="Every action, condition key and ARN in a policy exists",
    why="IAM accepts misspelt names silently: the permission is missing, or the denial never applies.",
    fix="Correct the name, or name a resource of the kind that the action works on.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,  # the service data may be older than a new action
    references=_references(),
    sources=identity_sources,
)
def names_exist(statement: Statement, _: Document) -> Iterable[str]:
    """Misspelt actions, services, operators and keys, malformed ARNs, and actions without a fitting resource."""
    for pattern in (*statement.actions, *statement.not_actions):
        prefix = pattern.partition(":")[0]
        if not expand(pattern):
            unknown = "action" if is_known_service(prefix) else "service"
            yield f"{pattern} is no known {unknown}"
    for condition in statement.conditions:
        if condition.operator not in OPERATORS:
            yield f"{condition.operator} is no condition operator"
        if not is_known_condition_key(condition.key):
            yield f"{condition.key} is no known condition key"
    for arn in (*statement.resources, *statement.not_resources):
        if not is_any_arn(arn) and (not arn.startswith("arn:") or arn.count(":") < 5):
            yield f"{arn} is no ARN"
    for pattern in mismatched_actions(statement):
        yield f"{pattern} works on none of the resources that the statement names"


_QUOTAS = {POLICY: 6144, ROLE: 10240, ROLE_POLICY: 10240, GROUP_POLICY: 5120, USER_POLICY: 2048,
           PERMISSION_SET_POLICY: 32768}  # fmt: skip
"""Characters that IAM accepts, white space not counted."""


@control(
    id="LP-IAM-020",
    title="Policy documents are valid, of the current version and within the size quota",
    why="IAM refuses malformed documents half-way through a deployment; the old version ignores policy variables.",
    fix=f"Write valid JSON with Version {CURRENT_VERSION}; split a document that is too long.",
    severity=Severity.MEDIUM,
    types=IDENTITY_POLICY_TYPES,
    parameters={
        "trustPolicyQuota": {
            "type": "integer",
            "minimum": 1,
            "maximum": 4096,
            "default": 2048,
            "description": "The account's quota for the length of a trust policy, in characters.",
        }
    },
    references=_references(),
)
def documents_are_valid(resource: Resource, context: Context) -> Findings:
    """JSON, grammar, Version and size, of identity and trust policies."""
    for source in identity_sources(resource):
        yield from _document_faults(source, _QUOTAS[resource.type], trust=False)
    for source in trust_sources(resource):
        yield from _document_faults(source, context.parameters["trustPolicyQuota"], trust=True)


def _document_faults(source: Source, quota: int, *, trust: bool) -> Findings:
    try:
        document = source.document
        if document.version != CURRENT_VERSION:
            yield Violation(f"Version is {document.version or 'missing'}", f"{source.path}.Version")
        if document.size > quota:
            yield Violation(f"is {document.size} characters long, IAM accepts {quota}", source.path)
        if not document.statements:
            yield Violation("has no statement", f"{source.path}.Statement")
        for statement in document.statements:
            for fault in statement.faults(resource=not trust, principal=trust):
                yield Violation(fault, f"{source.path}.{statement.path}")
    except MalformedPolicyError as malformed:
        yield Violation(f"the document {malformed}", source.path)
    except UndeterminedError as unknown:
        inside = "" if unknown.path == source.path else f"{source.path}."
        yield UndeterminedError(inside + unknown.path)

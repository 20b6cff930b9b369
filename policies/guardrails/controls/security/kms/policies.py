"""Key policies and grants."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.controls.security.kms.keys import KEY, WITH_POLICIES
from guardrails.iam.conditions import allows_public_principal, constrains_to_account, names_an_account, pinned
from guardrails.iam.document import Document, Principal, Statement
from guardrails.iam.patterns import matches_action
from guardrails.iam.sources import ask_statements, policy_sources
from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError

KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
_ADMINISTER = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:CreateGrant")
_USE = ("kms:Decrypt", "kms:GenerateDataKey")


_CONTEXT = "kms:encryptioncontext:"


def _allowed(statement: Statement, actions: tuple[str, ...]) -> list[str]:
    return [
        action
        for action in actions
        if any(matches_action(pattern, action) for pattern in statement.actions)
        or (statement.not_actions and not any(matches_action(pattern, action) for pattern in statement.not_actions))
    ]


def _access(security_hub: tuple[str, ...] = (), checkov: tuple[str, ...] = ()) -> References:
    return References(
        checkov=checkov,
        security_hub=security_hub,
        soc2=("CC6.1", "CC6.3"),
        iso27001=("A.5.15", "A.8.24"),
        indonesia=("UU PDP 35", "UU PDP 39"),
    )


@control(
    id="LP-KMS-001",
    title="Key policies are not public",
    why="A key that anybody may use protects nothing.",
    fix="Name principals in each Allow statement, or tie it to kms:CallerAccount or aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=WITH_POLICIES,
    references=_access(("KMS.5",), ("CKV_AWS_33",)),
)
def key_is_not_public(key: Resource, _: Context) -> Findings:
    def question(statement: Statement, _document: Document) -> Iterator[str]:
        if allows_public_principal(statement):
            yield "it allows every principal and no condition ties it to an account or network"

    yield from ask_statements(policy_sources(key), question)


@control(
    id="LP-KMS-002",
    title="Keys have an explicit key policy",
    why="AWS's default policy leaves the decision about a key to every IAM administrator of the account.",
    fix="Set policy on the key, or add an aws:kms/keyPolicy:KeyPolicy for it.",
    severity=Severity.MEDIUM,
    types=(KEY,),
    scope=Scope.STACK,
    references=_access(checkov=("CKV2_AWS_64",)),
)
def key_has_policy(key: Resource, context: Context) -> Findings:
    if not key.has("policy") and not context.everything.referrers(key, [KEY_POLICY], "keyId"):
        yield Violation("no policy is set", "policy")


@control(
    id="LP-KMS-003",
    title="Key policies separate administration from use",
    why="Whoever administers a key should not be able to read what it protects, and the other way round.",
    fix="Allow kms:* to the account root only; list actions for administrators and users in statements of their own.",
    severity=Severity.HIGH,
    types=WITH_POLICIES,
    references=_access(),
)
def duties_are_separated(key: Resource, _: Context) -> Findings:
    def question(statement: Statement, document: Document) -> Iterator[str]:
        if not statement.allows or not _allowed(statement, _USE):
            return
        for principal in statement.principals:
            if not principal.is_whole_account and _administers(principal, statement, document):
                yield "it lets a principal other than the account root manage and use the key"
                return

    yield from ask_statements(policy_sources(key), question)


def _administers(principal: Principal, using: Statement, document: Document) -> bool:
    """Whether this statement, or an earlier or later one, lets the principal manage the key as well."""
    return any(
        other.allows and principal in other.principals and _allowed(other, _ADMINISTER[:2])
        for other in (using, *document.statements)
    )


@control(
    id="LP-KMS-004",
    title="Key policies let services act for our own account only",
    why="A service works for every customer of AWS; without a condition, others can make it use the key.",
    fix="Add a condition on kms:ViaService, kms:CallerAccount, aws:SourceAccount, aws:SourceArn or encryption context.",
    severity=Severity.HIGH,
    types=WITH_POLICIES,
    references=_access(),
)
def services_are_constrained(key: Resource, _: Context) -> Findings:
    def question(statement: Statement, _document: Document) -> Iterator[str]:
        if not statement.allows or not _allowed(statement, (*_USE, "kms:CreateGrant", "kms:Encrypt")):
            return
        services = [principal.name for principal in statement.principals if principal.kind == "Service"]
        if services and not _is_tied(statement):
            yield f"no condition ties {', '.join(services)} to this account"

    yield from ask_statements(policy_sources(key), question)


def _is_tied(statement: Statement) -> bool:
    """Whether it names an account, a service of it or what is encrypted; an ARN of any account names nothing."""
    contexts = (pinned(statement, test.key) for test in statement.conditions if test.key.startswith(_CONTEXT))
    by_context = any(
        values and all(names_an_account(value) or not value.startswith("arn:") for value in values)
        for values in contexts
    )
    return by_context or constrains_to_account(statement) or bool(pinned(statement, "kms:ViaService"))


@control(
    id="LP-KMS-005",
    title="Grants name a principal and operations",
    why="A grant is access that no policy shows.",
    fix="Name one granteePrincipal, and in operations only what it needs; CreateGrant passes the access on.",
    severity=Severity.HIGH,
    types=("aws:kms/grant:Grant",),
    references=_access(),
)
def grant_is_narrow(grant: Resource, _: Context) -> Findings:
    def of_whom(path: str) -> Findings:
        grantee = grant.text(path)
        if "*" in grantee or Principal("AWS", grantee).is_whole_account:
            yield Violation("it is granted to more than one principal", path)

    def of_what(path: str) -> Findings:
        operations = grant.items(path)
        if "CreateGrant" in operations:
            yield Violation("the access can be passed on by CreateGrant", path)
        elif UNKNOWN in operations:
            yield UndeterminedError(path)

    yield from each(["granteePrincipal"], of_whom)
    yield from each(["operations"], of_what)


@control(
    id="LP-KMS-007",
    title="External key stores are reached through a VPC",
    why="The proxy that decrypts everything would be on the internet.",
    fix="Set xksProxyConnectivity to VPC_ENDPOINT_SERVICE.",
    severity=Severity.HIGH,
    types=("aws:kms/customKeyStore:CustomKeyStore",),
    references=_access(),
)
def key_store_is_private(store: Resource, _: Context) -> Findings:
    if store.get("xksProxyConnectivity") == "PUBLIC_ENDPOINT":
        yield Violation("its proxy is on the internet", "xksProxyConnectivity")

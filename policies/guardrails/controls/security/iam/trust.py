"""Trust policies of roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from guardrails.iam.conditions import (
    allows_public_principal,
    constrains_to_account,
    demands_second_factor,
    pinned,
    pins_exactly,
)
from guardrails.iam.confused_deputy import SERVICES_THAT_NAME_THEIR_SOURCE
from guardrails.iam.document import Document, Principal, Statement
from guardrails.iam.sources import ROLE, ask_statements, trust_sources
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.policy_statements import statement_control

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.5.16"), ("UU PDP 39",))

_CALLER_KEYS = (
    *("sts:ExternalId", "aws:PrincipalArn", "aws:userid", "aws:username", "sts:SourceIdentity"),
    "aws:PrincipalTag/",
)
"""Keys that tell one caller of an account from another."""
_WHOLE_ACCOUNT = re.compile(r"arn:[^:]*:(iam|sts)::[^:]*:(root|\*|(role|user|assumed-role)/\*)")

_REGION = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d\.")
"""Of a service's name in one region, such as ``logs.ap-southeast-3.amazonaws.com``."""
_WORKLOAD_SERVICES = frozenset({"pods.eks.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com"})

_FORGEABLE_GITHUB_CLAIMS = ("workflow", "environment", "ref", "context", "head_ref", "base_ref", "event_name")
"""Claims that any repository can set to any value."""


def _identity_provider(principal: Principal) -> str | None:
    """The host and path of an OIDC provider in IAM, as its condition keys begin."""
    found = re.search(r":oidc-provider/(.+)$", principal.name)
    return found[1] if principal.kind == "Federated" and found else None


def _is_cluster(provider: str) -> bool:
    return re.match(r"oidc\.eks\.[a-z0-9-]+\.amazonaws\.com|oidc-eks\.[a-z0-9-]+\.api\.", provider) is not None


def _providers(statement: Statement) -> Iterator[str]:
    if statement.allows:
        yield from filter(None, map(_identity_provider, statement.principals))


@statement_control(
    id="LP-IAM-024",
    title="No trust policy lets anyone assume the role",
    why="Principal * is every AWS account in the world.",
    fix="Name the roles or services that may assume it under Principal.",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    references=_references(checkov=("CKV_AWS_60",)),
    sources=trust_sources,
)
def trust_is_not_public(statement: Statement, _: Document) -> Iterable[str]:
    """Principal * without a condition on account, organisation or network."""
    if allows_public_principal(statement) and not statement.not_principals:
        yield "lets any AWS principal assume the role"


@statement_control(
    id="LP-IAM-025",
    title="No trust policy names all services or a whole account",
    why="Every identity of the account with sts:AssumeRole can take the role, compromised ones included.",
    fix="Name the roles or the service under Principal, or tell callers apart by sts:ExternalId or aws:PrincipalArn.",
    severity=Severity.HIGH,
    types=(ROLE,),
    references=_references(checkov=("CKV_AWS_61",)),
    sources=trust_sources,
)
def trust_names_principals(statement: Statement, _: Document) -> Iterable[str]:
    """The root or id of an account, or Service *, without a condition that tells callers apart."""
    if not statement.allows or _tells_callers_apart(statement):
        return
    for principal in statement.principals:
        if principal.is_whole_account:
            yield f"trusts the whole account {principal.account or '*'}"
        elif principal.kind == "Service" and not principal.name.strip("*"):
            yield "trusts every AWS service"


def _tells_callers_apart(statement: Statement) -> bool:
    listed = [values for key in _CALLER_KEYS if (values := pinned(statement, key))]
    return demands_second_factor(statement) or any(not any(map(_WHOLE_ACCOUNT.fullmatch, values)) for values in listed)


@control(
    id="LP-IAM-026",
    title="Trust in another account is tied to an external id or an organisation",
    why="A vendor that serves several customers can be tricked into using the role for the wrong one.",
    fix="Add a condition on sts:ExternalId or aws:PrincipalOrgID, or list the account in allowedAccounts.",
    severity=Severity.HIGH,
    types=(ROLE,),
    references=_references(),
)
def cross_account_trust_is_tied(role: Resource, context: Context) -> Findings:
    """Principals of accounts that are neither the role's own nor in allowedAccounts."""
    own = set(_own_accounts(role))
    trusted = own.union(context.parameters["allowedAccounts"])

    def question(statement: Statement, _: Document) -> Iterable[str]:
        if not statement.allows or any(
            pinned(statement, key) for key in ("sts:ExternalId", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")
        ):
            return
        foreign = {each.account for each in statement.principals if each.kind == "AWS" and each.account} - trusted
        if foreign and not own:
            raise UndeterminedError(f"{statement.path}.Principal")  # it may be the role's own account
        for account in sorted(filter(None, foreign)):
            yield f"trusts the account {account} without an external id"

    return ask_statements(trust_sources(role), question)


def _own_accounts(role: Resource) -> Iterator[str]:
    """The accounts that the role can be in: its ARN's once it exists, and those its provider is bound to.

    A provider's structured settings travel as JSON text, hence the search in text.
    """
    settings = role.provider.properties if role.provider else {}
    yield from re.findall(r"^arn:[^:]*:iam::(\d{12}):", str(role.outputs.get("arn")))
    yield from re.findall(r":iam::(\d{12}):role/", str(settings.get("assumeRoles")))[-1:]
    yield from re.findall(r"(?<!\d)\d{12}(?!\d)", str(settings.get("allowedAccountIds")))


@statement_control(
    id="LP-IAM-027",
    title="Trust in a service names whose resources may use the role",
    why="Without it, the service can be made to use the role for somebody else's resource: the confused deputy.",
    fix="Add a condition on aws:SourceAccount, or on aws:SourceArn with the resource's ARN.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(ROLE,),
    references=_references(),
    sources=trust_sources,
)
def service_trust_names_source(statement: Statement, _: Document) -> Iterable[str]:
    """Services that pass aws:SourceArn or aws:SourceAccount when they assume a role."""
    if not statement.allows or constrains_to_account(statement) or pinned(statement, "sts:ExternalId"):
        return
    for kind, name in statement.principals:
        if kind == "Service" and _REGION.sub(".", name) in SERVICES_THAT_NAME_THEIR_SOURCE:
            yield f"lets {name} use the role for any account's resources"


@statement_control(
    id="LP-IAM-028",
    title="Trust in a CI identity provider pins subject and audience",
    why="Without a subject, any repository on the same platform can deploy into this account.",
    fix="Add StringEquals on PROVIDER:aud, and on PROVIDER:sub with organisation, repository and branch.",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    references=_references(checkov=("CKV_AWS_393", "CKV_AWS_358")),
    sources=trust_sources,
)
def ci_trust_is_pinned(statement: Statement, _: Document) -> Iterable[str]:
    """OIDC providers other than EKS clusters."""
    for provider in _providers(statement):
        if _is_cluster(provider):
            continue
        subjects = pinned(statement, f"{provider}:sub")
        if not subjects:
            yield f"trusts every subject of {provider}"
        elif not all(_names_its_owner(provider, subject) for subject in subjects):
            yield f"trusts subjects of {provider} that others can take"
        if not pinned(statement, f"{provider}:aud"):
            yield f"trusts every audience of {provider}"


_PUBLIC_PROVIDERS = {
    "accounts.google.com": "accounts.google.com:aud",
    "cognito-identity.amazonaws.com": "cognito-identity.amazonaws.com:aud",
    "graph.facebook.com": "graph.facebook.com:app_id",
    "www.amazon.com": "www.amazon.com:app_id",
}
"""Identity providers that serve everybody, and the key that tells one's own application from others."""


@statement_control(
    id="LP-IAM-041",
    title="Trust in a public identity provider names the application",
    why="Everybody has an identity there: without its audience, users of any application take the role.",
    fix="Add StringEquals on the key that names the application or the identity pool, such as PROVIDER:aud.",
    severity=Severity.CRITICAL,
    types=(ROLE,),
    references=_references(),
    sources=trust_sources,
)
def public_provider_is_pinned(statement: Statement, _: Document) -> Iterable[str]:
    """Also SAML providers, whose assertions are for one recipient, ``SAML:aud``."""
    for kind, name in statement.principals if statement.allows else ():
        key = _PUBLIC_PROVIDERS.get(name, "SAML:aud" if ":saml-provider/" in name else "")
        if kind == "Federated" and key and not pinned(statement, key):
            yield f"trusts {name} whatever {key} is"


def _names_its_owner(provider: str, subject: str) -> bool:
    """Whether what stands before the first wildcard ends a claim's value: ``repo:org/*``, not ``repo:org*``."""
    if "githubusercontent.com" in provider and subject.partition(":")[0] in _FORGEABLE_GITHUB_CLAIMS:
        return False
    fixed = re.split(r"[*?]", subject, maxsplit=1)[0]
    return bool(fixed) and (fixed == subject or re.fullmatch(r"(?![a-z_]+:$).+[/:]", fixed) is not None)


@statement_control(
    id="LP-IAM-029",
    title="Trust in a cluster's service accounts names one exactly",
    why="With a wildcard, whoever may create a service account in the cluster gets the role.",
    fix="Use StringEquals on PROVIDER:sub (system:serviceaccount:NAMESPACE:NAME) and on PROVIDER:aud.",
    severity=Severity.HIGH,
    types=(ROLE,),
    references=_references(),
    sources=trust_sources,
)
def service_account_trust_is_exact(statement: Statement, _: Document) -> Iterable[str]:
    """IAM roles for service accounts."""
    for provider in filter(_is_cluster, _providers(statement)):
        if not pins_exactly(statement, f"{provider}:sub"):
            yield "doesn't name the service account exactly, by StringEquals on its sub"
        if not pins_exactly(statement, f"{provider}:aud"):
            yield "doesn't name the audience exactly, by StringEquals on its aud"


_NO_BOUND = ":aws:policy/AdministratorAccess"


@control(
    id="LP-IAM-030",
    title="Workload and CI roles have a permissions boundary",
    why="A boundary holds even where a policy is later written too widely.",
    fix="Set permissionsBoundary to the ARN of the boundary policy.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(ROLE,),
    references=_references(),
)
def workload_roles_are_bounded(role: Resource, _: Context) -> Findings:
    """Roles that pods, tasks, functions or an OIDC identity provider assume; AdministratorAccess bounds nothing."""

    def question(statement: Statement, _: Document) -> Iterable[str]:
        if any(name in _WORKLOAD_SERVICES for _, name in statement.principals) or any(_providers(statement)):
            yield "is for a workload or a pipeline and no permissions boundary limits it"

    if not role.has("permissionsBoundary") or str(role.raw("permissionsBoundary")).endswith(_NO_BOUND):
        found = next(iter(ask_statements(trust_sources(role), question)), None)
        if isinstance(found, Violation):
            yield Violation(found.why, "permissionsBoundary")
        elif found is not None:
            yield found

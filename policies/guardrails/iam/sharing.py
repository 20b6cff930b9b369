"""Whom a resource's policy lets in: everybody, which other accounts, and for whom it lets services in."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.iam.conditions import allows_public_principal, constrains_to_account, pinned
from guardrails.iam.document import Document, Statement
from guardrails.iam.sources import ask_statements, in_short, policy_sources
from guardrails.model.arn import parse_arn
from guardrails.model.control import Context, Findings
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError

_ACCOUNTS = (
    "aws:PrincipalAccount",
    "aws:SourceAccount",
    "aws:SourceOwner",
    "aws:VpceAccount",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
)
_ARNS = ("aws:PrincipalArn", "aws:SourceArn", "s3:DataAccessPointArn")
_SILENT = {"aws:sns": ("events.amazonaws.com",)}
"""Types -> services that don't say to them for whom they act, so that a condition would keep them out."""
_ORGANIZATIONS = ("aws:PrincipalOrgID", "aws:SourceOrgID", "aws:PrincipalOrgPaths", "aws:SourceOrgPaths")


def not_public(resource: Resource, _: Context) -> Findings:
    """A check that no statement of the resource's policy allows everybody something."""

    def question(statement: Statement, _document: Document) -> Iterator[str]:
        if allows_public_principal(statement):
            yield "it allows every principal and no condition ties it to an account, an organisation or a network"

    return ask_statements(policy_sources(resource), question)


def not_shared(resource: Resource, context: Context) -> Findings:
    """A check that the resource's policy lets no account or organisation in that isn't an allowed one."""
    own = own_accounts(resource)
    trusted = own | trusted_accounts(resource, context)

    def question(statement: Statement, _document: Document) -> Iterator[str]:
        outside = outsiders(statement, trusted, set(context.parameters["organizationIds"]))
        if outside and not own:
            raise UndeterminedError(f"{statement.path}.Principal")  # it may be the resource's own account
        if outside:
            yield f"it lets {in_short(sorted(outside))} in"

    return ask_statements(policy_sources(resource), question)


def services_act_for_us(resource: Resource, _: Context) -> Findings:
    """A check that each service that the resource's policy lets in acts for an account or resource that is named."""
    silent = _SILENT.get(resource.type.partition("/")[0], ())

    def question(statement: Statement, _document: Document) -> Iterator[str]:
        services = [name for kind, name in statement.principals if kind == "Service" and name not in silent]
        if services and statement.allows and not constrains_to_account(statement):
            yield f"no condition says for whose resources {in_short(services)} may act"

    resource_policies = (source for source in policy_sources(resource) if "AssumeRole" not in source.path)
    return ask_statements(resource_policies, question)


def own_accounts(resource: Resource) -> set[str]:
    """The accounts that a resource can be in: its ARN's, or those that its provider is pinned to."""
    arns = (parse_arn(str(values.get("arn"))) for values in (resource.properties, resource.outputs))
    named = {arn.account for arn in arns if arn and arn.account.isdigit()}
    return named or trusted_accounts(resource, Context({"allowedAccounts": ()}))


def outsiders(statement: Statement, accounts: set[str], organizations: set[str]) -> set[str]:
    """The accounts and organisations beyond these that an Allow statement lets in; everybody isn't among them.

    Principals and conditions all limit it: what any of them keeps inside is inside. Without ``organizations``, a
    condition on any organisation is taken to name one's own.
    """
    if not statement.allows:
        return set()
    limits = [{each.account for each in statement.principals if each.account}]
    limits += [set(pinned(statement, key)) for key in _ACCOUNTS]
    limits += [{_account(arn) for arn in pinned(statement, key)} for key in _ARNS]
    foreign = [{f"account {account}" for account in limit - accounts} for limit in limits if all(limit) and limit]
    for key in _ORGANIZATIONS:
        named = {value.partition("/")[0] for value in pinned(statement, key)}
        if named:
            foreign.append({f"organisation {each}" for each in named - organizations if organizations})
    return min(foreign, key=len, default=set())


def _account(arn: str) -> str:
    """The account of an ARN; empty when it is in any account, or has none as those of buckets."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 4 and parts[4].isdigit() else ""

"""Resource policies of any type: public ones, those for other accounts, and those that let services in for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_action, is_any_arn
from guardrails.iam.sharing import not_public, not_shared, services_act_for_us
from guardrails.iam.sources import IDENTITY_POLICY_TYPES, ask_statements, policy_sources
from guardrails.model.arn import parse_arn
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.every_service import forbid_values, of_every_service

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 35", "UU PDP 39"))

of_every_service(
    id_="LP-AWS-004",
    unless=("LP-BACKUP-001", "LP-ECR-001", "LP-EFS-003", "LP-IAM-001", "LP-IAM-024", "LP-KMS-001", "LP-S3-008",
            "LP-SECRETSMANAGER-001", "LP-SNS-001", "LP-SQS-001", "LP-VPCE-007"),
    title="Resource policies of every service are not public",
    why="Anyone on the internet with an AWS account could use the resource.",
    fix="Name principals in each Allow statement, or tie it to aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn.",
    severity=Severity.CRITICAL,
    references=_references(),
)(not_public)  # fmt: skip
of_every_service(
    id_="LP-AWS-005",
    unless=("LP-BACKUP-001", "LP-ECR-002", "LP-IAM-001", "LP-IAM-026", "LP-S3-009", "LP-SNS-002", "LP-VPCE-007"),
    title="Resource policies of every service grant access to allowed accounts only",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Remove the principal, or list its account in allowedAccounts.",
    severity=Severity.HIGH,
    references=_references(),
)(not_shared)
of_every_service(
    id_="LP-AWS-006",
    title="Resource policies of every service let services act for named accounts only",
    why="Without it, the service can be made to act for somebody else's resource: the confused deputy.",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=_references(),
)(services_act_for_us)

_LIMITS = ("condition", "principalOrgId", "sourceAccount", "sourceArn", "organizationId")
"""Properties beside a principal that narrow whom it stands for."""
_EVERYBODY = frozenset({"*", "all", "iam_allowed_principals", "everyone", "public"})
_ACCOUNTS = {
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": "consumerIdentifier",
    "aws:redshift/endpointAuthorization:EndpointAuthorization": "account",
    "aws:s3control/accessGrant:AccessGrant": "grantee.granteeIdentifier",
}
"""Types that let an account in by a property that isn't named after a principal."""
_JUDGED_ELSEWHERE = ("aws:iam/", "aws:lambda/", "aws:ec2/ami", "aws:ec2/snapshot", "aws:servicecatalog/")


def _principals(resource: Resource) -> Iterator[tuple[str, object]]:
    for path, name, value in resource.named_leaves:
        if "Statement" in path:
            continue
        if path == _ACCOUNTS.get(resource.type) or name in {"principal", "principals"} or name.endswith(
            ("principal", "principalarn", "principalid", "principalidentifier")
        ):  # fmt: skip
            yield path, value


@control(
    id="LP-AWS-007",
    title="Permissions without a policy document are not for everybody",
    why="Anyone on the internet with an AWS account could use the resource.",
    fix="Name an account or a role, or limit it by a condition on aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=("aws:*",),
    references=_references(),
)
def grant_is_not_public(grant: Resource, _: Context) -> Findings:
    """Properties that name whom to let in; IAM_ALLOWED_PRINCIPALS is Lake Formation's word for whom IAM lets in."""
    if grant.type.startswith(_JUDGED_ELSEWHERE) or any(grant.has(limit) for limit in _LIMITS):
        return
    for path, value in _principals(grant):
        if value is UNKNOWN and path == "principal":
            yield UndeterminedError(path)
        elif isinstance(value, str) and value.lower() in _EVERYBODY:
            yield Violation("everybody is let in", path)


@control(
    id="LP-AWS-008",
    title="Permissions without a policy document are for allowed accounts",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Name a principal of an account of one's own, or list its account in allowedAccounts.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_references(),
)
def grant_is_for_known_accounts(grant: Resource, context: Context) -> Findings:
    """Accounts, and the accounts of ARNs, in properties that name whom to let in."""
    if grant.type.startswith(_JUDGED_ELSEWHERE):
        return
    for path, value in _principals(grant):
        arn = parse_arn(value) if isinstance(value, str) else None
        account = arn.account if arn and arn.service != "organizations" else value
        if not isinstance(account, str) or not re.fullmatch(r"\d{12}", account):
            continue
        trusted = trusted_accounts(grant, context)
        if not trusted:
            yield UndeterminedError(path)
        elif account not in trusted:
            yield Violation(f"account {account} is not an allowed one", path)


@control(
    id="LP-AWS-009",
    title="Policies that any service takes don't allow everything",
    why="A policy of a device, a session or a template that allows everything is a role that does.",
    fix="Name the actions and the ARNs that are needed.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=_references(),
)
def policy_allows_not_everything(resource: Resource, _: Context) -> Findings:
    """All actions, or all of one service, on all resources; IAM's own types have controls that look closer."""

    def question(statement: Statement, _document: Document) -> Iterator[str]:
        everything = [each for each in statement.actions if is_any_action(each) or each.endswith(":*")]
        if not statement.allows or statement.principals or statement.not_principals or statement.conditions:
            return
        if everything and any(map(is_any_arn, statement.resources)):
            yield f"it allows {', '.join(everything)} on every resource"

    if resource.type not in IDENTITY_POLICY_TYPES and not resource.type.startswith("aws:organizations/"):
        yield from ask_statements(policy_sources(resource), question)


_OPEN = (
    "none",
    "no",
    "guestaccess",
    "no_auth",
    "unauthenticated",
    "anonymous",
    "no-password",
    "no-password-required",
    "open",
)
forbid_values(
    {
        "authtype": _OPEN,
        "authentication": _OPEN,
        "authmode": _OPEN,
        "authenticationtype": _OPEN,
        "authenticationmode": _OPEN,
        "authorizationtype": _OPEN,
        "authorizertype": _OPEN,
        "unauthenticated": (True, "true"),
        "allowunauthenticatedidentities": (True, "true"),
        "nopasswordrequired": (True, "true"),
    },
    id_="LP-AWS-010",
    title="No service lets callers in without authentication",
    why="Whoever reaches the service uses it, and nobody knows who it was.",
    fix="Choose IAM, a user pool or certificates for authentication.",
    severity=Severity.HIGH,
    references=_references(),
)

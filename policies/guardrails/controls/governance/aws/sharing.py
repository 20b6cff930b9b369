"""Resource policies of any type: public ones, those for other accounts, and those that let services in for anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.iam.conditions import is_narrowed
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_action, is_any_arn
from guardrails.iam.sharing import not_public, not_shared, services_act_for_us
from guardrails.iam.sources import IDENTITY_POLICY_TYPES, ask_statements, policy_sources
from guardrails.model.arn import parse_arn
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.every_service import SET, forbid_values, of_every_service, require_values

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
    unless=("LP-CLOUDWATCH-001", "LP-IAM-001", "LP-KMS-004", "LP-S3-012", "LP-SQS-003"),
    title="Resource policies of every service let services act for named accounts only",
    why="Without it, the service can be made to act for somebody else's resource: the confused deputy.",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=_references(),
)(services_act_for_us)

_LIMITS = ("condition", "principalOrgId", "sourceAccount", "sourceArn", "organizationId")
"""Properties beside a principal that narrow whom it stands for."""
_ANY = re.compile(r"(o-)?[*?]+")
"""A value of theirs that narrows nothing."""
_EVERYBODY = frozenset({"*", "all", "iam_allowed_principals", "everyone", "public"})
_ACCOUNTS = {
    "aws:cfg/aggregateAuthorization:AggregateAuthorization": ("accountId",),
    "aws:cleanrooms/collaboration:Collaboration": ("members[*].accountId",),
    "aws:directconnect/hostedConnection:HostedConnection": ("ownerAccountId",),
    "aws:directconnect/hostedPrivateVirtualInterface:HostedPrivateVirtualInterface": ("ownerAccountId",),
    "aws:directconnect/hostedTransitVirtualInterface:HostedTransitVirtualInterface": ("ownerAccountId",),
    "aws:ec2/networkInterfacePermission:NetworkInterfacePermission": ("awsAccountId",),
    "aws:imagebuilder/distributionConfiguration:DistributionConfiguration": (
        "distributions[*].amiDistributionConfiguration.launchPermission.userIds[*]",
        "distributions[*].amiDistributionConfiguration.targetAccountIds[*]",
    ),
    "aws:lakeformation/dataLakeSettings:DataLakeSettings": (
        "externalDataFilteringAllowLists[*]",
        "trustedResourceOwners[*]",
    ),
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": ("consumerIdentifier",),
    "aws:redshift/endpointAuthorization:EndpointAuthorization": ("account",),
    "aws:ssm/document:Document": ("permissions.accountIds", "permissions.account_ids"),
}
"""Types that let accounts in by properties that aren't named after a principal."""
_JUDGED_ELSEWHERE = ("aws:iam/", "aws:lambda/", "aws:ec2/ami", "aws:ec2/snapshot", "aws:servicecatalog/")


_PRINCIPAL = (
    "principal", "principals", "principalarn", "principalid", "principalidentifier", "granteeidentifier", "usergroups",
)  # fmt: skip
"""How the names of properties end that say whom to let in."""


def _principals(resource: Resource) -> Iterator[tuple[str, object]]:
    for path in _ACCOUNTS.get(resource.type, ()):
        yield from ((path.replace("[*]", ""), value) for value in values_at(resource, path))
    for path, name, value in resource.named_leaves:
        if "Statement" not in path and name.endswith(_PRINCIPAL):
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
    if grant.type.startswith(_JUDGED_ELSEWHERE) or any(_narrows(grant, limit) for limit in _LIMITS):
        return
    for path, value in _principals(grant):
        if value is UNKNOWN and path == "principal":
            yield UndeterminedError(path)
        elif isinstance(value, str) and value.lower() in _EVERYBODY:
            yield Violation("everybody is let in", path)


def _narrows(grant: Resource, limit: str) -> bool:
    values = values_at(grant, f"{limit}.value" if limit == "condition" else limit)
    return bool(values) and not any(isinstance(value, str) and _ANY.fullmatch(value) for value in values)


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
    """Accounts, the accounts of ARNs, and organizations, in properties that name whom to let in."""
    if grant.type.startswith(_JUDGED_ELSEWHERE):
        return
    trusted, organizations = trusted_accounts(grant, context), context.parameters["organizationIds"]
    for path, value in _principals(grant):
        for each in value.split(",") if isinstance(value, str) else ():
            arn = parse_arn(each.strip())
            account = arn.account if arn and arn.service != "organizations" else each.strip()
            organization = re.match(r"(?:organization|ou)/(o-[a-z0-9]+)", arn.resource) if arn else None
            if organization and organizations and organization[1] not in organizations:
                yield Violation(f"organization {organization[1]} is not an allowed one", path)
            elif not re.fullmatch(r"\d{12}", account):
                continue
            elif not trusted:
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
        if not statement.allows or statement.principals or statement.not_principals or is_narrowed(statement):
            return
        if any(map(is_any_arn, statement.resources)):
            if everything or resource.type == _DEVICES:
                yield f"it allows {', '.join(everything or statement.actions)} on every resource"
            if statement.not_actions:
                yield "it allows all actions but those that it names on every resource"

    if resource.type not in IDENTITY_POLICY_TYPES and not resource.type.startswith("aws:organizations/"):
        yield from ask_statements(policy_sources(resource), question)
    for path, name, value in resource.named_leaves if resource.type == _SEARCH else ():
        if name == "permission" and value == "aoss:*":
            yield Violation("it allows everything", path)


_DEVICES = "aws:iot/policy:Policy"
"""Policies of devices: each action of theirs on every resource lets one device act as another."""
_SEARCH = "aws:opensearch/serverlessAccessPolicy:ServerlessAccessPolicy"
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
        "anonymousauthenabled": (True, "true"),
        "onunauthenticatedrequest": ("allow",),
        "roles.unauthenticated": SET,
    },
    id_="LP-AWS-010",
    unless=(
        "LP-APIGATEWAY-002",
        "LP-APPSYNC-001",
        "LP-COGNITO-002",
        "LP-ELASTICACHE-002",
        "LP-LAMBDA-003",
        "LP-VPCLATTICE-001",
    ),
    title="No service lets callers in without authentication",
    why="Whoever reaches the service uses it, and nobody knows who it was.",
    fix="Choose IAM, a user pool or certificates for authentication.",
    severity=Severity.HIGH,
    references=_references(),
)
require_values(
    {
        "aws:transfer/access:Access": {"homeDirectoryType": ("LOGICAL",)},
        "aws:transfer/user:User": {"homeDirectoryType": ("LOGICAL",)},
    },
    id="LP-AWS-017",
    title="Users of Transfer Family see their own folder only",
    why="With a path as home, a user walks up to the root of the bucket or the file system.",
    fix="Set homeDirectoryType to LOGICAL, with homeDirectoryMappings from / to the user's folder.",
    severity=Severity.MEDIUM,
    references=_references(),
)
forbid_values(
    {"externalconnectionname": SET},
    id_="LP-AWS-018",
    unless=(),
    title="Package repositories have no public upstream",
    why="Whoever publishes a package under the name of an internal one has it installed: dependency confusion.",
    fix="Connect a repository of its own to the public one, and take from it what was reviewed.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=Criteria(("CC6.8",), ("A.8.28",))(),
)
require_values(
    {"aws:bedrock/agentAgent:AgentAgent": {"guardrailConfigurations": SET}},
    id="LP-AWS-021",
    title="Agents have a guardrail",
    why="Whoever talks to an agent can talk it into what its role may do.",
    fix="Name a guardrail of Bedrock in guardrailConfigurations.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=Criteria(("CC6.8",), ("A.8.28",))(),
)
forbid_values(
    {"masterusername": ("awsuser",), "adminusername": ("admin",)},
    id_="LP-AWS-022",
    unless=(),
    title="Administrators of warehouses have names of their own",
    why="Whoever guesses passwords tries the name that AWS's examples have first.",
    fix="Name the administrator otherwise; it replaces the cluster.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=References(security_hub=("Redshift.8", "RedshiftServerless.5"), soc2=("CC6.1",), iso27001=("A.8.2",)),
)

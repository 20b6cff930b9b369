"""Lambda functions: resource policies, function URLs, VPC and environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from guardrails.iam.conditions import allows_public_principal, constrains_to_account
from guardrails.iam.document import Statement
from guardrails.iam.sharing import outsiders, own_accounts
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.references import CUSTOMER_KEY, network_boundary, resource_access
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.shapes.credentials import credentials_in
from guardrails.shapes.properties import customer_key, require_value

FUNCTION = "aws:lambda/function:Function"
PERMISSION = "aws:lambda/permission:Permission"
_LAYER_PERMISSION = "aws:lambda/layerVersionPermission:LayerVersionPermission"
_URL = "aws:lambda/functionUrl:FunctionUrl"
_VARIABLES = "environment.variables"
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?|[a-z0-9.-]+\.amazon\.com")


@control(
    id="ENC-LAMBDA-001",
    title="Environment variables of functions are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set kmsKeyArn to an aws:kms/key:Key.",
    severity=Severity.MEDIUM,
    types=(FUNCTION,),
    references=References(checkov=("CKV_AWS_173",), soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)
def environment_has_own_key(function: Resource, context: Context) -> Findings:
    """A function without variables has nothing to encrypt."""
    if function.has("kmsKeyArn") or function.get(_VARIABLES):
        yield from customer_key(function, "kmsKeyArn", context)


@control(
    id="LP-LAMBDA-001",
    title="Function policies let services act for our own resources only",
    why="A service works for every customer of AWS; without a source, others can make it call the function.",
    fix="Set sourceArn to the resource that calls, or sourceAccount, without wildcards in the account.",
    severity=Severity.HIGH,
    types=(PERMISSION,),
    references=resource_access(checkov=("CKV_AWS_364",)),
)
def service_is_limited(permission: Resource, _: Context) -> Findings:
    """A service elsewhere than in AWS (Alexa) shows the token of the one skill that may call."""
    if permission.has("eventSourceToken"):
        return
    principal, stated = permission.text("principal"), [name for name in _SOURCES if permission.has(name)]
    if not _SERVICE.fullmatch(principal) or any(permission.raw(name) is UNKNOWN for name in stated):
        return  # what comes from elsewhere is named
    if not stated:
        yield Violation(f"no source ARN or account says for whose resources {principal} may call", "sourceArn")
    elif not constrains_to_account(_statement(permission, stated)):
        yield Violation(f"it stands for any account, so {principal} may call for everybody", stated[0])


@control(
    id="LP-LAMBDA-002",
    title="Functions and layers are not public",
    why="Anybody could run the function, at our cost and with its role, or read the layer's code.",
    fix="Name an account, a role or a service in principal; for all of an organisation set principalOrgID "
    "(of a layer: organizationId); with S3, set sourceAccount as well.",
    severity=Severity.CRITICAL,
    types=(PERMISSION, _LAYER_PERMISSION),
    references=resource_access(checkov=("CKV_AWS_301",), security_hub=("Lambda.1",)),
)
def function_is_not_public(permission: Resource, _: Context) -> Findings:
    """With a service, whose resources it may act for is asked by LP-LAMBDA-001; a bucket's ARN names no account."""
    limits = [name for name in _CONDITIONS if name != "sourceArn" or _names_account(permission)]
    if permission.get("principal") == "s3.amazonaws.com" and not constrains_to_account(_statement(permission, limits)):
        yield Violation("the ARN of a bucket names no account: whoever makes one of that name may call", "principal")
    elif allows_public_principal(_statement(permission, limits)):
        yield Violation("it is public", "principal")


@control(
    id="LP-LAMBDA-007",
    title="Functions and layers are shared with allowed accounts only",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Remove the permission, or list the account of principal, sourceAccount or sourceArn in allowedAccounts.",
    severity=Severity.HIGH,
    types=(PERMISSION, _LAYER_PERMISSION),
    references=resource_access(),
)
def function_is_shared_with_known_accounts(permission: Resource, context: Context) -> Findings:
    own = own_accounts(permission)
    trusted = own | set(context.parameters["allowedAccounts"])
    limits = [name for name in _CONDITIONS if permission.raw(name) is not UNKNOWN]
    outside = outsiders(_statement(permission, limits), trusted, set(context.parameters["organizationIds"]))
    if outside and not own:
        raise UndeterminedError("principal")  # it may be the function's own account
    if outside:
        yield Violation(f"it lets {', '.join(sorted(outside))} in", "principal")


_SOURCES = ("sourceArn", "sourceAccount")
_CONDITIONS = {
    "sourceArn": ("ArnLike", "aws:SourceArn"),
    "sourceAccount": ("StringEquals", "aws:SourceAccount"),
    "principalOrgId": ("StringEquals", "aws:PrincipalOrgID"),
    "organizationId": ("StringEquals", "aws:PrincipalOrgID"),
}
"""What Lambda writes into its resource policy for each property (its developer guide, resource-based policies)."""


def _statement(permission: Resource, limits: Iterable[str]) -> Statement:
    """The statement of the resource policy that the permission adds, with what these properties limit.

    Raises:
        UndeterminedError: the principal or one of the limits is not known yet.
    """
    principal = permission.text("principal")
    conditions: dict[str, dict[str, str]] = {}
    for name in limits:
        if permission.has(name):
            operator, key = _CONDITIONS[name]
            conditions.setdefault(operator, {})[key] = permission.text(name)
    kind = "Service" if _SERVICE.fullmatch(principal) else "AWS"
    return Statement("", {"effect": "Allow", "principal": {kind: principal}, "condition": conditions})


def _names_account(permission: Resource) -> bool:
    """Whether the source's ARN holds an account; a bucket's doesn't."""
    return re.match(r"arn:[^:]+:[^:]+:[^:]*:\d{12}:", permission.text("sourceArn")) is not None


require_value(
    "authorizationType",
    ("AWS_IAM",),
    id="LP-LAMBDA-003",
    title="Function URLs require IAM authorization",
    why="With NONE, everybody on the internet may call the function.",
    fix="Set authorizationType to AWS_IAM.",
    severity=Severity.CRITICAL,
    types=(_URL,),
    references=resource_access(checkov=("CKV_AWS_258",)),
)


@control(
    id="LP-LAMBDA-004",
    title="Functions run in the VPC",
    why="Outside, no security group, endpoint policy or flow log limits or shows where a function sends data.",
    fix="Set vpcConfig with private subnets and security groups; a function that only calls AWS may be exempted.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(FUNCTION,),
    references=network_boundary(checkov=("CKV_AWS_117",), security_hub=("Lambda.3",)),
)
def function_is_in_vpc(function: Resource, _: Context) -> Findings:
    path = "vpcConfig.subnetIds"
    if function.raw(path) is UNKNOWN:
        raise UndeterminedError(path)
    if not function.get(path):
        yield Violation("it runs outside", "vpcConfig")


@control(
    id="LP-LAMBDA-006",
    title="Function URLs don't let every origin send credentials",
    why="Any site could call the function with its visitor's credentials.",
    fix="Name the origins in cors.allowOrigins, or set cors.allowCredentials to false.",
    severity=Severity.HIGH,
    types=(_URL,),
    references=network_boundary(),
)
def credentials_come_from_named_origins(url: Resource, _: Context) -> Findings:
    if url.get("cors.allowCredentials"):
        if any("*" in str(each) for each in values_at(url, "cors.allowOrigins")):
            yield Violation("every origin may send credentials", "cors.allowOrigins")
        url.known("cors.allowOrigins")


@control(
    id="LP-LAMBDA-005",
    title="Environment variables of functions hold no secrets",
    why="Environment variables are shown to everybody who may look at the function's configuration.",
    fix="Give the function the ARN of a secret, and read it with the function's role when it starts.",
    severity=Severity.HIGH,
    types=(FUNCTION,),
    references=References(
        checkov=("CKV_AWS_45",), soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)
    ),
)
def environment_holds_no_secrets(function: Resource, _: Context) -> Findings:
    return credentials_in(function, _VARIABLES, "it holds a password, a token or a key")

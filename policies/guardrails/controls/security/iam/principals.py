"""Users, access keys, passwords, attachments and IAM Access Analyzer."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.iam.attachments import (
    ANY_ATTACHMENT,
    GROUP_ATTACHMENT,
    ROLE_ATTACHMENT,
    ROLE_ATTACHMENTS_EXCLUSIVE,
    ROLE_POLICIES_EXCLUSIVE,
    USER_ATTACHMENT,
    USER_ATTACHMENTS_EXCLUSIVE,
    policy_arns,
)
from guardrails.iam.sources import GROUP_POLICY, POLICY, ROLE, ROLE_POLICY, USER, USER_POLICY
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource, Stack, paths_at
from guardrails.model.values import UndeterminedError, WrongTypeError

_references = Criteria(("CC6.1", "CC6.2"), ("A.5.16", "A.5.17"), ("UU PDP 39",))


@control(
    id="LP-IAM-032",
    title="Permissions are in managed policies, not inline",
    why="An inline policy can't be reused, versioned or found by who looks for a permission.",
    fix="Make it an aws.iam.Policy and attach that.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(ROLE, ROLE_POLICY, USER_POLICY, GROUP_POLICY),
    references=_references(),
)
def no_inline_policy(resource: Resource, _: Context) -> Findings:
    """Inline policies; a role's empty ``inlinePolicies`` block only forbids others."""
    if resource.type != ROLE:
        yield Violation("is an inline policy")
    elif any(resource.has(f"{block}.policy") for block in paths_at(resource, "inlinePolicies[*]")):
        yield Violation("has inline policies", "inlinePolicies")


@control(
    id="LP-IAM-033",
    title="A role's policies are managed in one way",
    why="Exclusive management removes, on every deployment, what other resources attach.",
    fix="List the policy in the exclusive resource as well, or manage all of them by separate attachments.",
    severity=Severity.MEDIUM,
    types=(ROLE, ROLE_POLICIES_EXCLUSIVE, ROLE_ATTACHMENTS_EXCLUSIVE, ANY_ATTACHMENT),
    scope=Scope.STACK,
    references=_references(),
)
def policies_are_managed_in_one_way(resource: Resource, context: Context) -> Findings:
    """Exclusive lists beside separate resources that are not on them."""
    return _CONFLICTS[resource.type](resource, context.everything)


def _left_out_attachments(exclusive: Resource, stack: Stack) -> Findings:
    role, listed = stack.referred(exclusive, "roleName", (ROLE,)), set(_policies(exclusive, stack))
    for attachment in stack.referrers(role, (ROLE_ATTACHMENT,), "role") if role else ():
        if not listed.issuperset(_policies(attachment, stack)):
            yield Violation(f"leaves out what {attachment.name} attaches", "policyArns")


def _left_out_policies(exclusive: Resource, stack: Stack) -> Findings:
    role = stack.referred(exclusive, "roleName", (ROLE,))
    for policy in stack.referrers(role, (ROLE_POLICY,), "role") if role else ():
        if exclusive not in stack.referrers(policy, (exclusive.type,), "policyNames"):
            yield Violation(f"leaves out the inline policy {policy.name}", "policyNames")


def _shared_policies(attachment: Resource, stack: Stack) -> Findings:
    """An ``aws.iam.PolicyAttachment`` owns every attachment of its policy."""
    mine = set(_policies(attachment, stack))
    for other in stack.of_type(ROLE_ATTACHMENT, USER_ATTACHMENT, GROUP_ATTACHMENT):
        if mine.intersection(_policies(other, stack)):
            yield Violation(f"attaches the same policy as {other.name}, and would detach that", "policyArn")


def _role_conflicts(role: Resource, stack: Stack) -> Findings:
    inline = stack.referrers(role, (ROLE_POLICY, ROLE_POLICIES_EXCLUSIVE), "role", "roleName")
    attached = stack.referrers(
        role, (ROLE_ATTACHMENT, ANY_ATTACHMENT, ROLE_ATTACHMENTS_EXCLUSIVE), "role", "roles", "roleName"
    )
    for path, others in (("inlinePolicies", inline), ("managedPolicyArns", attached)):
        if role.has(path) and others:
            yield Violation(f"excludes what {others[0].name} adds", path)


def _policies(resource: Resource, stack: Stack) -> Iterator[str]:
    """The policies that a resource attaches: URNs of this stack's, ARNs of others."""
    for path, arn in policy_arns(resource):
        policy = stack.referred(resource, path, (POLICY,))
        yield policy.urn if policy else str(arn)


_CONFLICTS = {
    ROLE: _role_conflicts,
    ROLE_POLICIES_EXCLUSIVE: _left_out_policies,
    ROLE_ATTACHMENTS_EXCLUSIVE: _left_out_attachments,
    ANY_ATTACHMENT: _shared_policies,
}


@control(
    id="LP-IAM-034",
    title="There are no IAM users",
    why="Users have credentials that don't expire; people sign in through SSO, workloads have roles.",
    fix="Use IAM Identity Center for people and a role for workloads.",
    severity=Severity.HIGH,
    types=(USER,),
    references=_references(checkov=("CKV_AWS_273",)),
)
def no_users(_resource: Resource, _: Context) -> Findings:
    """Any IAM user."""
    yield Violation("is an IAM user")


@control(
    id="LP-IAM-035",
    title="No policy is attached to a user",
    why="Permissions of single users outlive their task, and nobody reviews them.",
    fix="Attach the policy to a group or, better, to a role.",
    severity=Severity.MEDIUM,
    types=(USER_POLICY, USER_ATTACHMENT, ANY_ATTACHMENT, USER_ATTACHMENTS_EXCLUSIVE),
    references=_references(checkov=("CKV_AWS_40",), security_hub=("IAM.2",)),
)
def no_user_policies(resource: Resource, _: Context) -> Findings:
    """User policies, ``users`` of an attachment, and what an exclusive list attaches."""
    if resource.type == USER_ATTACHMENTS_EXCLUSIVE:
        if resource.get("policyArns"):
            yield Violation("gives permissions to a single user", "policyArns")
    elif resource.type != ANY_ATTACHMENT:
        yield Violation("gives permissions to a single user", "user")
    elif resource.get("users"):
        yield Violation("gives permissions to single users", "users")


@control(
    id="LP-IAM-036",
    title="There are no long-lived access keys",
    why="The key works from anywhere until somebody remembers to delete it, and its secret is in the state.",
    fix="Remove the key; use a role, or OIDC from a pipeline.",
    severity=Severity.CRITICAL,
    types=(
        "aws:iam/accessKey:AccessKey",
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
        "aws:iam/signingCertificate:SigningCertificate",
    ),
    references=_references(checkov=("CKV_AWS_348",), security_hub=("IAM.3", "IAM.4")),
)
def no_access_keys(_resource: Resource, _: Context) -> Findings:
    """Any access key, and what else a user signs requests with."""
    yield Violation("is a long-lived credential", "user")


@control(
    id="LP-IAM-037",
    title="There are no console passwords",
    why="A password for the console bypasses SSO, and with it its second factor and its off-boarding.",
    fix="Remove the login profile; sign in through IAM Identity Center.",
    severity=Severity.HIGH,
    types=("aws:iam/userLoginProfile:UserLoginProfile",),
    references=_references(checkov=("CKV2_AWS_22",), security_hub=("IAM.5",)),
)
def no_console_passwords(_resource: Resource, _: Context) -> Findings:
    """Any login profile."""
    yield Violation("is a console password", "user")


_CHARACTER_CLASSES = ("Lowercase", "Uppercase", "Numbers", "Symbols")


@control(
    id="LP-IAM-038",
    title="The account's password policy is strong",
    why="Short or old passwords are guessed, or found in leaks of other sites.",
    fix="Require 14 characters of all four classes, 24 different passwords in a row and a new one every 90 days.",
    severity=Severity.MEDIUM,
    types=("aws:iam/accountPasswordPolicy:AccountPasswordPolicy",),
    parameters={
        "minimumLength": {
            "type": "integer",
            "minimum": 6,
            "maximum": 128,
            "default": 14,
            "description": "The fewest characters of a password.",
        },
        "maximumAge": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1095,
            "default": 90,
            "description": "After how many days, at most, a password expires.",
        },
        "reusePrevention": {
            "type": "integer",
            "minimum": 1,
            "maximum": 24,
            "default": 24,
            "description": "How many earlier passwords, at least, can't be used again.",
        },
    },
    references=_references(checkov=tuple(f"CKV_AWS_{number}" for number in range(9, 16)), security_hub=("IAM.7",)),
)
def password_policy_is_strong(policy: Resource, context: Context) -> Findings:
    """Length, age, reuse and character classes."""
    for path, bound, limit in (
        ("minimumPasswordLength", "at least", context.parameters["minimumLength"]),
        ("passwordReusePrevention", "at least", context.parameters["reusePrevention"]),
        ("maxPasswordAge", "from 1 to", context.parameters["maximumAge"]),
    ):
        try:
            value = policy.number(path, 0)
        except UndeterminedError as unknown:
            yield unknown
            continue
        except WrongTypeError as wrong:
            yield Violation(f"it is not {wrong.expected}", wrong.path)
            continue
        if not (1 <= value <= limit if path == "maxPasswordAge" else value >= limit):
            yield Violation(f"{path} is {value}, {bound} {limit} is required", path)
    for kind in _CHARACTER_CLASSES:
        path = f"require{kind}" if kind in {"Numbers", "Symbols"} else f"require{kind}Characters"
        try:
            if not policy.get(path):
                yield Violation("a class of characters is not required", path)
        except UndeterminedError as unknown:
            yield unknown


@control(
    id="LP-IAM-039",
    title="The AWS provider has no static credentials",
    why="Keys in the configuration are in the repository, in the state and in every log of it.",
    fix="Remove accessKey, secretKey and token; use a profile, SSO or OIDC, and assumeRoles.",
    severity=Severity.CRITICAL,
    types=("pulumi:providers:aws", "pulumi:providers:aws-native"),
    references=_references(checkov=("CKV_AWS_41",)),
)
def provider_has_no_keys(provider: Resource, _: Context) -> Findings:
    """Static credentials of the provider; their values are never shown."""
    for path in ("accessKey", "secretKey", "token"):
        if provider.get(path):
            yield Violation("the provider is configured with credentials", path)


@control(
    id="LP-IAM-040",
    title="An external access analyzer is active",
    why="It finds the policies that open a resource to another account, whatever made them.",
    fix="Add an aws.accessanalyzer.Analyzer of type ACCOUNT or ORGANIZATION in each region used.",
    severity=Severity.LOW,
    level=Level.ADVISORY,  # one stack of the account is enough to have it
    types=("pulumi:pulumi:Stack",),
    scope=Scope.STACK,
    references=_references(security_hub=("IAM.28",)),
)
def external_access_is_analyzed(_resource: Resource, context: Context) -> Findings:
    """A stack with AWS resources and no analyzer of external access."""
    stack = context.everything
    analyzers = stack.of_type("aws:accessanalyzer/analyzer:Analyzer")
    if any(each.get("type", "ACCOUNT") in {"ACCOUNT", "ORGANIZATION"} for each in analyzers):
        return
    if any(each.type.startswith("aws:") for each in stack):
        yield Violation("no analyzer of external access is in the stack")


@control(
    id="LP-IAM-043",
    title="Identity providers name their audiences",
    why="Tokens that the provider issued for other applications would be taken as well.",
    fix="List the application's client id in clientIdLists, such as sts.amazonaws.com.",
    severity=Severity.HIGH,
    types=("aws:iam/openIdConnectProvider:OpenIdConnectProvider",),
    references=_references(),
)
def provider_names_audiences(provider: Resource, _: Context) -> Findings:
    provider.items("clientIdLists")
    audiences = provider.known("clientIdLists", [])
    if not audiences or "*" in audiences:
        yield Violation(
            "it takes tokens for any application" if audiences else "no audience is listed", "clientIdLists"
        )

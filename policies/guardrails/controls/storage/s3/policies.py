"""Bucket policies and access point policies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.iam.conditions import constrains_to_account, pinned
from guardrails.iam.denials import is_for_everyone, reaches
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import has_wildcard, is_any_arn
from guardrails.iam.sharing import not_public, not_shared, outsiders, own_accounts
from guardrails.iam.sources import ask_statements, in_short, policy_sources
from guardrails.model.control import Context, Findings, Severity, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.services.buckets import BUCKET_POLICY, BUCKETS

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 35", "UU PDP 39"))
_TYPES = (
    BUCKET_POLICY,
    *BUCKETS,
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy",
    "aws:s3control/bucketPolicy:BucketPolicy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy",
    "aws:s3tables/tablePolicy:TablePolicy",
)
"""Whatever has a policy about objects."""

control(
    id="LP-S3-008",
    title="Bucket policies are not public",
    why="Anyone on the internet could read or overwrite what is in it.",
    fix="Name principals in each Allow statement, or tie it to aws:PrincipalOrgID, aws:PrincipalAccount or a VPC.",
    severity=Severity.CRITICAL,
    types=_TYPES,
    references=_references(checkov=("CKV_AWS_70",), security_hub=("S3.2", "S3.3")),
)(not_public)

_CONTROL = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)
"""What Security Hub's S3.6 permits to no other account."""


@control(
    id="LP-S3-009",
    title="Bucket policies grant access to allowed accounts only",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Remove the principal, or list its account in allowedAccounts; even then it may not have the actions "
    f"{', '.join(_CONTROL)}.",
    severity=Severity.HIGH,
    types=_TYPES,
    references=_references(security_hub=("S3.6",)),
)
def bucket_is_not_shared(resource: Resource, context: Context) -> Findings:
    yield from not_shared(resource, context)
    own, organizations = own_accounts(resource), set(context.parameters["organizationIds"])

    def question(statement: Statement, _document: Document) -> Iterator[str]:
        handed = [action for action in _CONTROL if reaches(statement, action)]
        if own and handed and (others := outsiders(statement, own, organizations)):
            yield f"it lets {in_short(sorted(others))} use {in_short(handed)}"

    yield from ask_statements(policy_sources(resource), question)


@control(
    id="LP-S3-010",
    title="Bucket policies lock out no administrator",
    why="Only the account's root user can then mend the policy, and nobody should have to use it.",
    fix="Leave s3:PutBucketPolicy out of the Deny statement, or spare the role that deploys by a condition on "
    "aws:PrincipalArn.",
    severity=Severity.HIGH,
    types=(BUCKET_POLICY, *BUCKETS),
    references=_references(checkov=("CKV_AWS_93",)),
)
def policy_can_be_mended(resource: Resource, _: Context) -> Findings:
    def question(statement: Statement, _document: Document) -> Iterator[str]:
        on_bucket = statement.not_resources or any(map(_names_bucket, statement.resources))
        if statement.denies and reaches(statement, "s3:PutBucketPolicy") and on_bucket and _spares_only_root(statement):
            yield "it denies everybody but the root user to change this policy"

    return ask_statements(policy_sources(resource), question)


def _names_bucket(arn: str) -> bool:
    return "/" not in arn or is_any_arn(arn)


def _spares_only_root(statement: Statement) -> bool:
    """Whether whoever isn't a root user is meant, whatever the request."""
    root = re.compile(r"\d{12}|arn:[^:]*:iam::\d{12}:root")
    if statement.not_principals:
        return not statement.conditions and all(root.fullmatch(each.name) for each in statement.not_principals)
    spared = [value for each in statement.conditions if each.key == "aws:principalarn" for value in each.values]
    by_name = len(statement.conditions) == 1 and "not" in statement.conditions[0].operator and spared
    if statement.conditions and not by_name:
        return False
    return is_for_everyone(statement) and all(map(root.fullmatch, spared))


_DISTRIBUTION = re.compile(r"arn:[^:]+:cloudfront::\d{12}:distribution/.+")
_LOGS_OF_ACCOUNT = re.compile(r"AWSLogs/(\d{12}|o-[a-z0-9]+)(/|$)")


@control(
    id="LP-S3-012",
    title="Bucket policies let services act for one account or distribution only",
    why="A service works for every customer of AWS; without a condition, others can make it read or write here.",
    fix="Add a condition on aws:SourceArn (cloudfront.amazonaws.com: the distribution's ARN) or aws:SourceAccount.",
    severity=Severity.HIGH,
    types=_TYPES,
    references=_references(),
)
def services_are_tied(resource: Resource, _: Context) -> Findings:
    def question(statement: Statement, _document: Document) -> Iterator[str]:
        services = [name for kind, name in statement.principals if kind == "Service"]
        if not statement.allows or not services:
            return
        if "cloudfront.amazonaws.com" in services and not _names_distributions(statement):
            yield "no condition on aws:SourceArn says for which distribution CloudFront may act"
        others = [name for name in services if name != "cloudfront.amazonaws.com"]
        if others and not constrains_to_account(statement) and not _is_log_delivery(statement):
            yield f"no condition says for whose resources {in_short(others)} may act"

    return ask_statements(policy_sources(resource), question)


def _names_distributions(statement: Statement) -> bool:
    arns = pinned(statement, "aws:SourceArn")
    return bool(arns) and all(_DISTRIBUTION.fullmatch(arn) and not has_wildcard(arn) for arn in arns)


def _is_log_delivery(statement: Statement) -> bool:
    """Whether it only takes logs in under the account's own path, as Elastic Load Balancing documents it."""
    actions = {action.lower() for action in statement.actions}
    return actions <= {"s3:putobject"} and all(map(_LOGS_OF_ACCOUNT.search, statement.resources))

"""Bucket policies that deny requests without TLS, and with old versions of it."""

from __future__ import annotations

from guardrails.iam.denials import is_for_everyone, is_on_a_bucket, is_on_every_object
from guardrails.iam.document import Statement
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import PLAIN_TRANSPORT, in_transit
from guardrails.model.resource import Resource
from guardrails.services.buckets import BUCKET_POLICY, BUCKETS, both, is_for_directory, settings_of
from guardrails.shapes.tls_policies import DENY_EVERYBODY, denies_plain_requests, require_denial

_BUCKET = ("s3:ListBucket", "s3:ListBucketVersions")
_OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")


def _refuses_old_tls(statement: Statement) -> bool:
    return is_for_everyone(statement) and any(
        each.key == "s3:tlsversion" and each.operator == "numericlessthan" and _at_least_1_2(each.values)
        for each in statement.conditions
        if len(statement.conditions) == 1
    )


def _at_least_1_2(values: tuple[str, ...]) -> bool:
    try:
        return max(map(float, values)) >= 1.2
    except ValueError:
        return False


@control(
    id="ENC-S3-004",
    title="Bucket policies deny requests without TLS",
    why=PLAIN_TRANSPORT,
    fix=f'{DENY_EVERYBODY}, Action "s3:*" on bucket and objects, and only the condition '
    "Bool aws:SecureTransport false.",
    severity=Severity.MEDIUM,
    types=(*BUCKETS, BUCKET_POLICY),
    scope=Scope.STACK,
    references=in_transit(("CKV_AWS_379",), ("S3.5",)),
)
def bucket_refuses_plain_requests(resource: Resource, context: Context) -> Findings:
    if is_for_directory(resource):
        return
    if resource.type in BUCKETS and not resource.has("policy"):
        if not settings_of(resource, context, (BUCKET_POLICY,)):
            yield Violation("it has no policy")
        return
    yield from require_denial(
        resource,
        _OBJECTS,
        lambda statement: denies_plain_requests(statement) and is_on_every_object(statement),
        "no statement denies requests for objects without TLS to everybody",
    )
    yield from require_denial(
        resource,
        _BUCKET,
        lambda statement: denies_plain_requests(statement) and is_on_a_bucket(statement),
        "no statement denies requests for the bucket itself without TLS to everybody",
    )


@control(
    id="ENC-S3-005",
    title="Bucket policies deny TLS older than 1.2",
    why="Older versions of TLS can be broken. AWS refuses them today; the policy says so for as long as it stands.",
    fix=f'{DENY_EVERYBODY}, Action "s3:*" on bucket and objects, and only the condition '
    "NumericLessThan s3:TlsVersion 1.2.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(BUCKET_POLICY, *BUCKETS),
    references=in_transit(),
)
def bucket_refuses_old_tls(resource: Resource, _: Context) -> Findings:
    if is_for_directory(resource):
        return
    yield from require_denial(
        resource,
        _OBJECTS,
        lambda statement: _refuses_old_tls(statement) and is_on_every_object(statement),
        "no statement denies requests for objects with TLS older than 1.2 to everybody",
    )


@control(
    id="ENC-S3-009",
    title="Buckets are no websites",
    why="The website endpoint of a bucket answers plain HTTP only, and everybody.",
    fix="Remove the website configuration, and let CloudFront read the bucket through an origin access control.",
    severity=Severity.MEDIUM,
    types=(*both("bucketWebsiteConfiguration"), *BUCKETS),
    references=in_transit(),
)
def bucket_is_no_website(resource: Resource, _: Context) -> Findings:
    if resource.type not in BUCKETS:
        yield Violation("it makes the bucket a website")
        return
    for path in ("website", "websites"):
        if resource.get(path):
            yield Violation("it makes the bucket a website", path)

"""Default encryption of buckets, and encryption of objects."""

from __future__ import annotations

from guardrails.iam.document import Document
from guardrails.iam.requests import refuses_upload
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import CUSTOMER_KEY, at_rest
from guardrails.model.relations import named
from guardrails.model.resource import Resource, paths_at, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import (
    ANY_BUCKET,
    BUCKET_POLICY,
    BUCKETS,
    ENCRYPTION,
    is_configured,
    is_for_directory,
    settings_of,
    takes_logs_without_kms,
)
from guardrails.services.keys import why_not_customer_key

_INLINE = ("serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations")
_RULES = {
    **dict.fromkeys(ENCRYPTION, "rules[*]"),
    BUCKETS[0]: f"{_INLINE[0]}.rule",
    BUCKETS[1]: f"{_INLINE[1]}[*].rules[*]",
}
"""Where the rules of default encryption stand, by type."""
_BY_DEFAULT = {
    **dict.fromkeys((*ENCRYPTION, BUCKETS[0]), "applyServerSideEncryptionByDefault"),
    BUCKETS[1]: "applyServerSideEncryptionByDefaults[*]",
}
_TABLES = "aws:s3tables/tableBucket:TableBucket"
_VECTORS = "aws:s3/vectorsVectorBucket:VectorsVectorBucket"
_KEYS = {
    **{type_: f"{_RULES[type_]}.{by_default}.kmsMasterKeyId" for type_, by_default in _BY_DEFAULT.items()},
    _TABLES: "encryptionConfiguration.kmsKeyArn",
    _VECTORS: "encryptionConfigurations[*].kmsKeyArn",
}
"""Where the key of default encryption stands, by type."""


@control(
    id="ENC-S3-001",
    title="Buckets have default encryption configured",
    why="Without it objects are encrypted with a key of AWS, which nobody here can withdraw.",
    fix="Add an aws:s3/bucketServerSideEncryptionConfiguration for the bucket.",
    severity=Severity.HIGH,
    types=ANY_BUCKET,
    scope=Scope.STACK,
    references=at_rest(checkov=("CKV_AWS_19",)),
)
def bucket_is_encrypted(bucket: Resource, context: Context) -> Findings:
    if not is_configured(bucket, context, ENCRYPTION, *_INLINE):
        yield Violation("nothing configures its encryption")


@control(
    id="ENC-S3-002",
    title="Buckets are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set sseAlgorithm to aws:kms and kmsMasterKeyId to an aws:kms/key:Key. Only buckets to which S3 or a load "
    "balancer of the stack delivers access logs may do without: these services can't use KMS.",
    severity=Severity.HIGH,
    types=tuple(_KEYS),
    references=at_rest(checkov=("CKV_AWS_145",), security_hub=("S3.17",)),
)
def bucket_has_customer_key(resource: Resource, context: Context) -> Findings:
    if resource.type in BUCKETS and not any(map(resource.has, _INLINE)):
        return
    path = _KEYS[resource.type]
    where = path.replace("[*]", "")
    if any(values_at(resource, path)):
        why = why_not_customer_key(resource, path, context)
    elif _may_do_without_key(resource, context):
        why = ""
    else:
        why = "no key is named, so a key managed by AWS is used"
    if why:
        yield Violation(why, where)


def _may_do_without_key(resource: Resource, context: Context) -> bool:
    """With AES256; aws:kms without a key is the one that AWS manages, and these services can't use that either."""
    if not set(_algorithms(resource)) <= {"AES256"} or resource.type not in _RULES:
        return False
    if context.stack is None:  # which logs go there is told by other resources
        raise UndeterminedError("bucket")
    bucket = _bucket_of(resource, context)
    return bucket is not None and takes_logs_without_kms(bucket, context)


def _algorithms(resource: Resource) -> list[object]:
    """What the rules of default encryption say, `UNKNOWN` included; none for a type without rules."""
    by_default = _BY_DEFAULT.get(resource.type)
    return values_at(resource, f"{_RULES[resource.type]}.{by_default}.sseAlgorithm") if by_default else []


def _bucket_of(resource: Resource, context: Context) -> Resource | None:
    """The bucket that a resource configures or belongs to, itself included; None when the stack doesn't manage it."""
    return resource if resource.type in ANY_BUCKET else named(context.everything, resource, "bucket", ANY_BUCKET)


def _encryption_of(bucket: Resource, context: Context) -> list[Resource]:
    """What configures the encryption of the bucket, itself included."""
    inline = [bucket] if any(map(bucket.has, _INLINE)) else []
    return [*inline, *settings_of(bucket, context, ENCRYPTION)]


@control(
    id="ENC-S3-003",
    title="Buckets have S3 Bucket Keys enabled",
    why="Without it every object costs a call to KMS, and its quota is shared by the whole account.",
    fix="Set bucketKeyEnabled to true in each rule.",
    severity=Severity.LOW,
    types=tuple(_RULES),
    references=at_rest(),
)
def bucket_key_is_on(resource: Resource, _: Context) -> Findings:
    """Only aws:kms calls KMS for each object and knows bucket keys; AES256 does neither, aws:kms:dsse has none."""

    def judge(rule: str) -> Findings:
        algorithms = paths_at(resource, f"{rule}.{_BY_DEFAULT[resource.type]}.sseAlgorithm")
        path = f"{rule}.bucketKeyEnabled"
        if not resource.get(path) and any(resource.get(algorithm) == "aws:kms" for algorithm in algorithms):
            yield Violation("bucket keys are off", path)

    return each(paths_at(resource, _RULES[resource.type]), judge)


_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_UPLOADS = {
    "with another KMS key": {_ALGORITHM: "aws:kms", _KEY_ID: "arn:aws:kms:us-east-1:000000000000:key/of-others"},
    "that ask for no KMS key (AES256)": {_ALGORITHM: "AES256", _KEY_ID: None},
}


@control(
    id="ENC-S3-006",
    title="Bucket policies deny uploads with another key or none",
    why="Whoever uploads chooses the key; with one of his own he decides who can read, and when nobody can.",
    fix='Add two statements with Effect Deny, Principal "*" and Action s3:PutObject on all objects, one with the '
    f"condition StringNotEquals on {_KEY_ID} (the bucket's key), one on "
    f"{_ALGORITHM} (aws:kms); with Null KEY false beside it, uploads that name none still pass.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(BUCKET_POLICY, *BUCKETS),
    scope=Scope.STACK,
    references=at_rest(),
)
def policy_denies_other_keys(resource: Resource, context: Context) -> Findings:
    """An upload that names no encryption gets the bucket's default. Buckets without KMS by default aren't concerned."""

    def question(document: Document) -> Findings:
        for what, request in _UPLOADS.items():
            try:
                if not refuses_upload(document, request):
                    yield Violation(f"no statement denies uploads {what} to everybody")
            except UndeterminedError as unknown:
                yield unknown

    sources = list(policy_sources(resource))
    if sources and not is_for_directory(resource) and _may_use_kms(_bucket_of(resource, context), context):
        yield from ask_documents(sources, question)


def _may_use_kms(bucket: Resource | None, context: Context) -> bool:
    """Whether the bucket's default encryption is by KMS, as far as the stack tells."""
    if bucket is None:
        return True
    algorithms = [algorithm for each_ in _encryption_of(bucket, context) for algorithm in _algorithms(each_)]
    return any(algorithm is UNKNOWN or str(algorithm).startswith("aws:kms") for algorithm in algorithms)


def _require_key_of_object(id_: str, what: str, types: tuple[str, ...], checkov: str) -> None:
    """A control that an object names a customer managed key, or is encrypted by its bucket's default with one."""

    def check(resource: Resource, context: Context) -> Findings:
        why = why_not_customer_key(resource, "kmsKeyId", context)
        if why:
            yield Violation(why, "kmsKeyId")
        elif not resource.raw("kmsKeyId"):
            if resource.has("serverSideEncryption") or resource.has("customerKey"):
                yield Violation("it asks for encryption without one's own key", "kmsKeyId")
            elif not _has_key_by_default(resource, context):
                yield Violation("no key is named, and no key of one's own is the default of its bucket", "kmsKeyId")

    control(
        id=id_,
        title=f"{what} are encrypted with a customer managed key",
        why="Whatever an object says of its encryption overrides what its bucket says.",
        fix="Set kmsKeyId to an aws:kms/key:Key, or leave the encryption to the bucket and give that such a key.",
        severity=Severity.HIGH,
        types=types,
        references=at_rest(checkov=(checkov,)),
    )(check)


def _has_key_by_default(resource: Resource, context: Context) -> bool:
    if context.stack is None:
        raise UndeterminedError("bucket")
    bucket = _bucket_of(resource, context)
    if bucket is None:
        return False
    return any(
        any(values_at(each_, _KEYS[each_.type])) and not why_not_customer_key(each_, _KEYS[each_.type], context)
        for each_ in _encryption_of(bucket, context)
    )


_require_key_of_object("ENC-S3-007", "Object copies", ("aws:s3/objectCopy:ObjectCopy",), "CKV_AWS_181")
_require_key_of_object(
    "ENC-S3-008",
    "Objects",
    ("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"),
    "CKV_AWS_186",
)

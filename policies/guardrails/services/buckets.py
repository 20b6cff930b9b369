"""Buckets, and where their settings stand: in resources of their own, or in the bucket itself as older programs do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from guardrails.model.control import Context
from guardrails.model.logic import first_that
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource
from guardrails.model.tags import tag_of
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.load_balancers import EVERY_LOAD_BALANCER


def both(name: str) -> tuple[str, str]:
    """A type's token, and the one it had while there were two generations of bucket resources."""
    title = name[0].upper() + name[1:]
    return f"aws:s3/{name}:{title}", f"aws:s3/{name}V2:{title}V2"


BUCKETS = both("bucket")
"""General purpose buckets."""
DIRECTORY = "aws:s3/directoryBucket:DirectoryBucket"
ANY_BUCKET = (*BUCKETS, DIRECTORY)
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ENCRYPTION = both("bucketServerSideEncryptionConfiguration")
LOGGING = both("bucketLogging")

_ACCESS_LOGS = (
    (LOGGING, "targetBucket"),
    (BUCKETS[:1], "logging.targetBucket"),
    (BUCKETS[1:], "loggings[0].targetBucket"),
)
_LOAD_BALANCER_LOGS = tuple(
    (EVERY_LOAD_BALANCER, path) for path in ("accessLogs.bucket", "connectionLogs.bucket", "healthCheckLogs.bucket")
)
Places = tuple[tuple[tuple[str, ...], str], ...]
"""Types, and the property by which they name a bucket."""


def settings_of(bucket: Resource, context: Context, types: tuple[str, ...]) -> list[Resource]:
    """The resources of ``types`` that configure the bucket.

    Raises:
        UndeterminedError: none is known to, and one configures a bucket that is not known yet.
    """
    return named_by(bucket, context.everything, types, "bucket", ANY_BUCKET)


def is_for_directory(policy: Resource) -> bool:
    """Whether the policy of a bucket is that of a directory bucket.

    Their names end like that (S3 user guide), AWS answers no plain HTTP there, and no object has an action of its own.
    """
    return str(policy.raw("bucket")).endswith("--x-s3")


def is_configured(bucket: Resource, context: Context, types: tuple[str, ...], *inline: str) -> bool:
    """Whether a resource of ``types``, or one of the bucket's own properties ``inline``, configures the bucket.

    Raises:
        UndeterminedError: see `settings_of`.
    """
    return any(bucket.raw(path) not in (None, [], {}) for path in inline) or bool(settings_of(bucket, context, types))


def takes_access_logs(bucket: Resource, context: Context) -> bool:
    """Whether the stack has S3 deliver access logs to the bucket.

    Raises:
        UndeterminedError: logs are delivered to a bucket that is not known yet.
    """
    return _is_named(bucket, context, _ACCESS_LOGS)


def takes_logs_without_kms(bucket: Resource, context: Context) -> bool:
    """Whether the stack has logs delivered to the bucket by services that can't write to one encrypted by KMS.

    These are S3's own access logs and those of load balancers (S3 and Elastic Load Balancing user guides).

    Raises:
        UndeterminedError: logs are delivered to a bucket that is not known yet.
    """
    return _is_named(bucket, context, _ACCESS_LOGS + _LOAD_BALANCER_LOGS)


def _is_named(bucket: Resource, context: Context, places: Places) -> bool:
    def names_it(place: tuple[tuple[str, ...], str]) -> bool:
        return bool(named_by(bucket, context.everything, *place, BUCKETS))

    return first_that(places, names_it) is not None


def chosen(what: str, names: Sequence[str], tags: Sequence[str] = ()) -> Mapping[str, Mapping[str, Any]]:
    """The parameters of a control that concerns the buckets that hold ``what``, see `is_chosen`."""
    texts = {"type": "array", "items": {"type": "string"}}
    return {
        "names": {
            **texts,
            "default": [*names],
            "description": f"Patterns of the names of the buckets that hold {what}; * is any run of characters.",
        },
        "tags": {
            **texts,
            "default": [*tags],
            "description": "Their tags where names don't tell, as KEY=VALUE; * in VALUE is any run of characters.",
        },
    }


def is_chosen(bucket: Resource, context: Context) -> bool:
    """Whether the parameters of `chosen` mean the bucket: by logical or physical name in any case, or by a tag.

    Raises:
        UndeterminedError: its name or a tag is not known yet, and nothing that is known chooses it.
    """
    names = [bucket.name, bucket.raw("bucket"), bucket.raw("bucketPrefix")]
    patterns = context.parameters["names"]
    if any(_matches(name, pattern) for name in names if isinstance(name, str) for pattern in patterns):
        return True
    if first_that(context.parameters["tags"], lambda tag: _has_tag(bucket, tag)):
        return True
    if patterns and UNKNOWN in names:
        raise UndeterminedError("bucket")
    return False


def _has_tag(bucket: Resource, tag: str) -> bool:
    key, _, pattern = tag.partition("=")
    value = tag_of(bucket, key)
    return value is not None and _matches(value, pattern)


def _matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text.lower(), pattern.lower())

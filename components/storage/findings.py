"""What is wrong with buckets, whatever program they are in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from components.core.settings.finding import Finding, lacking
from components.storage.settings import SSE_S3, BucketUse, Delivery, Storage

OF_OBJECTS = ("objects", "logs", "analytics", "queries", "backups")
"""Keys that S3 may use for requests; log deliveries and trails, ``logs`` only
(components/encryption/encryption_keys.py)."""
WITHOUT_KMS = frozenset[Delivery]({"s3_access_logs", "load_balancer_logs"})
"""What AWS delivers to no bucket with a KMS key
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html)."""


def bucket_findings(storage: Storage, needed: Mapping[str, Sequence[Delivery]]) -> Iterator[Finding]:
    """Buckets that a program writes to by name and that aren't there, and what AWS delivers and none takes.

    Args:
        storage: all buckets.
        needed: name of a bucket -> what is delivered there at least.
    """
    path, buckets = ("storage", "buckets"), storage.buckets
    yield from lacking(path, buckets, [*needed])
    for bucket in needed.keys() & buckets.keys():
        if absent := [each for each in needed[bucket] if each not in buckets[bucket].deliveries]:
            valid = f"at least {', '.join(needed[bucket])}"
            yield Finding((*path, bucket, "deliveries"), f"lacks {', '.join(absent)}", valid)


def keys_fit(storage: Storage, declared: Collection[str]) -> Iterator[Finding]:
    """Keys that the stack doesn't have, and those that S3, or what AWS delivers, can't use.

    Args:
        storage: all buckets.
        declared: the classes of data that have a key in the stack.
    """
    for bucket, use in storage.buckets.items():
        valid = [key for key in usable(use) if key == SSE_S3 or key in declared]
        if use.key not in valid:
            reads = (("storage", "buckets", bucket, "deliveries"),)
            yield Finding(("storage", "buckets", bucket, "key"), f'got "{use.key}"', ", ".join(valid), reads)


def usable(use: BucketUse) -> Sequence[str]:
    """The keys that can encrypt a bucket."""
    if WITHOUT_KMS.intersection(use.deliveries):
        return (SSE_S3,)
    return ("logs", SSE_S3) if use.deliveries else (*OF_OBJECTS, SSE_S3)


def personal_data_has_a_key(storage: Storage) -> Iterator[Finding]:
    """Of the stack: whoever may read the bucket needs a grant of the key besides, and each use is in the trail."""
    for bucket, use in storage.buckets.items():
        if use.data_class == "personal" and use.key == SSE_S3:
            valid = "a key of the stack, such as objects, for personal data"
            yield Finding(("storage", "buckets", bucket, "key"), f'got "{SSE_S3}"', valid)

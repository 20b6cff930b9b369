"""What a role may do with the objects of buckets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from components.core.context import StackContext
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key

if TYPE_CHECKING:
    from components.storage.bucket import Bucket

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
"""What is deleted stays as an older version for a while, and for good where the bucket is locked."""


def reads(context: StackContext, buckets: Sequence[Bucket]) -> list[Statement]:
    """To list buckets and to read their objects."""
    if not buckets:
        return []
    listed = Statement(sid="ListObjects", actions=["s3:ListBucket"], resources=[bucket.arn for bucket in buckets])
    return [listed, *objects(context, "ReadObjects", READ_OBJECTS, buckets, DECRYPT)]


def writes(context: StackContext, buckets: Sequence[Bucket]) -> list[Statement]:
    """To upload objects to buckets, in parts too, and to delete them."""
    return objects(context, "WriteObjects", WRITE_OBJECTS, buckets, ENCRYPT) if buckets else []


def objects(
    context: StackContext, sid: str, actions: Sequence[str], buckets: Sequence[Bucket], key_actions: Sequence[str]
) -> list[Statement]:
    """Actions on all objects of these buckets, and on their keys for these buckets alone."""
    statements = [Statement(sid=sid, actions=actions, resources=[f"{bucket.arn}/*" for bucket in buckets])]
    encrypted = {bucket.arn: bucket.args.key for bucket in buckets if bucket.args.key}
    if encrypted:
        # With a bucket key, the bucket's ARN is what S3 encrypts for.
        only = {"kms:EncryptionContext:aws:s3:arn": list(encrypted)}
        keys = list(encrypted.values())
        statements.append(grant_key(context, keys, "s3", sid=f"{sid}WithKey", actions=key_actions, equals=only))
    return statements

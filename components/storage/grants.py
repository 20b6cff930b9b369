"""What a role may do with the objects of buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.core.context import StackContext
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key

Keys = Mapping[str, str | None]
"""ARN of a bucket -> the class of data whose key encrypts it; None where S3's own does."""

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
"""What is deleted stays as an older version for a while, and for good where the bucket is locked."""


def reads(context: StackContext, buckets: Keys) -> list[Statement]:
    """To list buckets and to read their objects."""
    if not buckets:
        return []
    listed = Statement(sid="ListObjects", actions=["s3:ListBucket"], resources=[*buckets])
    return [listed, *objects(context, "ReadObjects", READ_OBJECTS, buckets, DECRYPT)]


def writes(context: StackContext, buckets: Keys) -> list[Statement]:
    """To upload objects to buckets, in parts too, and to delete them."""
    return objects(context, "WriteObjects", WRITE_OBJECTS, buckets, ENCRYPT) if buckets else []


def objects(
    context: StackContext, sid: str, actions: Sequence[str], buckets: Keys, key_actions: Sequence[str]
) -> list[Statement]:
    """Actions on all objects of these buckets, and on their keys for these buckets alone, where they need any."""
    statements = [Statement(sid=sid, actions=actions, resources=[f"{arn}/*" for arn in buckets])]
    encrypted = {arn: key for arn, key in buckets.items() if key}
    if encrypted and key_actions:
        # With a bucket key, the bucket's ARN is what S3 encrypts for.
        only = {"kms:EncryptionContext:aws:s3:arn": list(encrypted)}
        keys = list(encrypted.values())
        statements.append(grant_key(context, keys, "s3", sid=f"{sid}WithKey", actions=key_actions, equals=only))
    return statements

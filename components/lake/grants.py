"""What a role may do with the folders of one bucket of the lake, and with the key through S3 alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.core.context import StackContext
from components.core.iam import Statement
from components.encryption.grants import DECRYPT, ENCRYPT, grant_key
from components.lake.settings import KEY
from components.storage.grants import READ_OBJECTS, WRITE_OBJECTS


def read_folders(context: StackContext, bucket: str, folders: Sequence[str]) -> list[Statement]:
    """To list a bucket and to read what is in some of its folders.

    Args:
        context: its key ``analytics``.
        bucket: ARN.
        folders: at its top, without a slash.
    """
    return [
        Statement(sid="ListLake", actions=["s3:ListBucket"], resources=[bucket]),
        Statement(sid="ReadLake", actions=READ_OBJECTS, resources=[f"{bucket}/{each}/*" for each in folders]),
        lake_key(context, bucket, "ReadLakeWithKey", DECRYPT),
    ]


def write_folders(context: StackContext, bucket: str, folders: Sequence[str]) -> list[Statement]:
    """To write to some folders of a bucket, and to delete what is in them."""
    return [
        Statement(sid="WriteLake", actions=WRITE_OBJECTS, resources=[f"{bucket}/{each}/*" for each in folders]),
        lake_key(context, bucket, "WriteLakeWithKey", ENCRYPT),
    ]


def lake_key(context: StackContext, bucket: str, sid: str, actions: Sequence[str]) -> Statement:
    """The use of the key for one bucket: with a bucket key, its ARN is what S3 encrypts for."""
    only: Mapping[str, str] = {"kms:EncryptionContext:aws:s3:arn": bucket}
    return grant_key(context, [KEY], "s3", sid=sid, actions=actions, equals=only)

"""What a role may do with a KMS key, through one service of AWS alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.core.context import StackContext
from components.core.iam import Statement, Values

DECRYPT = ("kms:Decrypt",)
ENCRYPT = ("kms:Decrypt", "kms:GenerateDataKey")
"""Whoever writes in parts decrypts what it has encrypted before."""


def grant_key(  # noqa: PLR0913 - the parts of a statement
    context: StackContext,
    keys: Sequence[str],
    service: str,
    *,
    sid: str,
    actions: Sequence[str],
    equals: Mapping[str, Values] | None = None,
    like: Mapping[str, Values] | None = None,
) -> Statement:
    """The use of keys through a service, which calls KMS with the role's own permissions.

    Args:
        context: its keys and Region.
        keys: names among the context's keys.
        service: such as ``s3``, as ``kms:ViaService`` knows it.
        sid: of the statement.
        actions: `DECRYPT`, `ENCRYPT` or others.
        equals: more conditions, such as ``kms:EncryptionContext:aws:s3:arn`` -> ARNs of buckets.
        like: the same with patterns.
    """
    via: Mapping[str, Values] = {"kms:ViaService": context.environment.service(service), **(equals or {})}
    return Statement(
        sid=sid,
        actions=actions,
        resources=[context.keys[key] for key in dict.fromkeys(keys)],
        conditions={"StringEquals": via, **({"StringLike": like} if like else {})},
    )

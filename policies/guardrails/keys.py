"""Which KMS key a property names."""

from __future__ import annotations

from guardrails.arn import parse_arn
from guardrails.control import Context
from guardrails.regions import trusted_accounts
from guardrails.resource import Resource, values_at
from guardrails.values import UNKNOWN

KEY_TYPES = (
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/externalKey:ExternalKey",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/replicaExternalKey:ReplicaExternalKey",
)


def why_not_customer_key(resource: Resource, path: str, context: Context) -> str:
    """Why what ``path`` names is no customer managed key of the stack or an allowed account; empty when it is.

    An absent value is no fault here. A value not known yet is one when it comes from a key or alias of the stack.

    Raises:
        UndeterminedError: the value is unknown and comes from something else, or the stack is not in view yet.
    """
    for value in values_at(resource, path):
        if value is UNKNOWN:
            resource.refers_to(path, KEY_TYPES)
            continue
        if not isinstance(value, str):
            return "not a key"
        if value.startswith("alias/aws/") or ":alias/aws/" in value:
            return "a key managed by AWS, whose policy and rotation nobody here controls"
        arn = parse_arn(value)
        trusted = trusted_accounts(resource, context)
        if arn and trusted and arn.account not in trusted:
            return f"a key of account {arn.account}, which is not an allowed one"
    return ""

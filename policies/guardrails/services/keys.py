"""The KMS key that a property names."""

from __future__ import annotations

from guardrails.model.arn import parse_arn
from guardrails.model.control import Context
from guardrails.model.regions import trusted_accounts
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError

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


def is_same_key(one: Resource, other: Resource, path: str) -> bool:
    """Whether two resources of the stack name the same key at ``path``, or neither names one.

    Raises:
        UndeterminedError: one is not known yet and comes from no key of the stack, or is an alias made elsewhere.
    """
    keys = [_key_at(resource, path) for resource in (one, other)]
    if keys[0] != keys[1] and any(key.startswith("alias/") for key in keys):
        raise UndeterminedError(path)
    return keys[0] == keys[1]


def _key_at(resource: Resource, path: str) -> str:
    """What a key is told by: its URN when it is of the stack, else its id or alias; empty when none is named."""
    stack = resource.stack
    key = stack.referred(resource, path, KEY_TYPES) if stack else None
    if stack and key and key.type == "aws:kms/alias:Alias":
        key = stack.referred(key, "targetKeyId", KEY_TYPES) or key
    if key:
        return key.urn
    name = str(resource.raw(path) or "")
    return name.rpartition(":")[2].removeprefix("key/")

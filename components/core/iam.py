"""IAM documents: statements as data, checked as they are built.

A document whose parts are all known is a plain string, so that a reviewer, and a policy, reads it in the preview.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi

ANY = "*"
VERSION = "2012-10-17"
"""The current policy language; the older one silently ignores variables such as ``${aws:username}``."""

SID = re.compile(r"[A-Za-z0-9]+")
ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9*]+")
ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}|aws)?:.+")
PREFIX = r"(ForAllValues:|ForAnyValue:)?"
OPERATOR = re.compile(
    PREFIX + r"(String(Not)?(Equals(IgnoreCase)?|Like)|Arn(Not)?(Equals|Like)|(Not)?IpAddress|Bool|Null|BinaryEquals"
    r"|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?))(IfExists)?"
)

Values = pulumi.Input[str] | Sequence[pulumi.Input[str]]
Principals = Literal["*"] | Mapping[Literal["AWS", "Service", "Federated"], Values]


class InvalidStatementError(ValueError):
    """A statement that IAM would refuse, or that allows more than its author can have meant."""


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of an IAM document.

    Attributes:
        sid: letters and digits, unique in its document.
        actions: such as ``kms:Decrypt``; a whole service (``s3:*``) or everything (``*``) needs ``allow_any``.
        resources: ARNs; ``*`` needs ``allow_any``. Empty in a trust policy.
        effect: Allow or Deny.
        principals: who, in a policy that is attached to a resource; None in one attached to an identity.
        conditions: operator -> condition key -> value or values.
        allow_any: why a wildcard is right here; empty where there is none.
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]] = ()
    effect: Literal["Allow", "Deny"] = "Allow"
    principals: Principals | None = None
    conditions: Mapping[str, Mapping[str, Values]] = field(default_factory=dict[str, Mapping[str, Values]])
    allow_any: str = ""

    def __post_init__(self) -> None:
        if not SID.fullmatch(self.sid):
            raise InvalidStatementError(f"sid {self.sid!r}: only letters and digits are valid")
        if not self.actions:
            raise self.error("no action")
        for action in self.actions:
            if action != ANY and not ACTION.fullmatch(action):
                raise self.error(f"action {action!r} is not of the form service:Action")
        for resource in self.resources:
            if isinstance(resource, str) and resource != ANY and not ARN.fullmatch(resource):
                raise self.error(f"resource {resource!r} is not an ARN")
        for operator in self.conditions:
            if not OPERATOR.fullmatch(operator):
                raise self.error(f"{operator!r} is not a condition operator")
        if self.effect == "Allow" and self.is_wide and not self.allow_any:
            raise self.error("a wildcard for all actions or resources; name them, or say in allow_any why not")

    @property
    def is_wide(self) -> bool:
        """Whether it speaks of every action of a service, or of every resource."""
        return ANY in self.resources or any(action == ANY or action.endswith(":*") for action in self.actions)

    def error(self, what: str) -> InvalidStatementError:
        """A fault of this statement, for whoever wrote it."""
        return InvalidStatementError(f"statement {self.sid}: {what}")

    def as_dict(self) -> dict[str, Any]:
        """The statement in IAM's own spelling, without the parts that it doesn't have."""
        parts = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": self.principals,
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": self.conditions,
        }
        return {key: value for key, value in parts.items() if value}


def document(*statements: Statement) -> pulumi.Input[str]:
    """The statements as JSON: a string, or an output where a part is known only later.

    Raises:
        InvalidStatementError: no statement, or two with one sid.
    """
    content = body(statements)
    return pulumi.Output.json_dumps(content) if holds_output(content) else json.dumps(content)


def body(statements: Sequence[Statement]) -> dict[str, Any]:
    """The statements in IAM's own spelling.

    Raises:
        InvalidStatementError: no statement, or two with one sid.
    """
    sids = [statement.sid for statement in statements]
    if not sids or len(set(sids)) < len(sids):
        raise InvalidStatementError(f"a document needs statements with different sids, not {sids}")
    return {"Version": VERSION, "Statement": [statement.as_dict() for statement in statements]}


def holds_output(value: object) -> bool:
    """Whether a part of it is known only later."""
    if isinstance(value, Mapping):
        return any(holds_output(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(holds_output(item) for item in value)
    return isinstance(value, pulumi.Output)

"""Secret values that would stand in a stack's state in plain text."""

from __future__ import annotations

import re

from guardrails.model.control import Findings, Violation
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name

STATE = "The state of a stack is read by everybody who may preview it, and is copied to where it is stored."
_NO_SECRET = re.compile(r"arn:aws.*|\{\{resolve:.*|/.*|\$\{.*|file:.*|seconds|minutes|hours|days|true|false", re.DOTALL)
"""A value that only says where the secret is, or for how long one is valid."""


def not_in_plain_text(resource: Resource, names: re.Pattern[str]) -> Findings:
    """The values under names that match, in lower case, at any depth, that are not marked as secret."""
    for path, value in resource.plain_leaves:
        if not names.fullmatch(property_name(path).lower()) or resource.is_secret(path):
            continue
        if value is UNKNOWN:
            yield UndeterminedError(path)
        elif isinstance(value, str) and value and not _NO_SECRET.fullmatch(value):
            yield Violation("it is no Pulumi secret", path)

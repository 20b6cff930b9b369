"""Secret values that would stand in a stack's state in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from guardrails.model.control import Findings, Violation
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, property_name

STATE = "The state of a stack is read by everybody who may preview it, and is copied to where it is stored."
_REFERENCE = re.compile(r"arn:aws|\{\{resolve:")
"""How a value begins that only says where the secret is."""


def not_in_plain_text(resource: Resource, names: Iterable[str]) -> Findings:
    """The values under these names, at any depth, that are not marked as secret."""
    for path, value in resource.plain_leaves:
        name = property_name(path)
        if name.lower() not in names or resource.is_secret(path):
            continue
        if value is UNKNOWN:
            yield UndeterminedError(path)
        elif isinstance(value, str) and value and not _REFERENCE.match(value):
            yield Violation("it is no Pulumi secret", path)

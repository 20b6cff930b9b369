"""The tags of a resource, those that its provider adds included."""

from __future__ import annotations

from typing import Any

from guardrails.model.regions import provider_value
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError


def tag_of(resource: Resource, key: str) -> str | None:
    """The value of one tag, None when there is none of that key. Keys are compared as AWS does, case matters.

    Raises:
        UndeterminedError: it is not known yet.
    """
    own: Any = resource.get("tags", {})
    value = own.get(key) if isinstance(own, dict) else None
    if value is None and resource.provider is not None and resource.provider.has("defaultTags"):
        found = provider_value(resource.provider, "defaultTags")
        added = found.get("tags") if isinstance(found, dict) else None
        value = (added or {}).get(key)
    if value is UNKNOWN:
        raise UndeterminedError("tags")
    return None if value is None else str(value)

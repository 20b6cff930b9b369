"""The value that AWS or its provider gives an input which is left out, where a source states it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from offline.schema import documented, limits
from offline.schema.catalogue import ResourceType
from offline.schema.documented import Value


@cache
def defaults(resource: ResourceType) -> Mapping[str, Value]:
    """Default of each input of `resource` that has one stated without a condition; others depend on the account."""
    found: dict[str, Value] = {}
    for name, node in limits.root(resource).fields.items():
        if node.prop.required:
            continue
        value = documented.default(node.prop)
        if value is None:
            value = documented.typed(node.prop, node.definition().get("default"))
        if value is not None:
            found[name] = value
    return found

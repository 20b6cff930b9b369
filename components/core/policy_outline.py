"""Policy documents in structure, for policy packs.

One id that AWS hasn't made up yet makes the whole text of a document unknown at preview. So a component also shows the
document as it was put together, where only that id is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.core.iam import Statement, body

OUTPUT = "policyDocuments"
"""The output of a component that holds its outlines, in a list."""


def outline(resource: pulumi.Resource, property_: str, statements: Sequence[Statement]) -> dict[str, Any]:
    """The document under one property of a resource, in the form that the packs read.

    A value that may be unknown is ``{"value": ..., "from": [URN, ...]}``: the resources that it comes from are known at
    preview, so that a pack can tell the ARN of one key from a wildcard.
    """
    return {"resource": resource.urn, "property": property_, "document": _outlined(body(statements))}


def _outlined(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _outlined(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_outlined(item) for item in value]
    if isinstance(value, pulumi.Output):
        return {"value": value, "from": _origins(value)}
    return value


async def _origins(value: pulumi.Output[Any]) -> list[str]:
    urns = [await resource.urn.future() for resource in await value.resources()]
    return sorted(urn for urn in urns if urn)

"""APIs that are described by an OpenAPI document in place of resources for each method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.model.documents import json_text, yaml_text
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError

_ANY = "x-amazon-apigateway-any-method"
_METHODS = frozenset({"get", "put", "post", "delete", "head", "patch", "trace", _ANY})
"""What an operation may be called; OPTIONS is left out: browsers send it before they can say who they are."""


def open_operations(api: Resource, path: str = "body") -> Iterator[str]:
    """The operations in the document at ``path`` that ask nobody who calls, such as ``GET /orders``.

    API Gateway reads what each operation says of itself (``security``, ``x-amazon-apigateway-auth``) and ignores what
    the document says of all of them.

    Raises:
        UndeterminedError: the document is not known yet, or is none.
    """
    document = _parsed(api, path)
    paths = document.get("paths")
    for where, item in paths.items() if isinstance(paths, Mapping) else ():
        for name, operation in item.items() if isinstance(item, Mapping) else ():
            if name.lower() in _METHODS and isinstance(operation, Mapping) and not _asks(operation):
                yield f"{'ANY' if name == _ANY else name.upper()} {where}"


def _parsed(api: Resource, path: str) -> Mapping[str, Any]:
    text = api.get(path)
    found = json_text(text) or yaml_text(text) if isinstance(text, str) else None
    if not isinstance(found, Mapping):
        raise UndeterminedError(path)
    return found


def _asks(operation: Mapping[str, Any]) -> bool:
    """Whether it wants a signature, or one of its schemes; an empty one among them makes the others optional."""
    signature = operation.get("x-amazon-apigateway-auth")
    if isinstance(signature, Mapping) and str(signature.get("type")).upper() == "AWS_IAM":
        return True
    schemes = operation.get("security")
    return bool(schemes) and all(schemes)

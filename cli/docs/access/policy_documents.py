"""Every policy document of a stack, wherever a resource holds one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

Resource = Mapping[str, Any]
"""As a state has it."""
Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """A policy document of one resource.

    Attributes:
        resource: as the state has it.
        path: of the property that holds the document, such as ``assumeRolePolicy``.
        body: the document itself.
    """

    resource: Resource
    path: str
    body: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.type} {self.name} {self.path}"

    @property
    def type(self) -> str:
        """Of the resource that holds it."""
        return self.resource["type"]

    @property
    def name(self) -> str:
        """Logical name of the resource."""
        return self.resource["urn"].rpartition("::")[2]

    @cached_property
    def statements(self) -> list[Statement]:
        """Each, also where there is one outside a list."""
        return as_list(self.body["Statement"])

    @property
    def is_trust(self) -> bool:
        """Whether it says who may take on a role."""
        return self.path == "assumeRolePolicy"

    @property
    def is_of_identity(self) -> bool:
        """Whether it says what its holder may do; others say who may do something with the resource that holds them."""
        return not any({"Principal", "NotPrincipal"} & set(each) for each in self.statements)


def documents(resources: Iterable[Resource]) -> Iterator[Document]:
    """All documents of a state's resources, whether they are written as JSON or as a map."""
    for resource in resources:
        for path, body in within(resource.get("inputs", {})):
            yield Document(resource, path, body)


def within(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Path -> document, of each that a value is or holds."""
    if isinstance(value, str) and '"Statement"' in value:
        value = json.loads(value)
    if isinstance(value, Mapping) and "Statement" in value:
        yield path, cast("Mapping[str, Any]", value)
    elif isinstance(value, Mapping):
        for name, item in cast("Mapping[str, Any]", value).items():
            yield from within(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(cast("list[Any]", value)):
            yield from within(item, f"{path}[{number}]")


def as_list(value: Any) -> list[Any]:
    """Where IAM takes one or several."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]

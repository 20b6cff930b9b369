"""What a program declares by name, such as keys and security groups, and components look up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from components.core.settings.problems import suggestion

Value = TypeVar("Value")


class UndeclaredError(LookupError):
    """A name that the program never declared."""


class Declared(dict[str, Value]):
    """Things by name; a name that isn't there is answered with those that are.

    Args:
        kind: of things, in the singular, such as ``security group``.
        entries: name -> thing.

    Raises:
        UndeclaredError: when a name is looked up that isn't among them.
    """

    def __init__(self, kind: str, entries: Mapping[Any, Value]) -> None:
        super().__init__(entries)
        self.kind = kind

    def __missing__(self, name: str) -> Value:
        declared = ", ".join(self) or "none"
        raise UndeclaredError(f"no {self.kind} {name!r} is declared{suggestion(name, self)}; declared: {declared}")

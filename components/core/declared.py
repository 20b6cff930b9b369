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
        where: they are declared, such as ``in keys= of stack_of``.

    Raises:
        UndeclaredError: when a name is looked up that isn't among them.
    """

    def __init__(self, kind: str, entries: Mapping[Any, Value], where: str = "") -> None:
        super().__init__(entries)
        self.kind, self.where = kind, where

    def __missing__(self, name: str) -> Value:
        declared = ", ".join(self) or "none"
        what = " ".join(filter(None, (f"no {self.kind} {name!r} is declared", self.where)))
        raise UndeclaredError(f"{what}{suggestion(name, self)}; declared: {declared}")

"""A provider as the rest of `offline` sees it: plain Python in and out, no gRPC."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from offline.schema.validation import Failure
from offline.wire.values import UNKNOWN, Properties

State = tuple[Properties, Properties]
"""Inputs and outputs that the engine has recorded of a resource."""


class OfflineError(Exception):
    """An operation failed; the message is for the operator."""


class InUseError(OfflineError):
    """The resource cannot be deleted while others use it; they may be on their way out."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """The resource an operation is about, and the configuration of the provider instance that was asked."""

    urn: str
    config: Properties
    seed: bytes = b""  # of generated names
    proposed_name: str = ""  # by the project's own naming pattern, if it has one
    naming_off: bool = False

    @property
    def type(self) -> str:
        """Type token, e.g. `aws:ec2/vpc:Vpc`."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """Logical name."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changes between two sets of inputs: property path -> `add`, `delete` or `update`."""

    changes: Mapping[str, str] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()  # paths whose change replaces the resource
    delete_first: bool = False


class Provider(Protocol):
    """The operations of a provider."""

    name: str
    version: str
    remembers: bool
    """Whether it keeps resources somewhere: what it then sees of secrets are their hashes."""

    def check_config(self, config: Properties) -> list[Failure]:
        """What is wrong with a provider's configuration."""
        ...

    def check(self, target: Target, old: Properties, new: Properties) -> tuple[Properties, list[Failure]]:
        """The inputs with names and defaults filled in, and what is wrong with them."""
        ...

    def diff(self, target: Target, old: Properties, new: Properties) -> Difference:
        """How the inputs differ, and what that means for the resource."""
        ...

    def create(self, target: Target, inputs: Properties, *, preview: bool) -> tuple[str, Properties]:
        """Id and outputs of a new resource."""
        ...

    def read(self, target: Target, id_: str, state: State) -> tuple[str, Properties, Properties] | None:
        """Id, inputs and outputs as they are now; None when the resource is gone. `state` is empty on import."""
        ...

    def update(self, target: Target, id_: str, old: State, new: Properties, *, preview: bool) -> Properties:
        """New outputs."""
        ...

    def delete(self, target: Target, id_: str) -> None:
        """End a resource; one that is gone already is no error."""
        ...

    def invoke(self, token: str, arguments: Properties, config: Properties) -> tuple[Properties, list[Failure]]:
        """Result of a function, and what is wrong with its arguments."""
        ...


def compare(old: Any, new: Any, path: str = "") -> dict[str, str]:
    """Paths at which two values differ: `ingress[0].fromPort` -> `update`. Documents compare by content."""
    if isinstance(old, dict) and isinstance(new, dict):
        changes: dict[str, str] = {}
        for key in sorted(old.keys() | new.keys()):
            where = _join(path, key)
            if key.startswith("__"):
                continue
            before, after = old.get(key), new.get(key)
            if before is None and after is not None:
                changes[where] = "add"
            elif before is not None and after is None:
                changes[where] = "delete"
            else:
                changes |= compare(before, after, where)
        return changes
    if isinstance(old, list) and isinstance(new, list):
        changes = {}
        for index in range(max(len(old), len(new))):
            where = f"{path}[{index}]"
            if index >= len(old):
                changes[where] = "add"
            elif index >= len(new):
                changes[where] = "delete"
            else:
                changes |= compare(old[index], new[index], where)
        return changes
    return {} if _same(old, new) else {path: "update"}


def _same(old: Any, new: Any) -> bool:
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return new != UNKNOWN
    if isinstance(old, str) and isinstance(new, str) and old[:1] in "{[" and new[:1] in "{[" and old and new:
        try:
            return json.loads(old) == json.loads(new)
        except ValueError:
            return False
    return False


def _join(path: str, key: str) -> str:
    plain = key.replace("_", "").replace("-", "").isalnum()
    step = key if plain else f'["{key}"]'
    return f"{path}{'.' if path and plain else ''}{step}"


def top(path: str) -> str:
    """The input that a path leads into: `ingress` of `ingress[0].fromPort`."""
    return path.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]

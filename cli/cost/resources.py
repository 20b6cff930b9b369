"""The resources of a stack: from a stack's export, or from a preview's JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.cost.problems import CostError

VALID = "what `pulumi stack export` or `pulumi preview --json` writes"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource.

    Attributes:
        urn: the engine's name of it.
        type: such as ``aws:rds/instance:Instance``.
        component: of the platform it is part of, such as ``database``; ``-`` for none.
        inputs: what the program says; unknown values are texts.
        needs: input -> URNs of the resources that it comes from.
    """

    urn: str
    type: str
    component: str
    inputs: Mapping[str, Any]
    needs: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Stack:
    """What a stack consists of.

    Attributes:
        name: such as ``prod``.
        resources: by URN.
    """

    name: str
    resources: Mapping[str, Resource]

    def of(self, *types: str) -> list[Resource]:
        """The resources of some types."""
        return [each for each in self.resources.values() if each.type in types]

    def needed(self, resource: Resource, name: str) -> Resource | None:
        """The resource that an input comes from."""
        return next((self.resources[urn] for urn in resource.needs.get(name, ()) if urn in self.resources), None)


def read(file: Path) -> Stack:
    """The stack that a file holds.

    Raises:
        CostError: it isn't there, or holds something else.
    """
    try:
        return parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise CostError(f"{file}: {getattr(error, 'strerror', None) or error}; valid: {VALID}") from None


def parse(text: str, origin: str) -> Stack:
    """The stack in the text of an export or a preview.

    Raises:
        CostError: it is neither.
    """
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise CostError(f"{origin}: no JSON (line {error.lineno}); valid: {VALID}") from None
    match content:
        case {"deployment": {"resources": [*states]}}:
            return stack_of(states, origin)
        case {"steps": [*steps]}:
            return stack_of([step["newState"] for step in steps if "newState" in step], origin)
        case _:
            raise CostError(f"{origin}: neither deployment.resources nor steps; valid: {VALID}")


def stack_of(states: Iterable[Mapping[str, Any]], origin: str) -> Stack:
    """Put resources together with the component that each is part of."""
    by_urn = {str(each["urn"]): each for each in states if not each.get("delete")}
    if not by_urn:
        raise CostError(f"{origin}: no resource; valid: {VALID} of a stack that has some")
    found = {
        urn: Resource(
            urn=urn,
            type=str(each["type"]),
            component=component(urn, by_urn),
            inputs=each.get("inputs") or {},
            needs={name: tuple(urns or ()) for name, urns in (each.get("propertyDependencies") or {}).items()},
        )
        for urn, each in by_urn.items()
    }
    return Stack(next(iter(by_urn)).split(":")[2], found)


def component(urn: str, states: Mapping[str, Mapping[str, Any]]) -> str:
    """The outermost component that a resource is part of: ``database`` for ``platform:database:Database``."""
    name = "-"
    while urn and (state := states.get(urn)):
        kind = str(state["type"])
        if kind.startswith("platform:"):
            name = kind.split(":")[1]
        urn = str(state.get("parent") or "")
    return name

"""Controls over values by the names of their properties, wherever in a resource of any type they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from guardrails.model.control import Context, Findings, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.shared_fields import EVERY_SERVICE, has_controls_of_its_own

Values = Mapping[str, Collection[Any]]
"""Name of a property, lower case -> the values that it must not have, texts in lower case."""


def forbid_values(
    names: Values, *, unless: Callable[[Resource], bool] = lambda _: False, id_: str, **about: Any
) -> None:
    """A control that no property of these names has one of the values, in any type that its family doesn't know."""
    family = id_.partition("-")[0]

    def check(resource: Resource, _: Context) -> Findings:
        if has_controls_of_its_own(family, resource.type) or unless(resource):
            return
        for path, value in resource.every_leaf:
            bad = names.get(property_name(path).lower())
            if bad is None:
                continue
            if value is UNKNOWN:
                yield UndeterminedError(path)
            elif (value.lower() if isinstance(value, str) else value) in bad:
                yield Violation(f"it is {written(value)}", path)

    assert id_.split("-")[1] == EVERY_SERVICE  # noqa: S101 - a mistake in a control
    control(id=id_, types=("aws:*",), **about)(check)


def property_name(path: str) -> str:
    """The last name on a path, without indices: ``cidrs`` of ``ports[0].cidrs[1]``."""
    return path.rpartition(".")[2].partition("[")[0]


def written(value: Any) -> str:
    """A value as a message writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

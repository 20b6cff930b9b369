"""Controls over every type of AWS's, but for those that a control of the same family is written for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any

from guardrails.model.control import Check, Context, Findings, Violation, control
from guardrails.model.logic import each
from guardrails.model.regions import comes_from_aws
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, at, last_name
from guardrails.services.shared_fields import has_controls_of_its_own, is_type_of
from guardrails.shapes.properties import written

SET = ("a value",)
"""Stands for any value, where only whether there is one matters."""
Values = Mapping[str, Collection[Any]]
"""Name of a property, lower case without marks -> the values that it must not have, texts in lower case.

``block.name`` is the property in that block only, and goes before ``name``.
"""


def of_every_service(*, id_: str, unless: tuple[str, ...] | None = None, **about: Any) -> Callable[[Check], Check]:
    """Register the decorated function as a control; what is known better elsewhere is left to that.

    Args:
        id_: of the control.
        unless: the controls that put the same question to their types; without it, any of the same family does.
        about: the other fields of the control.
    """
    family = id_.partition("-")[0]

    def register(check: Check) -> Check:
        @wraps(check)
        def of_others(resource: Resource, context: Context) -> Findings:
            asked = (
                has_controls_of_its_own(family, resource.type) if unless is None else is_type_of(unless, resource.type)
            )
            if not asked:
                yield from check(resource, context)

        control(id=id_, types=("aws:*",), **about)(of_others)
        return check

    return register


def forbid_values(names: Values, **about: Any) -> None:
    """A control of every service that no property of these names, wherever it stands, has one of the values."""
    in_blocks = {name.rpartition(".")[2] for name in names if "." in name}

    def check(resource: Resource, _: Context) -> Findings:
        for path, name, value in resource.named_leaves:
            bad = names.get(name)
            if name in in_blocks:
                bad = names.get(f"{last_name(path.rpartition('.')[0])}.{name}", bad)
            if bad is None:
                continue
            if value is UNKNOWN:
                yield UndeterminedError(path)
            elif bad is SET:
                if value not in (None, ""):
                    yield Violation("it is set", path)
            elif (value.lower() if isinstance(value, str) else value) in bad:
                yield Violation(f"it is {written(value)}", path)

    of_every_service(**about)(check)


Table = Mapping[str, Mapping[str, tuple[Any, ...]]]
"""Type -> path, or several with | between them of which one must do -> valid values; None among them: may be absent.

``parameters{require_ssl}`` is the value that goes by that name in a list of names with values.
"""


def require_values(table: Table, *, unless: Mapping[str, tuple[str, ...]] | None = None, **about: Any) -> None:
    """A control that each property of the table has one of its valid values, or isn't set where AWS's default is.

    Args:
        table: see `Table`.
        unless: type -> paths; where something is set at one of them, the question doesn't arise.
        about: the other fields of the control.
    """

    def check(resource: Resource, _: Context) -> Findings:
        if any(map(resource.has, (unless or {}).get(resource.type, ()))):
            return

        def judge(paths: str) -> Findings:
            valid = table[resource.type][paths]
            found = [_value(resource, path, any_will_do=valid is SET) for path in paths.split("|")]
            if not any(value in valid if valid is not SET else value is not None for value in found):
                is_set = next((value for value in found if value is not None), None)
                expected = " or ".join(written(value) for value in valid if value is not None)
                where = paths.partition("{")[0]
                yield Violation(f"{'not set' if is_set is None else written(is_set)}, expected {expected}", where)

        yield from each(table[resource.type], judge)

    control(types=tuple(table), **about)(check)


def _value(resource: Resource, path: str, *, any_will_do: bool) -> Any:
    """The value at ``path``; None where nothing is set, an empty list or object included.

    Where any value will do, one that comes from an AWS resource of the stack is known well enough.
    """
    if any_will_do and resource.raw(path) is UNKNOWN and comes_from_aws(resource, path):
        return UNKNOWN
    pairs, has_name, name = path.partition("{")
    if has_name:
        named = [index for index, pair in enumerate(resource.items(pairs)) if at(pair, ("name",)) == name[:-1]]
        path = f"{pairs}[{named[0]}].value" if named else name[:-1]
    value = resource.get(path)
    return None if value in ([], {}) else value

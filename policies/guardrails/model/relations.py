"""Relations that need more care than one value: which single resource a property names, and who names a resource.

An unknown value is told by where it comes from. When it may come from several resources of the same kind (one element
picked out of a list that is still unknown), nobody can tell which, and `UndeterminedError` says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache

from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError


def named(stack: Stack, source: Resource, path: str, types: Collection[str]) -> Resource | None:
    """The one resource of ``types`` that ``source`` names at ``path``; None when it names something else.

    Raises:
        UndeterminedError: the value is unknown, and comes from none or several of them.
    """
    if source.raw(path) is not UNKNOWN:
        return stack.referred(source, path, types)
    found = _origins(stack, source, path, types)
    if len(found) != 1:
        raise UndeterminedError(path)
    return found[0]


def all_named(stack: Stack, source: Resource, path: str, types: Collection[str]) -> list[Resource]:
    """Every resource of ``types`` that ``source`` names in the list (or single value) at ``path``."""
    stated = source.raw(path)
    paths = [f"{path}[{index}]" for index in range(len(stated))] if isinstance(stated, list) else [path]
    known = [where for where in paths if source.raw(where) is not UNKNOWN]
    found = [resource for where in known if (resource := stack.referred(source, where, types))]
    if len(known) < len(paths):
        found += _origins(stack, source, path, types)
    return found


def named_by(
    target: Resource, stack: Stack, types: tuple[str, ...], path: str, among: tuple[str, ...]
) -> list[Resource]:
    """The resources of ``types`` that name ``target`` at ``path``, where things of the types ``among`` may be named.

    Raises:
        UndeterminedError: none is known to, and one has an unknown value there that comes from no such thing.
    """
    namers = _namers(stack, types, path, among)
    if target.urn not in namers and None in namers:
        raise UndeterminedError(path)
    return namers.get(target.urn, [])


@lru_cache(maxsize=256)
def _namers(
    stack: Stack, types: tuple[str, ...], path: str, among: tuple[str, ...]
) -> dict[str | None, list[Resource]]:
    """Who names whom, by the URN of the named; None for those that name nobody knows what."""
    found: defaultdict[str | None, list[Resource]] = defaultdict(list)
    for resource in stack.of_type(*types):
        targets = all_named(stack, resource, path, among)
        for target in targets:
            found[target.urn].append(resource)
        if not targets and UNKNOWN in values_at(resource, path):
            found[None].append(resource)
    return dict(found)


def _origins(stack: Stack, source: Resource, path: str, types: Collection[str]) -> list[Resource]:
    resources = (stack.by_urn.get(urn) for urn in origins(source, path))
    return [resource for resource in resources if resource is not None and resource.type in types]

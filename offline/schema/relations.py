"""Rules between the inputs of one object: exactly one of, at most one of, conflicts with, required with.

They come from CloudFormation's schemas, from the unions of the services' models, and from what the SDK's and the
services' documentation says in words that leave no doubt. Where two sources differ, the one that accepts wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from offline.schema import documented
from offline.schema.catalogue import Property
from offline.schema.naming import plain, singular
from offline.schema.wording import Relation, Rule, stated, unmarked

# What a source states and the provider doesn't hold its users to: an example of its documentation does otherwise, or
# the provider has a default where CloudFormation has none.
_NOT_SO = frozenset(
    {
        ("approvalRules", "approvedPatches"),
        ("cidrBlock", "ipv4IpamPoolId"),
        ("egress", "vpcId"),
        ("interval", "times"),
        ("ipv4IpamPoolId", "ipv4NetmaskLength"),
        ("ipv6IpamPoolId", "ipv6NetmaskLength"),
    }
)


_EVERYWHERE = frozenset({"region", "tags", "tagsAll"})  # what nearly every resource has says nothing of the others


def of_documentation(properties: Mapping[str, Property], summary: str = "") -> Iterator[Relation]:
    """What the SDK says of the fields of one object, and in `summary` of the object itself."""
    own = [name for name in properties if name not in _EVERYWHERE]
    known = {form: name for name in own for form in (singular(name), plain(name))}
    yield from stated(summary, "", known, "SDK")
    for name in own:
        yield from stated(properties[name].description, name, known, "SDK")


def of_model(shape: Mapping[str, Any], ours: Mapping[str, str]) -> Iterator[Relation]:
    """What a service says of a structure: a union has one member. `ours` are our names of its members."""
    members = shape.get("members", {})
    if shape.get("union"):
        names = tuple(sorted({ours[member] for member in members if member in ours}))
        if len(names) > 1:
            yield Relation("at most one", names, source="union")
    known = {plain(member): name for member, name in ours.items()}
    yield from stated(unmarked(shape.get("documentation", ""), members), "", known, "service")
    for member, definition in members.items():
        if member in ours:
            text = unmarked(definition.get("documentation", ""), members)
            yield from stated(text, ours[member], known, "service")


def of_schema(definition: Mapping[str, Any], ours: Mapping[str, str]) -> Iterator[Relation]:
    """What CloudFormation says of an object, where each property that it names is one of `ours`."""
    groups: list[tuple[Rule, Iterable[str]]] = [
        ("exactly one", definition.get("requiredXor", ())),
        ("at least one", definition.get("requiredOr", ())),
        ("exactly one", _alternatives(definition.get("oneOf", ()))),
        ("at least one", _alternatives(definition.get("anyOf", ()))),
    ]
    for rule, names in groups:
        if names and all(name in ours for name in names):
            yield Relation(rule, tuple(sorted({ours[name] for name in names})), source="CloudFormation")
    pairs: list[tuple[Rule, Mapping[str, Any]]] = [
        ("conflict", definition.get("dependentExcluded", {})),
        ("required with", definition.get("dependentRequired", {})),
        ("required with", definition.get("dependencies", {})),
    ]
    for rule, dependents in pairs:
        for name, others in dependents.items():
            for other in others if isinstance(others, list) else ():
                if name in ours and other in ours and ours[name] != ours[other]:
                    both = (ours[name], ours[other])
                    yield Relation(
                        rule, both if rule == "required with" else tuple(sorted(both)), source="CloudFormation"
                    )


def _alternatives(branches: Iterable[Mapping[str, Any]]) -> list[str]:
    """The properties of which `oneOf` or `anyOf` wants one, if that is all it wants."""
    branches = list(branches)
    alone = all(set(branch) == {"required"} and len(branch["required"]) == 1 for branch in branches)
    return [branch["required"][0] for branch in branches] if alone and len(branches) > 1 else []


def agreed(relations: Iterable[Relation], properties: Mapping[str, Property]) -> tuple[Relation, ...]:
    """The rules without repetition, and without what something else contradicts."""
    found = dict.fromkeys(_weakened(one, properties) for one in relations if one.names not in _NOT_SO)
    apart = {frozenset(one.names) for one in found if one.rule == "conflict"}
    together = {frozenset(one.names) for one in found if one.rule == "required with" and not one.values}

    def contradicted(one: Relation) -> bool:
        names = frozenset(one.names)
        if one.rule == "at least one":  # what excludes one of them can take its place
            return _has_default(one, properties) or any(len(pair & names) == 1 for pair in apart)
        if one.rule == "required with":
            return names in apart or documented.default(properties[one.names[1]]) is not None
        return names in together or any(properties[name].required for name in names)

    return tuple(one for one in found if not contradicted(one))


def _weakened(one: Relation, properties: Mapping[str, Property]) -> Relation:
    """Where one of the names has a default, none need be given."""
    return replace(one, rule="at most one") if one.rule == "exactly one" and _has_default(one, properties) else one


def _has_default(one: Relation, properties: Mapping[str, Property]) -> bool:
    return any(documented.default(properties[name]) is not None for name in one.names)

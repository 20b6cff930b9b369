"""The limits AWS sets on a property: from CloudFormation's schema, the service's own model, and the documentation.

Refusing what AWS accepts is worse than missing what it refuses. So a value is refused by an enum only when no source
knows it, a bound is the widest that any source gives, and a pattern counts only when every source that has one
agrees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from offline.schema import cloudformation, corrections, documented, relations, service_api
from offline.schema.catalogue import Property, ResourceType, per_type
from offline.schema.cloudformation import Schema
from offline.schema.naming import pairs
from offline.schema.service_api import Api
from offline.schema.wording import Relation

_KEPT_DEPTH = 3  # objects within objects; some types contain themselves
Range = tuple[float | None, float | None]
NO_RANGE: Range = (None, None)
_LOOK_AROUND = re.compile(r"\(\?[=!<]")
# What every service and the provider mean by these names, whether or not a source spells it out.
_ARN = re.compile(r"(?:^a|A)rns?$")
_BLOCK = re.compile(r"(?:^c|C)idr(?:Blocks?|s|Ip|Ipv[46])?$")
_TYPES = {
    "string": ("string",),
    "integer": ("integer", "long", "number", "float", "double"),
    "number": ("integer", "long", "number", "float", "double"),
    "list": ("array", "list"),
}


@dataclass(frozen=True)
class Limits:
    """What a value must satisfy; empty and None where nothing is known."""

    enum: tuple[str, ...] = ()
    size: Range = NO_RANGE  # length of text, number of items, or value of a number
    patterns: tuple[str, ...] = ()
    arn: bool = False  # whether the value is always an ARN
    block: bool = False  # whether the value is always a range of addresses


@dataclass(frozen=True, eq=False)
class Sources:
    """What CloudFormation and the service say of the fields of one object."""

    schema: Schema | None
    described: Mapping[str, Any]  # CloudFormation's definitions by its names
    api: Api | None
    members: Mapping[str, str]  # the service's shapes by its names


@dataclass(frozen=True, eq=False)
class Node:
    """A property together with what CloudFormation and the service say of it; children are found on first use."""

    prop: Property
    schema: Schema | None = None
    described: Mapping[str, Any] | None = None  # CloudFormation's definition
    api: Api | None = None
    shape: str = ""  # the service's shape

    @cached_property
    def limits(self) -> Limits:
        """The limits of this property's values."""
        return _limits(self)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Rules between the fields of this object."""
        ours, definition, model = self.prop.properties, self.definition(), self.model()
        found = (
            *relations.of_documentation(ours),
            *relations.of_schema(definition, _inverse(pairs(ours, definition.get("properties", {}), ()))),
            *relations.of_model(model, _inverse(pairs(ours, model.get("members", {}), ()))),
        )
        return relations.agreed(found, ours)

    @cached_property
    def items(self) -> Node | None:
        """The element of a list or map."""
        if self.prop.items is None:
            return None
        definition, shape = self.definition(), self.model()
        once = self.prop.kind == "list"  # what the SDK has as a list may be one object to AWS
        described = self.described if once and definition.get("type") == "object" else definition.get("items")
        member = shape.get("member") or shape.get("value") or {}
        name = self.shape if once and shape.get("type") == "structure" else member.get("shape", "")
        if shape.get("type") == "map":
            described = None
        return Node(self.prop.items, self.schema, described, self.api, name)

    @cached_property
    def fields(self) -> Mapping[str, Node]:
        """The fields of an object."""
        members = {name: member["shape"] for name, member in self.model().get("members", {}).items()}
        sources = Sources(self.schema, self.definition().get("properties", {}), self.api, members)
        return _nodes(self.prop.properties, sources, ())

    def definition(self) -> Mapping[str, Any]:
        """CloudFormation's definition of the property, or nothing."""
        return self.schema.resolve(self.described) if self.schema and self.described else {}

    def model(self) -> Mapping[str, Any]:
        """The service's definition of the property, or nothing."""
        return self.api.shape(self.shape) if self.api and self.shape else {}


@dataclass(frozen=True, eq=False)
class Root:
    """The inputs of a resource type with their limits, and the rules between them."""

    fields: Mapping[str, Node]
    relations: tuple[Relation, ...]


@per_type
def root(resource: ResourceType) -> Root:
    """Limits and rules for the inputs of `resource`."""
    inputs = resource.inputs
    own = relations.of_documentation(inputs, resource.description)
    if not resource.token.startswith("aws:"):
        return Root({name: Node(prop) for name, prop in inputs.items()}, relations.agreed(own, inputs))
    schema = cloudformation.schema(resource)
    noun = schema.name.rsplit("::", 1)[-1] if schema else ""
    owners = (noun, resource.token.rsplit(":", 1)[-1])
    calls = service_api.operations(resource, noun)
    members = calls.api.members(calls.create, 1) if calls else {}
    described = schema.document.get("properties", {}) if schema else {}
    sources = Sources(schema, described, calls.api if calls else None, members)
    corrected = corrections.RELATIONS.get(resource.token, ())
    found = [*own, *(relations.of_schema(schema.document, _inverse(schema.names)) if schema else ())]
    for shape in calls.api.structures(calls.create) if calls else ():
        found += relations.of_model(shape, _inverse(pairs(inputs, shape.get("members", {}), owners)))
    stated = [each for each in found if each.names not in {one.names for one in corrected}]
    return Root(_nodes(inputs, sources, owners), relations.agreed((*stated, *corrected), inputs))


def _inverse(names: Mapping[str, str]) -> Mapping[str, str]:
    """Their names -> ours, where that is unique."""
    theirs = list(names.values())
    return {other: name for name, other in names.items() if theirs.count(other) == 1}


def evaluate(resource: ResourceType) -> None:
    """Find out all limits of a type, as deep as programs go as a rule, so that they are kept with it."""
    for node in root(resource).fields.values():
        _evaluate(node, 0)


def _evaluate(node: Node, depth: int) -> None:
    _ = node.limits
    if node.items is not None:
        _evaluate(node.items, depth)
    if node.prop.kind == "object" and depth < _KEPT_DEPTH:
        _ = node.relations
        for field in node.fields.values():
            _evaluate(field, depth + 1)


def _nodes(properties: Mapping[str, Property], sources: Sources, owners: Iterable[str]) -> Mapping[str, Node]:
    """Nodes for the fields of one object, paired with their counterparts by name."""
    described = pairs(properties, sources.described, owners)
    members = pairs(properties, sources.members, owners)
    return {
        name: Node(
            prop,
            sources.schema,
            sources.described[described[name]] if name in described else None,
            sources.api,
            sources.members[members[name]] if name in members else "",
        )
        for name, prop in properties.items()
    }


def _limits(node: Node) -> Limits:
    wanted = _TYPES.get(node.prop.kind)
    if wanted is None:
        return Limits(enum=tuple(map(str, node.prop.enum)) if node.prop.closed else ())
    sources = [source for source in (node.definition(), node.model()) if source.get("type") in wanted]
    return Limits(
        _enum(node.prop, sources),
        _size(node.prop, sources),
        _patterns(node.prop, sources),
        _is_arn(node.prop, sources),
        _BLOCK.search(node.prop.name) is not None,
    )


def _enum(prop: Property, sources: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every value that some source knows, once one source of authority closes the list."""
    if prop.kind not in {"string", "integer"}:
        return ()
    named = [tuple(map(str, source["enum"])) for source in sources if source.get("enum")]
    stated = documented.values(prop)
    if not named and not stated and not prop.closed:
        return ()
    return tuple(dict.fromkeys((*(value for enum in named for value in enum), *stated, *map(str, prop.enum))))


def _size(prop: Property, sources: list[Mapping[str, Any]]) -> Range:
    keys = {"string": ("minLength", "maxLength"), "list": ("minItems", "maxItems")}.get(
        prop.kind, ("minimum", "maximum")
    )
    ranges = [(source.get(keys[0], source.get("min")), source.get(keys[1], source.get("max"))) for source in sources]
    stated = documented.bounds(prop) or documented.length(prop)
    low, high = _widest(ranges)
    return (stated[0] if low is None else low, stated[1] if high is None else high)


def _widest(ranges: list[Range]) -> Range:
    lows = [low for low, _ in ranges if low is not None]
    highs = [high for _, high in ranges if high is not None]
    return (min(lows) if lows else None, max(highs) if highs else None)


def _patterns(prop: Property, sources: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """Patterns that both sources give: one alone is often narrower than what the service accepts."""
    found = [source["pattern"] for source in sources if source.get("pattern")] if prop.kind == "string" else []
    return tuple(found) if len(found) > 1 and all(map(_is_readable, found)) else ()


def _is_arn(prop: Property, sources: list[Mapping[str, Any]]) -> bool:
    if not _ARN.search(prop.name) or prop.name in corrections.LOOSE_ARNS:
        return False
    written = [source["pattern"].lstrip("^(") for source in sources if source.get("pattern")]
    return all(text.startswith("arn") for text in written)


def _is_readable(pattern: str) -> bool:
    """Whether Python reads a pattern as AWS does."""
    if _LOOK_AROUND.search(pattern) or r"\p{" in pattern or r"\x" in pattern or r"\u" in pattern:
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True

"""Checks inputs as AWS and its provider would, before anything is created."""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from offline.schema import limits
from offline.schema.catalogue import FunctionType, ResourceType
from offline.schema.limits import Limits, Node
from offline.schema.wording import Relation
from offline.wire.values import OUTPUT_SIGNATURE, SECRET_SIGNATURE, SIGNATURE, UNKNOWN

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
# Where the provider wants the first address of the block; elsewhere any address in it will do.
_NETWORK = re.compile(r"(?:^|\.)(?:(?:destination)?(?:Ipv6|ipv6)?[cC]idrBlocks?|cidrIpv[46])(?:\[\d+\])?$")
_MANY = 24  # names listed in full in a message; of more, only the near ones


@dataclass(frozen=True)
class Failure:
    """One reason why inputs are refused; `property` is a path such as `ingress[0].fromPort`."""

    property: str
    reason: str


def plain_value(value: object) -> object:
    """`value` without the wrapper that marks it as a secret or an output; UNKNOWN if it isn't known yet."""
    while isinstance(value, Mapping):
        signature = value.get(SIGNATURE)
        if signature not in {SECRET_SIGNATURE, OUTPUT_SIGNATURE}:
            return value
        value = value.get("value", UNKNOWN)
    return value


def check(resource: ResourceType, inputs: Mapping[str, Any]) -> list[Failure]:
    """Everything wrong with `inputs`; empty when AWS would accept them as far as can be known."""
    if resource.open:
        return []
    rules = limits.root(resource)
    return [*_fields("", rules.fields, inputs), *_relations("", rules.relations, inputs)]


def check_arguments(function: FunctionType, arguments: Mapping[str, Any]) -> list[Failure]:
    """Everything wrong with the arguments of a function: names, need and types."""
    return list(_fields("", {name: Node(prop) for name, prop in function.arguments.items()}, arguments))


def _fields(path: str, fields: Mapping[str, Node], given: Mapping[str, Any]) -> Iterator[Failure]:
    for name, node in fields.items():
        if node.prop.required and given.get(name) is None:
            yield Failure(
                _join(path, name),
                f'missing required argument: the argument "{name}" is required, but no definition was found',
            )
    for name, value in given.items():
        if name in fields:
            yield from _value(_join(path, name), fields[name], value)
        elif not name.startswith("__") and value is not None:
            yield Failure(_join(path, name), _unknown_key(name, fields))


def _unknown_key(name: str, fields: Iterable[str]) -> str:
    valid = sorted(fields)
    near = difflib.get_close_matches(name, valid, n=3, cutoff=0.6)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    listed = f" Valid names: {', '.join(valid)}." if len(valid) <= _MANY or not near else ""
    return f'invalid or unknown key "{name}"{hint}{listed}'


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(path: str, node: Node, value: object) -> Iterator[Failure]:
    value = plain_value(value)
    if value is None or value == UNKNOWN:
        return
    kind = node.prop.kind
    if kind == "list":
        yield from _list(path, node, value)
    elif kind == "map":
        yield from _map(path, node, value)
    elif kind == "object":
        yield from _object(path, node, value)
    elif kind == "json":
        yield from _json(path, node, value)
    elif kind in {"string", "integer", "number", "boolean"}:
        yield from _scalar(path, node, value)


def _list(path: str, node: Node, value: object) -> Iterator[Failure]:
    if not isinstance(value, list | tuple):
        yield Failure(path, _mismatch(path, "a list", value))
        return
    yield from _outside(path, node.limits, len(value), "number of items in ")
    if node.items is not None:
        for index, item in enumerate(value):
            yield from _value(f"{path}[{index}]", node.items, item)


def _map(path: str, node: Node, value: object) -> Iterator[Failure]:
    if not isinstance(value, Mapping):
        yield Failure(path, _mismatch(path, "a map", value))
    elif node.items is not None:
        for key, item in value.items():
            yield from _value(_join(path, str(key)), node.items, item)


def _object(path: str, node: Node, value: object) -> Iterator[Failure]:
    if not isinstance(value, Mapping):
        yield Failure(path, _mismatch(path, "an object", value))
    elif node.prop.properties:
        yield from _fields(path, node.fields, value)
        yield from _relations(path, node.relations, value)


def _json(path: str, node: Node, value: object) -> Iterator[Failure]:
    """A document: as an object it is not checked further, since its keys are AWS's and not the SDK's."""
    if not isinstance(value, str):
        return
    try:
        json.loads(value)
    except ValueError as error:
        if UNKNOWN not in value:
            yield Failure(path, f'"{node.prop.name}" contains an invalid JSON: {error}')


def _scalar(path: str, node: Node, value: object) -> Iterator[Failure]:
    """Text, number or boolean. As in the provider, `"5"` passes for 5, 5 for `"5"` and `"true"` for true."""
    kind = node.prop.kind
    if isinstance(value, Mapping | list | tuple):
        if not (kind == "string" and isinstance(value, Mapping) and SIGNATURE in value):  # an asset or a resource
            yield Failure(
                path, _mismatch(path, {"integer": "a whole number", "number": "a number"}.get(kind, f"a {kind}"), value)
            )
        return
    if kind == "boolean":
        if not isinstance(value, bool) and str(value).lower() not in {"true", "false", "0", "1"}:
            yield Failure(path, _mismatch(path, "a boolean", value))
    elif kind == "string":
        yield from _text(path, node, value)
    else:
        yield from _number(path, node, value)


def _number(path: str, node: Node, value: object) -> Iterator[Failure]:
    if isinstance(value, bool) or not (isinstance(value, int | float) or _NUMBER.fullmatch(str(value))):
        yield Failure(path, _mismatch(path, "a number", value))
        return
    number = float(value) if isinstance(value, int | float | str) else 0.0
    if node.prop.kind == "integer" and not number.is_integer():
        yield Failure(path, _mismatch(path, "a whole number", value))
        return
    enum = node.limits.enum
    if enum and f"{number:.15g}" not in enum:
        yield Failure(path, f"expected {path} to be one of {_listed(str(value), enum)}, got {number:.15g}")
    yield from _outside(path, node.limits, number)


def _text(path: str, node: Node, value: object) -> Iterator[Failure]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if UNKNOWN in text or not text:  # an empty text is how programs leave a property out
        return
    found = node.limits
    if found.enum and not _known(text, found.enum):
        yield Failure(path, f"expected {path} to be one of {_listed(text, found.enum)}, got {text}")
        return
    if not text.startswith(("{", "[")):  # documents are measured after the provider has normalised them
        yield from _outside(path, found, len(text), "length of ")
    if found.arn and not text.startswith("arn:") and text != "*":
        yield Failure(path, f'"{path}" ({text}) is an invalid ARN: arn: invalid prefix')
    elif found.block:
        yield from _block(path, text)
    elif found.patterns and not any(re.search(pattern, text) for pattern in found.patterns):
        yield Failure(path, f"invalid value for {path} ({text}): must match {found.patterns[0]}")


def _block(path: str, text: str) -> Iterator[Failure]:
    try:
        given = ipaddress.ip_interface(text)
    except ValueError:
        yield Failure(path, f'"{text}" is not a valid CIDR block: invalid CIDR address: {text}')
        return
    if _NETWORK.search(path) and ("/" not in text or given.ip != given.network.network_address):
        yield Failure(path, f'"{text}" is not a valid CIDR block; did you mean "{given.network}"?')


def _listed(text: str, enum: tuple[str, ...]) -> str:
    """The valid values, or of very many the nearest."""
    if len(enum) <= _MANY:
        return json.dumps(list(enum))
    near = difflib.get_close_matches(text, enum, n=8, cutoff=0.4)
    return f"{len(enum)} values, such as {json.dumps(near or list(enum[:8]))}"


def _known(text: str, enum: tuple[str, ...]) -> bool:
    """Whether a list of values has `text`; the provider and several services ignore its case."""
    return text in enum or text.lower() in {value.lower() for value in enum}


def _outside(path: str, found: Limits, size: float, what: str = "") -> Iterator[Failure]:
    low, high = found.size
    if low is not None and high is not None and not low <= size <= high:
        yield Failure(path, f"expected {what}{path} to be in the range ({low:.15g} - {high:.15g}), got {size:.15g}")
    elif low is not None and size < low:
        yield Failure(path, f"expected {what}{path} to be at least ({low:.15g}), got {size:.15g}")
    elif high is not None and size > high:
        yield Failure(path, f"expected {what}{path} to be at most ({high:.15g}), got {size:.15g}")


def _mismatch(path: str, expected: str, value: object) -> str:
    names = {"str": "a string", "bool": "a boolean", "int": "a number", "float": "a number", "dict": "an object"}
    return f"expected {path} to be {expected}, got {names.get(type(value).__name__, 'a list')}"


def _relations(path: str, relations: Iterable[Relation], given: Mapping[str, Any]) -> Iterator[Failure]:
    for relation in relations:
        if relation.rule == "required with":
            yield from _needed(path, relation, given)
            continue
        present = [name for name in relation.names if _is_set(given.get(name))]
        listed = ", ".join(relation.names)
        if relation.rule == "conflict" and len(present) > 1:
            yield Failure(_join(path, present[0]), f'"{present[0]}": conflicts with {present[1]}')
        elif relation.rule in {"exactly one", "at most one"} and len(present) > 1:
            yield Failure(
                _join(path, present[0]), f"only one of `{listed}` can be specified, but `{', '.join(present)}` were"
            )
        elif relation.rule in {"exactly one", "at least one"} and all(
            given.get(each) is None for each in relation.names
        ):
            reason = "one of" if relation.rule == "exactly one" else "at least one of"
            yield Failure(path, f"invalid combination of arguments: {reason} `{listed}` must be specified")


def _is_set(value: object) -> bool:
    """Whether a value says something: `False` and what is empty are how programs leave an option out."""
    return plain_value(value) not in (None, False, "", [], {})


def _needed(path: str, relation: Relation, given: Mapping[str, Any]) -> Iterator[Failure]:
    name, other = relation.names
    value = plain_value(given.get(name))
    if not _is_set(value) or given.get(other) is not None:
        return
    if not relation.values:
        yield Failure(_join(path, name), f'"{name}": all of `{name}, {other}` must be specified')
    elif (str(value).lower() if isinstance(value, bool) else value) in relation.values:
        yield Failure(_join(path, other), f'"{other}" is required when {name} is {value}')

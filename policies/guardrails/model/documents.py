"""Texts that are documents: JSON anywhere, YAML where a property may hold it, as templates and build specifications."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from guardrails.model.values import extend_path, leaves, property_name


def with_texts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """`leaves`, and in place of a text that is a document what it says: a definition, a policy, a template."""
    return (found for where, leaf in leaves(value, path) for found in text_leaves(leaf, where))


def text_leaves(leaf: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A leaf, or in place of a text that is a document what it says."""
    body = document_in(leaf, path) if isinstance(leaf, str) else None
    if body is None:
        yield path, leaf
    else:
        yield from with_texts(body, path)


def objects_with(value: Any, name: str, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every object inside ``value`` that has a property of this name, also in texts that are documents."""
    if isinstance(value, str):
        value = document_in(value, path) if name in value else None
    if isinstance(value, dict):
        if name in value:
            yield path, value
        else:
            for key, child in value.items():
                yield from objects_with(child, name, extend_path(path, str(key)))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from objects_with(child, name, f"{path}[{index}]")


def document_in(text: str, path: str) -> Any:
    """The object or list that the text at ``path`` is in JSON, or in YAML where a property may hold it; else None."""
    body = json_text(text)
    if body is None and property_name(path) in MAY_BE_YAML and "\n" in text:
        return yaml_text(text)
    return body


MAY_BE_YAML = frozenset(
    {"body", "buildspec", "content", "data", "desiredState", "pipelineConfigurationBody", "templateBody"}
)
"""Names of the properties that take a document in YAML as well as in JSON."""
_DEEPEST = 100
"""Levels of lists and objects in a document; one that goes deeper isn't read."""


def json_text(text: str) -> Any:
    """The object or list that a text is the JSON of; None for any other text."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        body = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    return body if isinstance(body, dict | list) and not is_too_deep(body) else None


def is_too_deep(body: Any) -> bool:
    """Whether lists and objects lie in one another more than 100 times."""
    level = [body]
    for _ in range(_DEEPEST):
        inner = [each.values() if isinstance(each, dict) else each for each in level]
        level = [item for items in inner for item in items if isinstance(item, dict | list)]
        if not level:
            return False
    return True


def uncapitalised(value: Any) -> Any:
    """A document whose names begin with small letters, as Pulumi writes what AWS capitalises."""
    if isinstance(value, dict):
        return {str(key)[:1].lower() + str(key)[1:]: uncapitalised(each) for key, each in value.items()}
    return [uncapitalised(each) for each in value] if isinstance(value, list) else value


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: short tags, and days are texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _short_tag(loader: yaml.CSafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """``!Ref Key`` as ``{"Ref": "Key"}``, ``!Sub text`` as ``{"Fn::Sub": "text"}``."""
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    match node:
        case yaml.MappingNode():
            return {name: loader.construct_mapping(node, deep=True)}
        case yaml.SequenceNode():
            return {name: loader.construct_sequence(node, deep=True)}
        case _:
            return {name: str(node.value)}


_Loader.add_multi_constructor("!", _short_tag)


def yaml_text(text: str) -> Any:
    """The object or list that a text is the YAML of; None for any other text, and for one with aliases.

    Aliases could stand for more than memory holds, and CloudFormation refuses them, too.
    """
    try:
        if not _is_modest(text):
            return None
        body = yaml.load(text, _Loader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None
    return _with_texts_as_keys(body) if isinstance(body, dict | list) else None


def _is_modest(text: str) -> bool:
    """Whether a YAML text has no alias and isn't too deep; by its events: loading a deep one ends Python."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            return False
    return True


def _with_texts_as_keys(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _with_texts_as_keys(each) for key, each in value.items()}
        case list():
            return [_with_texts_as_keys(each) for each in value]
        case _:
            return value

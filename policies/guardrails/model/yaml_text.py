"""Documents in YAML: CloudFormation templates with its short tags, build specifications, documents of SSM."""

from __future__ import annotations

from typing import Any

import yaml

from guardrails.model.values import is_too_deep


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
        if "&" in text and any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            return None
        body = yaml.load(text, _Loader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, RecursionError, ValueError, TypeError):
        return None
    return _with_texts_as_keys(body) if isinstance(body, dict | list) and not is_too_deep(body) else None


def _with_texts_as_keys(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _with_texts_as_keys(each) for key, each in value.items()}
        case list():
            return [_with_texts_as_keys(each) for each in value]
        case _:
            return value

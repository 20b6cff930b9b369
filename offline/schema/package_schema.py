"""A package's schema, for language hosts that check a program against it: Pulumi YAML's.

What its form is: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from offline.schema.catalogue import (
    Kind,
    Property,
    ResourceType,
    function_tokens,
    function_type,
    provider_inputs,
    read_type,
    resource_tokens,
)

ANY = {"$ref": "pulumi.json#/Any"}
TYPES: Mapping[Kind, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "list": {"type": "array", "items": ANY},
    "map": {"type": "object", "additionalProperties": ANY},
    "object": {"type": "object", "additionalProperties": ANY},
}
"""Names of properties and their outermost types: what lies within one is for ``Check`` to refuse."""


def package_schema(package: str, version: str) -> str:
    """The schema of all types of an installed SDK, as JSON; takes seconds for `aws`."""
    config = {"variables": _properties(provider_inputs(package).values())}
    schema = {
        "name": package,
        "version": version,
        "config": config,
        "provider": {"inputProperties": config["variables"], "properties": config["variables"]},
        "resources": {token: _resource(read_type(token)) for token in resource_tokens(package)},
        "functions": {token: _function(token) for token in function_tokens(package)},
    }
    return json.dumps(schema)


def _resource(resource: ResourceType) -> Mapping[str, Any]:
    return {
        "inputProperties": _properties(resource.inputs.values()),
        "requiredInputs": sorted(resource.required),
        "properties": _properties(resource.outputs.values()),
    }


def _function(token: str) -> Mapping[str, Any]:
    function = function_type(token)
    return {
        "inputs": {"properties": _properties(function.arguments.values())},
        "outputs": {"properties": _properties(function.results.values())},
    }


def _properties(properties: Iterable[Property]) -> Mapping[str, Any]:
    return {each.name: TYPES.get(each.kind, ANY) for each in properties if each.name not in {"id", "urn"}}

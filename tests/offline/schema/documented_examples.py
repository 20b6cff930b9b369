"""The examples in the SDK's own documentation, as inputs: each was written to be accepted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from offline.schema import sdk_source
from offline.schema.catalogue import Property, ResourceType, resource_type
from offline.schema.naming import plain
from offline.wire.values import UNKNOWN

_CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def examples(token: str) -> Iterator[dict[str, Any]]:
    """Inputs of each resource of type `token` in the examples of its own documentation; what isn't plain is unknown."""
    directory, name = sdk_source.resource_classes(token.split(":", maxsplit=1)[0])[token]
    file = sdk_source.file_of(directory, name)
    kind = resource_type(token)
    blocks = dict.fromkeys(_CODE.findall(file.body(name))) if file else ()
    for block in blocks:
        for call in _calls(block, name, directory.name):
            yield _inputs(call, kind)


def _calls(block: str, name: str, module: str) -> Iterator[ast.Call]:
    lines = block.splitlines()
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    try:
        tree = ast.parse("\n".join(line[indent:] for line in lines).replace("\\\\", "\\"))
    except SyntaxError:  # an example that isn't Python says nothing
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"aws.{module}.{name}":
            yield node


def _inputs(call: ast.Call, kind: ResourceType) -> dict[str, Any]:
    names = {plain(name): name for name in kind.inputs}
    given: dict[str, Any] = {}
    for keyword in call.keywords:
        name = names.get(plain(keyword.arg or ""))
        if keyword.arg and keyword.arg != "opts":
            given[name or keyword.arg] = _value(keyword.value, kind.inputs.get(name or ""))
    return given


def _value(node: ast.expr, prop: Property | None) -> Any:
    if prop is not None and prop.kind == "list" and isinstance(node, ast.List):
        return [_value(item, prop.items) for item in node.elts]
    if prop is not None and prop.kind == "object" and isinstance(node, ast.Dict):
        return _fields(node, prop.properties)
    try:
        return ast.literal_eval(node)
    except ValueError:
        return UNKNOWN


def _fields(node: ast.Dict, properties: Mapping[str, Property]) -> dict[str, Any]:
    names = {plain(name): name for name in properties}
    given: dict[str, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant):
            name = names.get(plain(str(key.value)), str(key.value))
            given[name] = _value(value, properties.get(name))
    return given

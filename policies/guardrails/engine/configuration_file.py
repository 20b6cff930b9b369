"""Reads a file for ``--policy-pack-config`` more strictly than the engine, where the last of two equal keys wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from guardrails.engine.configuration import SETTINGS, ConfigurationError
from guardrails.engine.policy_exceptions import VERSION, is_versioned, problems_of
from guardrails.model.control import Level

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where PyYAML has it
_LEVEL = "enforcementLevel"
_LEVELS = ", ".join(Level)


def check(path: Path, *, overlay: bool = False) -> None:
    """Refuse what the engine would take in silence, or would refuse without the name of the file.

    Which controls and parameters there are is known to the packs, which refuse others.

    Args:
        path: of the file.
        overlay: it is laid over another one, which says the levels that it leaves out.

    Raises:
        ConfigurationError: the file can't be read, is no JSON, writes a key twice, or has a level that doesn't exist;
            lists every problem by line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        json.loads(text)
        root = yaml.compose(text.replace("\t", " "), _LOADER)  # JSON is YAML, which knows its lines
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}: not JSON: {error.msg} (column {error.colno})"
        raise ConfigurationError(message) from None
    except (OSError, UnicodeDecodeError) as error:
        message = f"can't read {path}: {error}"
        raise ConfigurationError(message) from error
    if not isinstance(root, yaml.MappingNode):
        message = f"{path}: valid: an object with a level or parameters for each control"
        raise ConfigurationError(message)
    if is_versioned(content := json.loads(text)):
        told = (
            [] if not overlay else [f"version: an engine that knows version {VERSION} is needed; valid: policies alone"]
        )
        problems = [*_twice(root, ""), *((1, each) for each in (*told, *problems_of(content)))]
        policies = next((value for key, value in root.value if key.value == "policies"), None)
        problems += _levels(policies, overlay=overlay) if isinstance(policies, yaml.MappingNode) else ()
    else:
        problems = [*_twice(root, ""), *_levels(root, overlay=overlay)]
    if problems:
        lines = "\n".join(f"  - line {line}: {problem}" for line, problem in sorted(problems))
        message = f"{path} is not valid:\n{lines}"
        raise ConfigurationError(message)


def _twice(node: Any, path: str) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        where = f"{path}.{key.value}" if path else str(key.value)
        if key.value in seen:
            yield _line(key), f"{where}: written twice; valid: once"
        seen.add(key.value)
        yield from _twice(value, where)


def _levels(root: yaml.MappingNode, *, overlay: bool) -> Iterator[tuple[int, str]]:
    for key, value in root.value:
        name = key.value
        if isinstance(value, yaml.MappingNode):
            stated = [each for each_key, each in value.value if each_key.value == _LEVEL]
            where = f"{name}.{_LEVEL}"
        else:
            stated, where = [value], name
        for each in stated:
            if each.value not in tuple(Level) or not isinstance(each, yaml.ScalarNode):
                yield _line(each), f"{where}: got {each.value!r}, valid: {_LEVELS}"
        if name != SETTINGS and isinstance(value, yaml.MappingNode) and not stated and not overlay:
            yield _line(key), f"{name}: no {_LEVEL}; valid: {_LEVELS}"
        if name == "all" and any(each.value == Level.DISABLED for each in stated):
            yield _line(key), "all: disables every control; valid: the controls to disable, each by its id"


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1

"""Plain values: paths into them, unknown leaves, and walks over them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any


class Unknown:
    """Stands where a value will be known only after deployment. Never reaches a control through `Resource.get`."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


class UndeterminedError(Exception):
    """A control read a value that is not known yet.

    Attributes:
        path: the property that is unknown.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


Path = tuple[str | int, ...]

_STEP = re.compile(r"""\.?(?:(?P<key>[^.\[\]"]+)|\[(?P<index>\d+)\]|\["(?P<quoted>[^"]+)"\])""")
_PLAIN_KEY = re.compile(r'[^.\[\]"]+')


@lru_cache(maxsize=4096)
def parse_path(path: str) -> Path:
    """Split ``a.b[0]["c.d"]`` into its steps.

    Raises:
        ValueError: the path is malformed; a mistake in a control, not in a program.
    """
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            message = f"malformed property path {path!r} at character {position}"
            raise ValueError(message)
        index = step["index"]
        steps.append(int(index) if index is not None else step["key"] or step["quoted"])
        position = step.end()
    return tuple(steps)


def extend_path(path: str, step: str | int) -> str:
    """The path of an element or a key inside the value at ``path``; the opposite of `parse_path`."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not _PLAIN_KEY.fullmatch(step):
        return f'{path}["{step}"]'
    return f"{path}.{step}" if path else step


def property_name(path: str) -> str:
    """The last name on a path, without indices: ``cidrs`` of ``ports[0].cidrs[1]``."""
    return path.rpartition(".")[2].partition("[")[0]


def at(value: Any, steps: Path) -> Any:
    """The value inside ``value``: `UNKNOWN` when it, or what contains it, is unknown; None when absent or null."""
    for step in steps:
        if value is UNKNOWN:
            break
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf inside ``value`` with its path, unknown ones as `UNKNOWN`; empty containers have none."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, extend_path(path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, f"{path}[{index}]")
    else:
        yield path, value


def with_texts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """`leaves`, and in place of a text that is a document what it says: a definition, a policy, a template."""
    for where, leaf in leaves(value, path):
        body = document_in(leaf, where) if isinstance(leaf, str) else None
        if body is None:
            yield where, leaf
        else:
            yield from with_texts(body, where)


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
        from guardrails.model.yaml_text import yaml_text  # for the few stacks with such a text; others needn't wait

        return yaml_text(text)
    return body


MAY_BE_YAML = frozenset({"body", "buildspec", "content", "data", "desiredState", "templateBody"})
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

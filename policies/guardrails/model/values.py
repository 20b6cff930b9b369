"""Plain values: paths into them, unknown leaves, and walks over them."""

from __future__ import annotations

import re
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


class WrongTypeError(Exception):
    """A control read a value of another type than its property has; the provider will refuse it.

    Attributes:
        path: the property.
        expected: what it takes, such as ``a number``.
    """

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(path, expected)
        self.path = path
        self.expected = expected


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
    suffix = _suffix(step)
    return path + suffix if path or suffix[0] != "." else step


@lru_cache(maxsize=4096)
def _suffix(key: str) -> str:
    return f".{key}" if _PLAIN_KEY.fullmatch(key) else f'["{key}"]'


def property_name(path: str) -> str:
    """The last name on a path, without indices: ``cidrs`` of ``ports[0].cidrs[1]``."""
    return path.rpartition(".")[2].partition("[")[0]


@lru_cache(maxsize=8192)
def last_name(path: str) -> str:
    """The last name on a path, lower case without marks: ``requiressl`` of ``a["require_ssl"]``."""
    name = path.rpartition('["')[2].removesuffix('"]') if path.endswith('"]') else property_name(path)
    return re.sub(r"[^a-z0-9]", "", name.lower())


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


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every leaf inside ``value`` with its path, unknown ones as `UNKNOWN`; empty containers have none."""
    found: list[tuple[str, Any]] = []
    _collect(value, path, found)
    return found


def _collect(value: Any, path: str, found: list[tuple[str, Any]]) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _collect(child, extend_path(path, key), found)
    elif isinstance(value, list):
        for index, child in enumerate(value):
            _collect(child, f"{path}[{index}]", found)
    else:
        found.append((path, value))

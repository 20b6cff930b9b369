"""Reads a YAML file as the engine does, and remembers on which line each value stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, NamedTuple

import yaml

from components.core.settings.problems import SECRET, Path, Problem, SettingsError, dotted

WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
NOTHING = ("", "~", "null", "Null", "NULL")


class Origin(NamedTuple):
    """Where a value is written.

    Attributes:
        file: its name.
        line: from 1.
        spelling: a number or switch as written; None for anything else.
    """

    file: str
    line: int
    spelling: str | None = None


@dataclass
class Document:
    """A YAML file whose top is a mapping.

    Attributes:
        file: its name.
        content: what it says.
        lines: path -> line, from 1.
        spellings: path -> number or switch as written: ``011122223333`` is another number to the engine.
        secrets: paths of the values written ``secure: ...``; ``content`` has a placeholder there.
        problems: keys written twice or that aren't text.
    """

    file: str
    content: dict[str, Any] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)
    spellings: dict[Path, str] = field(default_factory=dict)
    secrets: set[Path] = field(default_factory=set)
    problems: tuple[Problem, ...] = ()

    def below(self, path: Path) -> Iterator[tuple[Path, Origin]]:
        """Path within ``path``, and where it is written, of each value in it."""
        for place, line in self.lines.items():
            if place[: len(path)] == path:
                yield place[len(path) :], Origin(self.file, line, self.spellings.get(place))

    def problem(self, path: Path, what: str, valid: str) -> Problem:
        """A mistake at a place of this file."""
        key = dotted(path[1:] if path[0] == "config" and len(path) > 1 else path)
        return Problem(self.file, self.lines.get(path, 0), key, what, valid)

    def read(self, node: yaml.Node, path: Path) -> object:
        """The value of a node; a recursive anchor ends in a RecursionError."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        value = scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(value, int | float):
            self.spellings[path] = node.value
        return value

    def mapping(self, node: yaml.MappingNode, path: Path) -> object:
        """A mapping's value: a dict, or a placeholder when it is an encrypted value."""
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            place = (*path, str(key))
            if key is None or not isinstance(scalar(key_node), str):
                self.lines[place] = key_node.start_mark.line + 1
                self.problems += (self.problem(place, "a key that isn't text", "a name, in quotes if need be"),)
            elif key in values:
                first, self.lines[place] = self.lines[place], key_node.start_mark.line + 1
                self.problems += (self.problem(place, f"written before, on line {first}", "each key once"),)
            else:
                self.lines[place] = key_node.start_mark.line + 1
                values[key] = self.read(value_node, place)
        if values.keys() == {"secure"} and isinstance(values["secure"], str):
            self.secrets.add(path)
            return SECRET
        return values


def scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    """A scalar by the rules of YAML 1.2: ``yes`` and ``12:30`` are texts."""
    text: str = node.value
    if node.style:  # in quotes, or a block
        return text
    if text in BOOLEANS:
        return BOOLEANS[text]
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        return float(text)
    return None if text in NOTHING else text


@lru_cache(maxsize=32)
def composed(content: bytes) -> yaml.Node | None:
    """The nodes of a file, which nobody changes. Most are read many times: each stack's as the others' neighbour."""
    return yaml.compose(content, Loader=yaml.SafeLoader)


def read_yaml(path: FilePath, whose: str) -> Document:
    """Read a file.

    Args:
        path: of the file.
        whose: settings it holds, for an error: ``stack 'prod'``.

    Raises:
        SettingsError: it's missing, can't be read, isn't YAML or isn't a mapping.
    """
    document = Document(path.name)
    try:
        root = composed(path.read_bytes())
        content = {} if root is None else document.read(root, ())
        json.dumps(content, ensure_ascii=False).encode()
    except FileNotFoundError:
        problem = Problem(path.name, 0, "", "no such file", "a file with at least the line 'config: {}'")
    except OSError as error:
        problem = Problem(path.name, 0, "", f"can't be read ({error.strerror})", "a file you may read")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problem = Problem(path.name, mark.line + 1 if mark else 0, "", f"not YAML: {error.problem}", "YAML")
    except (yaml.YAMLError, UnicodeEncodeError):
        problem = Problem(path.name, 0, "", "holds characters that aren't text", "YAML in UTF-8")
    except RecursionError:
        problem = Problem(path.name, 0, "", "nested too deeply, or within itself", "a few levels")
    else:
        if isinstance(content, dict):
            document.content = content
            return document
        problem = Problem(path.name, document.lines.get((), 0), "", "not a mapping", "a mapping with the key config")
    raise SettingsError(whose, [problem])

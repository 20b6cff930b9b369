"""Where a stack's settings are read: its file, or the engine that runs the program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, cast

from components.core.settings.problems import NoStackError, Path, Problem, unknown
from components.core.settings.yaml_file import Document, Origin, read_yaml

PROJECT_FILE = "Pulumi.yaml"
STACK_FILE_KEYS = ("config", "encryptionsalt", "encryptedkey", "environment", "secretsprovider")
DECLARATION_KEYS = ("default", "description", "items", "secret", "type", "value")
"""Of a configuration key in Pulumi.yaml (https://www.pulumi.com/docs/iac/concepts/projects/project-file/); the engine
refuses any other."""
OCTAL = re.compile(r"[-+]?0[0-7]+")
"""What the engine reads to the base of eight, as YAML 1.1 did."""


@dataclass(frozen=True)
class Source:
    """The configuration of one stack, as written and not judged yet.

    Attributes:
        stack: its name.
        values: full configuration key, such as ``acme:network``, -> what stands there.
        origins: path of a value -> where it is written; a value that stands in no file has none.
        secrets: paths of encrypted values; what stands there must never be shown.
        problems: what was wrong already with the files.
    """

    stack: str
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, Origin] = field(default_factory=dict)
    secrets: frozenset[Path] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def whose(self) -> str:
        """The stack, for an error."""
        return f"stack {self.stack!r}"

    def origin(self, path: Path) -> Origin:
        """Where a value is written, or the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return Origin(stack_file(self.stack), 0)

    def spelling(self, path: Path) -> str | None:
        """A number or switch as it is written; None for anything else."""
        return self.origins[path].spelling if path in self.origins else None


def stack_file(stack: str) -> str:
    """The name of a stack's settings file."""
    return f"Pulumi.{stack}.yaml"


def stacks_of(root: FilePath) -> tuple[str, ...]:
    """The stacks of the project in a folder: one for each settings file."""
    return tuple(sorted(path.name.split(".", 1)[1].removesuffix(".yaml") for path in root.glob(stack_file("*"))))


def from_files(root: FilePath, project: str, stack: str) -> Source:
    """Read Pulumi.STACK.yaml, over what Pulumi.yaml gives to every stack, without an engine.

    Raises:
        NoStackError: the stack has no file.
        SettingsError: a file can't be read.
    """
    whose = f"stack {stack!r}"
    if stack not in (known := stacks_of(root)):
        raise NoStackError(stack, known)
    shared, own = read_yaml(root / PROJECT_FILE, whose), read_yaml(root / stack_file(stack), whose)
    values: dict[str, Any] = {}
    origins: dict[Path, Origin] = {}
    secrets: set[Path] = set()
    for document, under in ((shared, ("value", "default")), (own, ())):
        for key, value, path in configuration(document, project, under):
            values[key] = merged(values[key], value) if key in values else value
            origins |= {(key, *rest): origin for rest, origin in document.below(path)}
            secrets |= {(key, *secret[len(path) :]) for secret in document.secrets if secret[: len(path)] == path}
    problems = shared.problems + own.problems + (*undeclared(shared), *misplaced(own, project), *twice(own, project))
    return Source(stack, values, origins, frozenset(secrets), problems)


def configuration(document: Document, project: str, under: tuple[str, ...]) -> Iterable[tuple[str, Any, Path]]:
    """Full key, value and path of each entry; a project's may stand ``under`` a key of its own."""
    entries = document.content.get("config")
    if not isinstance(entries, dict):
        return
    for key, entry in cast("dict[str, Any]", entries).items():
        full = key if ":" in key else f"{project}:{key}"
        inner = [name for name in under if isinstance(entry, dict) and name in entry]
        if inner:
            yield full, entry[inner[0]], ("config", key, inner[0])
        elif not (under and isinstance(entry, dict)):
            yield full, entry, ("config", key)


def undeclared(document: Document) -> Iterable[Problem]:
    """Settings of the project that stand beside ``value`` in place of under it: only a stack's file has them so."""
    entries = document.content.get("config")
    for key, entry in cast("dict[str, Any]", entries).items() if isinstance(entries, dict) else ():
        for name in cast("dict[str, Any]", entry) if isinstance(entry, dict) else ():
            if name not in DECLARATION_KEYS:
                valid = f"settings under value; beside it {', '.join(DECLARATION_KEYS[:-1])}"
                yield document.problem(("config", key, name), "Pulumi takes no such key", valid)


def misplaced(document: Document, project: str) -> Iterable[Problem]:
    """What stands beside ``config`` in a stack's file and means nothing there."""
    for key, value in document.content.items():
        if key not in STACK_FILE_KEYS:
            yield document.problem((key,), unknown("key", key, STACK_FILE_KEYS), ", ".join(STACK_FILE_KEYS))
        elif key == "config" and not isinstance(value, dict) and value is not None:
            yield document.problem((key,), "not a mapping", f"keys such as {project}:network, each with its settings")


def twice(document: Document, project: str) -> Iterable[Problem]:
    """A section that a stack's file has with the project's namespace and without, of which one would win in silence."""
    entries = document.content.get("config")
    for key in cast("dict[str, Any]", entries) if isinstance(entries, dict) else ():
        if ":" not in key and f"{project}:{key}" in cast("dict[str, Any]", entries):
            full = f"{project}:{key}"
            yield document.problem(("config", key), f"is {full}, which is here too", f"all of it under {full}")


def from_engine(
    root: FilePath, project: str, stack: str, config: Mapping[str, Any], secret_keys: Iterable[str]
) -> Source:
    """Take what the engine gave the program: full key -> text, which is JSON where it's structured.

    The engine gives a stack's value in place of the project's, and passes over what stands beside ``config`` in a
    stack's file, a misspelt ``confg`` included. So the files, where they are, are read for the project's part, for
    such mistakes, and for the line of each value that is still as written there.

    Raises:
        SettingsError: a file can't be read.
    """
    values = {key: decoded(value) if key.startswith(f"{project}:") else value for key, value in config.items()}
    secrets = frozenset((key,) for key in secret_keys)
    whose = f"stack {stack!r}"
    if (root / PROJECT_FILE).exists():
        for key, value, _ in configuration(read_yaml(root / PROJECT_FILE, whose), project, ("value", "default")):
            values[key] = merged(value, values[key]) if key in values else value
    if not (root / stack_file(stack)).exists() or not (root / PROJECT_FILE).exists():
        return Source(stack, values, secrets=secrets)
    files = from_files(root, project, stack)
    origins = {
        path: origin
        for path, origin in files.origins.items()
        if is_same(at(values, path), at(files.values, path), origin.spelling)
    }
    unwritten = dict.fromkeys(paths(values), Origin(stack_file(stack), 0))
    return replace(files, values=values, origins=unwritten | origins, secrets=secrets)


def paths(values: object, path: Path = ()) -> Iterator[Path]:
    """Where something stands in a structure, the whole of it included."""
    yield path
    if isinstance(values, dict | list):
        entries = cast("dict[str | int, object] | list[object]", values)
        for name, inner in entries.items() if isinstance(entries, dict) else enumerate(entries):
            yield from paths(inner, (*path, name))


def at(values: object, path: Path) -> object:
    """What stands at a path, or its type where that is a mapping or a list: their entries are compared singly."""
    for name in path:
        if isinstance(values, dict):
            values = cast("dict[str | int, object]", values).get(name)
        elif isinstance(values, list) and isinstance(name, int) and name < len(cast("list[object]", values)):
            values = cast("list[object]", values)[name]
        else:
            return None
    return type(values) if isinstance(values, dict | list) else values


def is_same(engine: object, file: object, spelling: str | None) -> bool:
    """Whether the engine's value is the file's, as the engine reads it."""
    if spelling and OCTAL.fullmatch(spelling):
        return engine == int(spelling, 8)
    return engine == file or json.dumps(file, default=str) == engine


def merged(project: Any, stack: Any) -> Any:
    """What a stack says over what the project says: mappings entry by entry, null takes an entry out."""
    if not (isinstance(project, dict) and isinstance(stack, dict)):
        return stack
    entries = dict(cast("dict[str, Any]", project))
    for name, value in cast("dict[str, Any]", stack).items():
        if value is None and name in entries:
            del entries[name]
        else:
            entries[name] = merged(entries[name], value) if name in entries else value
    return entries


def decoded(text: str) -> object:
    """A structured value from its JSON; any other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text

"""Where a stack's settings are read: its file, or the engine that runs the program."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, cast

from components.core.settings.problems import Path, Problem, SettingsError, unknown
from components.core.settings.yaml_file import Document, read_yaml
from settings.stack import STACKS

PROJECT = "smile"
PROJECT_FILE = "Pulumi.yaml"
STACK_FILE_KEYS = ("config", "encryptionsalt", "encryptedkey", "environment", "secretsprovider")


@dataclass(frozen=True)
class Source:
    """The configuration of one stack, as written and not judged yet.

    Attributes:
        stack: a known stack name.
        values: full configuration key, such as ``smile:network``, -> what stands there.
        origins: path of a value -> file and line (from 1; 0 when unknown).
        secrets: paths of encrypted values; what stands there must never be shown.
        problems: what was wrong already with the files.
    """

    stack: str
    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[Path, tuple[str, int]] = field(default_factory=dict)
    secrets: frozenset[Path] = frozenset()
    problems: tuple[Problem, ...] = ()

    def origin(self, path: Path) -> tuple[str, int]:
        """File and line of a value, or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.origins:
                return self.origins[path[:length]]
        return stack_file(self.stack), 0


def stack_file(stack: str) -> str:
    """The name of a stack's settings file."""
    return f"Pulumi.{stack}.yaml"


def check_stack(stack: str) -> None:
    """Refuse a stack that isn't one of ours.

    Raises:
        SettingsError: the name isn't known.
    """
    if stack not in STACKS:
        problem = Problem(stack_file(stack), 0, "", unknown("stack", stack, STACKS), ", ".join(STACKS))
        raise SettingsError(stack, [problem])


def from_files(root: FilePath, stack: str) -> Source:
    """Read Pulumi.STACK.yaml, over what Pulumi.yaml gives to every stack, without an engine.

    Raises:
        SettingsError: the stack isn't known, or a file is missing or can't be read.
    """
    check_stack(stack)
    project = read_yaml(root / PROJECT_FILE, stack)
    own = read_yaml(root / stack_file(stack), stack)
    values: dict[str, Any] = {}
    origins: dict[Path, tuple[str, int]] = {}
    secrets: set[Path] = set()
    for document, under in ((project, ("value", "default")), (own, ())):
        for key, value, path in configuration(document, under):
            values[key] = merged(values.get(key), value)
            origins |= {(key, *rest): line for rest, line in document.below(path)}
            secrets |= {(key, *secret[len(path) :]) for secret in document.secrets if secret[: len(path)] == path}
    problems = project.problems + own.problems + tuple(misplaced(own))
    return Source(stack, values, origins, frozenset(secrets), problems)


def configuration(document: Document, under: tuple[str, ...]) -> Iterable[tuple[str, Any, Path]]:
    """Full key, value and path of each entry; a project's may stand ``under`` a key of its own."""
    entries = document.content.get("config")
    if not isinstance(entries, dict):
        return
    for key, entry in cast("dict[str, Any]", entries).items():
        full = key if ":" in key else f"{PROJECT}:{key}"
        inner = [name for name in under if isinstance(entry, dict) and name in entry]
        if inner:
            yield full, entry[inner[0]], ("config", key, inner[0])
        elif not (under and isinstance(entry, dict)):
            yield full, entry, ("config", key)


def misplaced(document: Document) -> Iterable[Problem]:
    """What stands beside ``config`` in a stack's file and means nothing there."""
    for key, value in document.content.items():
        if key not in STACK_FILE_KEYS:
            yield document.problem((key,), unknown("key", key, STACK_FILE_KEYS), ", ".join(STACK_FILE_KEYS))
        elif key == "config" and not isinstance(value, dict) and value is not None:
            yield document.problem((key,), "not a mapping", "keys such as smile:network, each with its settings")


def from_engine(root: FilePath, stack: str, config: Mapping[str, Any], secret_keys: Iterable[str]) -> Source:
    """Take what the engine gave the program: full key -> text, which is JSON where it's structured.

    The engine passes over what stands beside ``config`` in a stack's file, a misspelt ``confg`` included, and the
    program would run on defaults; so the file, where there is one, is looked at for that.

    Raises:
        SettingsError: the stack isn't known, or its file can't be read.
    """
    check_stack(stack)
    file = root / stack_file(stack)
    values = {key: decoded(value) if key.startswith(f"{PROJECT}:") else value for key, value in config.items()}
    if (project := root / PROJECT_FILE).exists():  # the engine gives a stack's value in place of the project's
        for key, value, _ in configuration(read_yaml(project, stack), ("value", "default")):
            values[key] = merged(value, values.get(key, value))
    return Source(
        stack,
        values,
        secrets=frozenset((key,) for key in secret_keys),
        problems=tuple(misplaced(read_yaml(file, stack))) if file.exists() else (),
    )


def merged(project: Any, stack: Any) -> Any:
    """What a stack says over what the project says: mappings entry by entry, null takes an entry out."""
    if not (isinstance(project, dict) and isinstance(stack, dict)):
        return stack
    entries = cast("dict[str, Any]", project) | {
        name: merged(cast("dict[str, Any]", project).get(name), value)
        for name, value in cast("dict[str, Any]", stack).items()
    }
    return {name: value for name, value in entries.items() if value is not None}


def decoded(text: str) -> object:
    """A structured value from its JSON; any other text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text

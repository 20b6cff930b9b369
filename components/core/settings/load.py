"""From a stack's configuration to its settings, or to one error with every mistake."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.core.settings.field import About, about
from components.core.settings.problems import SECRET, Path, Problem, SettingsError, dotted, shown, suggestion, unknown
from components.core.settings.source import PROJECT, Source, from_engine, from_files
from settings.rules import RULES
from settings.stack import REGION, SECTIONS, Settings

ROOT = FilePath(__file__).parents[3]
NAMESPACES = (PROJECT, "aws", "pulumi")
SECTION_KEYS = tuple(f"{PROJECT}:{name}" for name in SECTIONS)


def load_for_program(root: FilePath = ROOT) -> Settings:
    """The settings of the stack that the engine runs this program for.

    Raises:
        pulumi.RunError: they can't be used; the engine shows its message, without a traceback.
    """
    # Here, because of its 0.2 s: only a running program has it loaded already.
    import pulumi
    from pulumi.runtime import config

    everything = config.CONFIG.get()
    secret_keys = filter(config.is_config_secret, everything)
    try:
        return load(from_engine(root, pulumi.get_stack(), everything, secret_keys))
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def load_from_files(stack: str, root: FilePath = ROOT) -> Settings:
    """The settings of a stack as its files have them, without an engine.

    Raises:
        SettingsError: they can't be used.
    """
    return load(from_files(root, stack))


def load(source: Source) -> Settings:
    """Check everything there is to check, then give the settings.

    Raises:
        SettingsError: lists every mistake.
    """
    sections = {
        key.removeprefix(f"{PROJECT}:"): copy.deepcopy(value)
        for key, value in source.values.items()
        if key in SECTION_KEYS
    }
    problems = [*source.problems, *foreign(source)]
    faulty: set[Path] = set()
    for path in source.secrets:
        if path[0] in SECTION_KEYS:
            problems.append(
                problem(source, path, "is or holds an encrypted value", "plain text: no setting is a secret")
            )
            faulty.add(take_out(sections, (str(path[0]).removeprefix(f"{PROJECT}:"), *path[1:])))
    while True:  # a faulty setting is taken out, so that the rest can be judged
        try:
            settings = Settings.model_validate_json(json.dumps({"stack": source.stack, **sections}))
            break
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                problems.append(translated(detail, source))
                faulty.add(take_out(sections, detail["loc"]))
    problems += broken_rules(settings, faulty, source)
    if problems:
        raise SettingsError(source.stack, problems)
    return settings


def foreign(source: Source) -> Iterator[Problem]:
    """Configuration that nothing reads: misspelt sections, other namespaces, the wrong Region."""
    for key, value in source.values.items():
        namespace = key.split(":", 1)[0]
        if namespace == "pulumi" or key in SECTION_KEYS:
            continue
        if key == "aws:region":
            if value != REGION:
                got = SECRET if (key,) in source.secrets else shown(value)
                yield problem(source, (key,), f"got {got}", REGION)
        elif namespace == "aws":
            only = f"{REGION} as aws:region; credentials come from the environment, such as AWS_PROFILE"
            yield problem(source, (key,), "has no effect: the program brings its own AWS provider", only)
        elif namespace == PROJECT:
            yield problem(source, (key,), unknown("section", key, SECTION_KEYS), ", ".join(SECTION_KEYS))
        else:
            yield problem(source, (key,), unknown("namespace", key, SECTION_KEYS), f"keys of {', '.join(NAMESPACES)}")


def translated(detail: ErrorDetails, source: Source) -> Problem:
    """A pydantic error in the operator's words."""
    path = tuple(part for part in detail["loc"] if part != "[key]")
    full: Path = (f"{PROJECT}:{path[0]}", *path[1:])
    section, described = lookup(path)
    if detail["type"] == "extra_forbidden":
        return problem(source, full, unknown("key", path[-1], section.model_fields), ", ".join(section.model_fields))
    got = f"got {shown(detail['input'])}"
    reason = str(detail.get("ctx", {}).get("error", "")) if detail["type"] == "value_error" else ""
    if reason:
        got = f"{got}, {reason}"
    if described is None:
        return problem(source, full, got, f"a mapping with keys of {', '.join(section.model_fields)}")
    return problem(source, full, got + suggestion(detail["input"], described.choices), described.valid)


def lookup(path: Path, section: type[BaseModel] = Settings) -> tuple[type[BaseModel], About | None]:
    """The innermost section that a path leads to, and what is known of the setting in it."""
    field = section.model_fields.get(str(path[0])) if path else None
    if field is None:
        return section, None
    described, inner = about(field), section_in(field.annotation)
    if described and inner and len(path) > 2:  # a mapping of sections: its name, an entry's name, a setting there
        return lookup(path[2:], inner)
    if described or inner is None:
        return section, described
    return lookup(path[1:], inner)


def section_in(annotation: Any) -> type[BaseModel] | None:
    """The section that a field holds, or that each entry of its mapping is; None where it is a plain setting."""
    kind = get_args(annotation)[-1] if get_origin(annotation) is dict else annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def take_out(sections: dict[str, Any], path: Path) -> Path:
    """Remove the faulty setting, all of it when it's a list or a mapping; the path of what was removed."""
    container = sections
    for depth, name in enumerate(path, 1):
        _, described = lookup(path[:depth])
        inner = container.get(str(name))
        if described or depth == len(path) or not isinstance(inner, dict):
            container.pop(str(name), None)
            return path[:depth]
        container = inner
    return path


def broken_rules(settings: Settings, faulty: set[Path], source: Source) -> Iterator[Problem]:
    """What the rules find, where they didn't look at a setting that was taken out."""
    for rule in RULES:
        for finding in rule(settings):
            looked_at = (finding.path, *finding.reads)
            if not any(related(path, other) for path in looked_at for other in faulty):
                full = (f"{PROJECT}:{finding.path[0]}", *finding.path[1:])
                yield problem(source, full, finding.what, finding.valid)


def related(path: Path, other: Path) -> bool:
    """Whether one of two paths holds the other."""
    return all(part == opposite for part, opposite in zip(path, other, strict=False))


def problem(source: Source, path: Path, what: str, valid: str) -> Problem:
    """A mistake, with its place."""
    file, line = source.origin(path)
    return Problem(file, line, dotted(path), what, valid)

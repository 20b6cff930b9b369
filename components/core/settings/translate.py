"""pydantic's errors in the operator's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from components.core.settings.field import About, about
from components.core.settings.problems import Path, dotted, shown, suggestion, unknown

Said = tuple[str, str, str]
"""Key, what was found, and what is valid instead."""


def no_spelling(_: Path) -> None:
    """For values that stand in no file."""


def translated(
    section: type[BaseModel], error: ValidationError, spelling: Callable[[Path], str | None] = no_spelling
) -> Iterator[Said]:
    """Each mistake in a section.

    Args:
        section: what was to be built.
        error: pydantic's.
        spelling: gives a number or switch as it is written at a path.
    """
    for detail in error.errors(include_url=False):
        for path, what, valid in explained(section, detail, spelling):
            yield dotted(path), what, valid


def located(detail: ErrorDetails) -> Path:
    """Where a mistake is."""
    return tuple(part for part in detail["loc"] if part != "[key]")


def explained(
    top: type[BaseModel], detail: ErrorDetails, spelling: Callable[[Path], str | None]
) -> Iterator[tuple[Path, str, str]]:
    """Path, what was found and what is valid, for one mistake; what isn't there may be several."""
    path = located(detail)
    section, described = lookup(path, top)
    keys = ", ".join(section.model_fields)
    if detail["type"] == "missing":
        for missing, known in required(path, section, described):
            yield missing, "not given", known.valid
        return
    if detail["type"] == "extra_forbidden":
        yield path, unknown("key", path[-1], section.model_fields), keys
        return
    got = f"got {spelling(path) or shown(detail['input'])}"
    if detail["type"] == "value_error" and (reason := str(detail.get("ctx", {}).get("error", ""))):
        got = f"{got}, {reason}"
    if described is None:
        yield path, got, f"a mapping with keys of {keys}"
    else:
        yield path, got + suggestion(detail["input"], described.choices), described.valid


def required(path: Path, section: type[BaseModel], described: About | None) -> Iterator[tuple[Path, About]]:
    """The settings that must be given at a path: itself, or those of the section there."""
    if described:
        yield path, described
        return
    for name, field in section.model_fields.items():
        if field.is_required() and (known := about(field)):
            yield (*path, name), known


def lookup(path: Path, section: type[BaseModel]) -> tuple[type[BaseModel], About | None]:
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

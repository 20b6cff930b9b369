"""Every setting of a stack as it will be used, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from components.core.settings.field import about
from components.core.settings.load import Loader, SettingsT
from components.core.settings.problems import Path, dotted
from components.core.settings.source import Source


@dataclass(frozen=True)
class Effective:
    """One setting in use.

    Attributes:
        key: for instance ``acme:network.cidr``.
        value: as it stands in a stack's file: texts, numbers, booleans, lists and mappings of these.
        unit: of the value; empty where it has none.
        source: ``Pulumi.prod.yaml line 5``, ``default`` or ``derived``.
        meaning: what the setting does.
        valid: the values that it takes.
    """

    key: str
    value: Any
    unit: str
    source: str
    meaning: str = ""
    valid: str = ""


def effective(loader: Loader[SettingsT], settings: SettingsT, source: Source) -> Iterator[Effective]:
    """All settings, section by section, then what follows from them."""
    for name in loader.sections:
        for path, section in sections(getattr(settings, name), loader.full((name,))):
            yield from written(section, path, source, loader)
    for key, value, unit, meaning in loader.derived(settings):
        yield Effective(f"{loader.project}:{key}", value, unit, "derived", meaning)


def sections(given: BaseModel | Mapping[str, BaseModel], path: Path) -> Iterator[tuple[Path, BaseModel]]:
    """A section and where it is; of a mapping of sections, each."""
    if isinstance(given, BaseModel):
        yield path, given
    else:
        yield from (((*path, name), section) for name, section in given.items())


def written(section: BaseModel, path: Path, source: Source, loader: Loader[SettingsT]) -> Iterator[Effective]:
    """The settings of a section and the sections in it."""
    values = section.model_dump(mode="json")
    for name, field in type(section).model_fields.items():
        place = (*path, name)
        if (described := about(field)) is None:
            yield from written(getattr(section, name), place, source, loader)
            continue
        key, origin = dotted(place), source.origins.get(place)
        short = key.partition(":")[2]
        known, narrower = loader.requirements.get(short), loader.narrower.get(short)
        default = f"default ({known})" if known else "default"
        where = f"{origin.file} line {origin.line}" if origin else default
        valid = f"{described.valid}; {narrower}" if narrower else described.valid
        yield Effective(key, values[name], described.unit, where, field.description or "", valid)

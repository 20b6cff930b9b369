"""The smallest and the largest value of every setting, and each of its choices, as far as the settings take them."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel

from components.core.settings.field import about
from components.core.settings.problems import SettingsError
from components.core.settings.source import Source
from settings import PROJECT, Settings, loader

Path = tuple[str, ...]
Overrides = Mapping[Path, Any]


def extremes(section: BaseModel, path: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """Each setting that has them, with its values from the smallest to the largest."""
    for name, field in type(section).model_fields.items():
        value, place = getattr(section, name), (*path, name)
        if isinstance(value, BaseModel):
            yield from extremes(value, place)
        elif isinstance(value, dict) and value and all(isinstance(each, BaseModel) for each in value.values()):
            for entry, inner in value.items():
                yield from extremes(inner, (*place, entry))
        else:
            described = about(field)
            values = choices(field.annotation, field.metadata, described.choices if described else ())
            if len(values) > 1:
                yield place, values


def choices(annotation: Any, metadata: Iterable[Any], listed: tuple[str, ...]) -> list[Any]:
    """The values of one setting: both ends of a range, or each of a list."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    limits = {
        kind: getattr(each, kind.__name__.lower()) for each in metadata for kind in (Ge, Le) if isinstance(each, kind)
    }
    allowed = next((each.func.choices for each in metadata if hasattr(getattr(each, "func", None), "choices")), ())
    if annotation is bool:
        return [False, True]
    if len(limits) == 2:
        return [limits[Ge], limits[Le]]
    if origin in (Union, types.UnionType):
        return [None, *choices(next(each for each in arguments if each is not type(None)), metadata, listed)]
    if origin is tuple:
        inner = list(listed) or choices(arguments[0], (), ())
        return [[], *([each] for each in inner), inner] if inner else []
    if origin is Literal:
        return list(arguments)
    return list(allowed or listed)


def accepted(settings: Settings, wanted: Overrides) -> tuple[Settings, list[Path]]:
    """The settings with as many of the wanted values as they take together, and where a value was refused."""
    written = {
        f"{PROJECT}:{name}": value for name, value in settings.model_dump(mode="json").items() if name != "stack"
    }
    refused: list[Path] = []

    def add(kept: Settings, places: list[Path], before: Overrides) -> tuple[Settings, Overrides]:
        values = {**before, **{place: wanted[place] for place in places}}
        try:
            return loader.load(Source(settings.stack, with_values(written, values))), values
        except SettingsError:
            if len(places) == 1:
                refused.extend(places)
                return kept, before
        for half in (places[: len(places) // 2], places[len(places) // 2 :]):
            kept, before = add(kept, half, before)
        return kept, before

    kept, taken = settings, dict[Path, Any]()
    for _, places in groupby(wanted, key=lambda place: place[:2]):
        kept, taken = add(kept, list(places), taken)
    return kept, refused


def with_values(written: Mapping[str, Any], wanted: Overrides) -> dict[str, Any]:
    """The configuration of a stack with other values in it."""
    values = json.loads(json.dumps(written))
    for (section, *names, last), value in wanted.items():
        container = values[f"{PROJECT}:{section}"]
        for name in names:
            container = container[name]
        if value is None and isinstance(container[last], dict):
            del container[last]  # as null does in a stack's file
        else:
            container[last] = value
    return values

"""Every setting of a stack as it will be used, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from components.core.settings.field import about
from components.core.settings.problems import Path, dotted
from components.core.settings.source import PROJECT, Source
from settings.requirements import REQUIREMENTS
from settings.stack import SECTIONS, Settings

WINDOWS = (
    ("database", "backup_window"),
    ("database", "maintenance_window"),
    ("cache", "snapshot_window"),
    ("cache", "maintenance_window"),
)
"""Section and name of the windows that are written in Jakarta time."""


@dataclass(frozen=True)
class Effective:
    """One setting in use.

    Attributes:
        key: for instance ``smile:network.cidr``.
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


def effective(settings: Settings, source: Source) -> Iterator[Effective]:
    """All settings, section by section, then what follows from them."""
    for name in SECTIONS:
        for path, section in sections(getattr(settings, name), (f"{PROJECT}:{name}",)):
            yield from written(section, path, source)
    yield from derived(settings)


def sections(given: BaseModel | Mapping[str, BaseModel], path: Path) -> Iterator[tuple[Path, BaseModel]]:
    """A section and where it is; of a mapping of sections, each."""
    if isinstance(given, BaseModel):
        yield path, given
    else:
        yield from (((*path, name), section) for name, section in given.items())


def written(section: BaseModel, path: Path, source: Source) -> Iterator[Effective]:
    """The settings of a section and the sections in it."""
    values = section.model_dump(mode="json")
    for name, field in type(section).model_fields.items():
        place = (*path, name)
        if (described := about(field)) is None:
            yield from written(getattr(section, name), place, source)
            continue
        origin = source.origins.get(place)
        where = f"{origin[0]} line {origin[1]}" if origin else default(place)
        yield Effective(dotted(place), values[name], described.unit, where, field.description or "", described.valid)


def default(path: Path) -> str:
    """Where the default of a setting comes from."""
    known = REQUIREMENTS.get(dotted(path).removeprefix(f"{PROJECT}:"))
    return f"default ({known})" if known else "default"


def derived(settings: Settings) -> Iterator[Effective]:
    """What isn't written anywhere but follows from what is."""
    network = settings.network
    for tier, zones in network.subnets.items():
        for zone, cidr in zones.items():
            key = dotted((f"{PROJECT}:network", "subnets", tier, zone))
            yield Effective(key, str(cidr), "", "derived", f"the {tier} subnet in {zone}")
    yield Effective(f"{PROJECT}:network.nat_zones", list(network.nat_zones), "", "derived", "zones with a NAT gateway")
    yield Effective(f"{PROJECT}:network.database_tier", network.database_tier, "", "derived", "where the database lies")
    for section, window in WINDOWS:
        key, value = f"{PROJECT}:{section}.{window}_utc", getattr(getattr(settings, section), f"{window}_utc")
        yield Effective(key, value, "UTC", "derived", f"the {section}'s {window.replace('_', ' ')} as AWS takes it")
    replicas = "{} to {}".format(*settings.workloads.count(settings.stack))
    yield Effective(f"{PROJECT}:workloads.count", replicas, "pods", "derived", "replicas of a service in one colour")
    yield Effective(f"{PROJECT}:tags.default", settings.default_tags, "", "derived", "tags that the provider adds")

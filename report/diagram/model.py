"""What the picture of a stack shows: cards, where they stand, and what talks to what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Row:
    """A resource on its component's card: its name, what is said of it, and the class of its data."""

    name: str
    detail: str = ""
    data_class: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A component.

    Attributes:
        key: the URN of the component.
        title: what it is, and which of several.
        area: where it stands; of what is in the network, the name of its subnet tier, or empty.
        zones: last letters of its zones.
        rows: its resources that matter most, no more than fit.
        left_out: how many more of those there are.
        resources: how many it has in all.
        elsewhere: Region -> how many of them are there, outside the stack's own.
        changes: operation -> with how many it is done, but for what stays the same.
    """

    key: str
    title: str
    area: str
    zones: str
    rows: tuple[Row, ...]
    left_out: int
    resources: int
    elsewhere: Mapping[str, int]
    changes: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, kw_only=True)
class Link:
    """One component talks to another: ``kind`` is ``network``, ``access`` (by IAM) or ``data``."""

    source: str
    target: str
    kind: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Tier:
    """Subnets of one kind, such as private: zone -> CIDR block."""

    key: str
    title: str
    subnets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All that is shown; without a known id nothing is linked, as before the first deployment."""

    stack: str
    region: str
    vpc: str
    tiers: tuple[Tier, ...]
    cards: tuple[Card, ...]
    links: tuple[Link, ...]
    resources: int

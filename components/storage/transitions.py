"""Storage classes of S3: in which order, and from which age on, objects move to colder ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

StorageClass = Literal["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"]
Transitions = dict[StorageClass, int]
"""Storage class -> age in days at which objects move there."""

STORAGE_CLASSES: tuple[StorageClass, ...] = get_args(StorageClass)
"""From warm to cold: S3 moves objects in this direction only."""
MINIMUM_STAY: Mapping[StorageClass, int] = {"STANDARD_IA": 30, "GLACIER_IR": 90, "GLACIER": 90, "DEEP_ARCHIVE": 180}
"""Days that an object stays in a class, or is paid for all the same."""
STANDARD_IA_FROM = 30
"""The age in days before which S3 moves nothing to STANDARD_IA."""


def earliest_ages(tiers: Transitions) -> Iterator[tuple[StorageClass, int, int]]:
    """Each class in use, from warm to cold, with the earliest age at which S3 can move objects there, and its age."""
    earliest = 0
    for storage_class in STORAGE_CLASSES:
        if storage_class in tiers:
            age = tiers[storage_class]
            yield storage_class, max(earliest, STANDARD_IA_FROM if storage_class == "STANDARD_IA" else 0), age
            earliest = age + MINIMUM_STAY.get(storage_class, 1)


def earliest_deletion(tiers: Transitions) -> int:
    """The age in days from which deleting saves money: after the minimum stay in the last class."""
    return max((age + MINIMUM_STAY.get(storage_class, 1) for storage_class, age in tiers.items()), default=0)

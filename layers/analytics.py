"""What becomes of events: the data lake, and the jobs that work on it."""

from __future__ import annotations

from dataclasses import dataclass

from components.lake.data_lake import DataLake, DataLakeArgs
from layers.base import NAME, Base
from layers.data import Data


@dataclass(frozen=True, kw_only=True)
class Analytics:
    """What becomes of events.

    Attributes:
        lake: None where the settings leave it out.
    """

    lake: DataLake | None


def analytics_layer(base: Base, data: Data) -> Analytics:
    """The lake, after the streams that are delivered to it."""
    return Analytics(lake=lake(base, data) if base.settings.lake.enabled else None)


def lake(base: Base, data: Data) -> DataLake:
    """Tables, deliveries and queries."""
    args = DataLakeArgs(
        context=data.context,
        settings=base.settings.lake,
        bucket=data.storage.buckets["lake"],
        results=data.storage.buckets["query-results"],
        streams={name: data.streams.physical_name(name) for name in base.settings.streams.streams},
    )
    return DataLake(f"{NAME}-lake", args, base.options(data.streams, data.storage))

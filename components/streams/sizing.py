"""What a load of events takes of a data stream: shards, throughput, what AWS bills; and what is too much for one.

Limits and quotas are those of https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html, MB read as
10^6 bytes, the smaller of its two meanings.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

MB = 10**6
MIB = 2**20
DAY = 24 * 60 * 60
SHARD_RECORDS = 1_000
"""Records that a shard takes in a second."""
MOST_MB = 200
"""MB that an on-demand stream takes in a second, in all Regions but the three largest, until AWS raises it."""
MOST_RECORDS = MOST_MB * SHARD_RECORDS
"""Records that the shards of such a stream take in a second."""
NEW_STREAM_MB = 4
"""MB that a new on-demand stream takes in a second; later on, twice its peak of the last 30 days."""
MOST_CONSUMERS = 20
"""With enhanced fan-out, of one stream."""
LARGEST_RECORD = MIB
"""Bytes of a record, until the stream says otherwise."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What a stream has to carry at its peak.

    Attributes:
        events_per_second: each is a record.
        event_bytes: size of one, on average, partition key included.
        consumers: that read all of it with enhanced fan-out.
    """

    events_per_second: int
    event_bytes: int
    consumers: int = 0

    @property
    def written(self) -> int:
        """Bytes in a second."""
        return self.events_per_second * self.event_bytes


@dataclass(frozen=True, kw_only=True)
class Sizing:
    """What a load takes.

    Attributes:
        shards: of a stream in provisioned mode, none of them hot; what an on-demand one grows to.
        write_mb: MB in a second that are written, and that each consumer reads.
        warm_mib: warm throughput in MiB in a second, with which the peak may come at once.
        ingested_gb: GB that are billed as written on a day at the peak.
        fan_out_gb: GB that are billed as read with enhanced fan-out on such a day.
    """

    shards: int
    write_mb: float
    warm_mib: int
    ingested_gb: float
    fan_out_gb: float


def size(load: Load) -> Sizing:
    """The fewest shards that carry the load, whichever of records and bytes there are more of."""
    daily = load.written * DAY / 10**9
    shards = max(ceil(load.events_per_second / SHARD_RECORDS), ceil(load.written / MB))
    return Sizing(
        shards=shards,
        write_mb=load.written / MB,
        # A MiB is more than a MB: as many of them as shards carry what the shards do.
        warm_mib=shards,
        ingested_gb=daily,
        fan_out_gb=daily * load.consumers,
    )


def most_events(event_bytes: int) -> int:
    """How many events of this size an on-demand stream takes in a second."""
    return min(MOST_RECORDS, MOST_MB * MB // event_bytes)

"""Settings of data streams: what each carries, for how long, and who reads it."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints

from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.streams.sizing import LARGEST_RECORD, MOST_CONSUMERS, MOST_MB, MOST_RECORDS, Load

LIMITS = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"
NAMES = "1 to 60 lower-case letters and digits, in words joined by '-'"
SHORTEST_RETENTION, LONGEST_RETENTION = 24, 365 * 24
"""Hours."""

Advantage = Literal["none", "stack", "account"]
ShardMetric = Literal[
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
]
StreamName = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
ConsumerName = StreamName


class Stream(Section):
    """One on-demand data stream."""

    events_per_second: int = setting(
        1_000,
        "events that come at the peak; what they and their size take together is checked against AWS's quota",
        About(unit="records a second", valid=f"1 to {MOST_RECORDS}", source=LIMITS),
        ge=1,
        le=MOST_RECORDS,
    )
    event_bytes: int = setting(
        1_024,
        "size of one, on average",
        About(unit="bytes", valid=f"1 to {LARGEST_RECORD}", source=LIMITS),
        ge=1,
        le=LARGEST_RECORD,
    )
    retention_hours: int = setting(
        SHORTEST_RETENTION,
        "how long an event can be read again; more than a day is charged for",
        About(unit="hours", valid=f"{SHORTEST_RETENTION} to {LONGEST_RETENTION}", source=LIMITS),
        ge=SHORTEST_RETENTION,
        le=LONGEST_RETENTION,
    )
    consumers: tuple[ConsumerName, ...] = setting(
        (),
        "who gets all events pushed within milliseconds (enhanced fan-out), each with a throughput of its own",
        About(valid=f"up to {MOST_CONSUMERS} names of {NAMES}", source=LIMITS),
        max_length=MOST_CONSUMERS,
    )
    warm_mib_per_second: int | None = setting(
        None,
        "throughput that is there before it is needed, for a sudden peak; without it, a new stream begins with 4 MB/s "
        "and then takes twice its peak of the last 30 days. Needs on_demand_advantage",
        About(unit="MiB/s", valid=f"1 to {MOST_MB}, or none", source=LIMITS),
        ge=1,
        le=MOST_MB,
    )
    shard_metrics: tuple[ShardMetric, ...] = setting(
        ("IteratorAgeMilliseconds", "WriteProvisionedThroughputExceeded"),
        "enhanced metrics, which show a hot shard; each is charged for by shard",
        About(
            valid=", ".join(get_args(ShardMetric)),
            choices=get_args(ShardMetric),
            source="https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html",
        ),
    )
    alarm_latency_ms: int = setting(
        100,
        "raises an alarm when a consumer is further behind what is written",
        About(unit="milliseconds", valid="1 or more"),
        ge=1,
    )
    alarm_polled_seconds: int = setting(
        60,
        "raises an alarm when who polls the stream, as Firehose does once a second, is further behind",
        About(
            unit="seconds",
            valid="5 to 86400",
            source="https://docs.aws.amazon.com/firehose/latest/dev/writing-with-kinesis-streams.html",
        ),
        ge=5,
        le=86_400,
    )

    @property
    def load(self) -> Load:
        """What it has to carry."""
        return Load(
            events_per_second=self.events_per_second, event_bytes=self.event_bytes, consumers=len(self.consumers)
        )


class Streams(Section):
    """The data streams of one stack."""

    streams: dict[StreamName, Stream] = setting(
        {},
        "name -> stream: an entry is a stream",
        About(valid=f"names of {NAMES}"),
    )
    on_demand_advantage: Advantage = setting(
        "none",
        "whose the account's setting is by which streams have warm throughput and up to 50 consumers, and at least "
        "25 MiB/s is paid for: this stack's; somebody else's, where it is on; nobody's",
        one_of(get_args(Advantage)),
    )
    alarms: bool = switch("alarms on the latency of readers, and on writes that are refused", on=True)

    @property
    def consumers(self) -> list[str]:
        """``STREAM/CONSUMER`` of each."""
        return [f"{name}/{consumer}" for name, stream in self.streams.items() for consumer in stream.consumers]

"""The streams' rules: no more than AWS's quotas let through, and somebody hears of readers that fall behind."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.streams.sizing import MOST_MB, most_events
from settings.rule import on_outside_development, rule
from settings.stack import Settings


@rule
def load_fits_a_stream(settings: Settings) -> Iterator[Finding]:
    """An on-demand stream in Jakarta takes 200 MB, or 200 times 1,000 records, a second (SMILE-DATA-04)."""
    for name, stream in settings.streams.streams.items():
        most, size = most_events(stream.event_bytes), ("streams", "streams", name, "event_bytes")
        if stream.events_per_second > most:
            what = (
                f"{stream.events_per_second} events of {stream.event_bytes} bytes are more than {MOST_MB} MB a second"
            )
            path = ("streams", "streams", name, "events_per_second")
            yield Finding(path, what, f"1 to {most}, or several streams", (size,))


@rule
def warm_throughput_is_paid_for(settings: Settings) -> Iterator[Finding]:
    """Streams have it only in accounts that commit to a throughput."""
    for name, stream in settings.streams.streams.items():
        if stream.warm_mib_per_second and settings.streams.on_demand_advantage == "none":
            path, reads = ("streams", "streams", name, "warm_mib_per_second"), (("streams", "on_demand_advantage"),)
            valid = "none, or smile:streams.on_demand_advantage: stack, or account where it is on already"
            yield Finding(path, f"got {stream.warm_mib_per_second} without on_demand_advantage", valid, reads)


@rule
def consumers_are_named_once(settings: Settings) -> Iterator[Finding]:
    """A stream has each consumer once."""
    for name, stream in settings.streams.streams.items():
        for index, each in enumerate(stream.consumers):
            if each in stream.consumers[:index]:
                path = ("streams", "streams", name, "consumers", index)
                yield Finding(path, f"got {each} again", "each of them once")


@rule
def readers_are_watched(settings: Settings) -> Iterator[Finding]:
    """Alarms are off in development only (SMILE-DATA-05)."""
    yield from on_outside_development(settings, ("streams", "alarms"), on=settings.streams.alarms)

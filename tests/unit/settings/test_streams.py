"""Streams as settings: what is documented, and what is refused with its valid range."""

import pytest

from components.streams.settings import Stream, Streams
from settings import loader
from tests.stacks import broken, settings_of

CASES = [
    ("Events: {}", "lower-case letters and digits"),
    ("events: {events_per_second: 200001}", "events_per_second: got 200001; valid: 1 to 200000"),
    (
        "events: {events_per_second: 100000, event_bytes: 4096}",
        "events.events_per_second: 100000 events of 4096 bytes are more than 200 MB a second; valid: 1 to 48828",
    ),
    ("events: {event_bytes: 1048577}", "event_bytes: got 1048577; valid: 1 to 1048576"),
    ("events: {retention_hours: 23}", "retention_hours: got 23; valid: 24 to 8760"),
    ("events: {retention_hours: 8761}", "retention_hours: got 8761; valid: 24 to 8760"),
    ("events: {warm_mib_per_second: 201}", "warm_mib_per_second: got 201; valid: 1 to 200, or none"),
    (
        "events: {warm_mib_per_second: 100}",
        "events.warm_mib_per_second: got 100 without on_demand_advantage; valid: none, or smile:streams",
    ),
    ("events: {consumers: [monitor, monitor]}", "events.consumers[1]: got monitor again; valid: each of them once"),
    ("events: {shard_metrics: [IteratorAge]}", "shard_metrics[0]"),
    ("events: {alarm_latency_ms: 0}", "alarm_latency_ms: got 0; valid: 1 or more"),
    ("events: {shards: 4}", "events.shards: unknown key"),
]


@pytest.mark.parametrize(("streams", "message"), CASES)
def test_a_wrong_stream_is_refused_with_what_is_valid(mistakes, streams, message):
    assert message in " ".join(mistakes(f"config:\n  smile:streams: {{streams: {{{streams}}}}}\n"))


@pytest.mark.requirement("SMILE-DATA-04")
def test_the_quota_is_met_to_the_event():
    def found(**stream):
        return broken(settings_of(streams=Streams(streams={"events": Stream(**stream)})), "streams")

    assert not found(events_per_second=48_828, event_bytes=4_096)
    assert found(events_per_second=48_829, event_bytes=4_096)


@pytest.mark.requirement("SMILE-DATA-05")
def test_alarms_are_off_in_development_only():
    (finding,) = broken(settings_of("staging", streams=Streams(alarms=False)), "streams")
    assert finding.path == ("streams", "alarms")
    assert not broken(settings_of("dev", streams=Streams(alarms=False)), "streams")


def test_service_that_publishes_needs_a_stream(mistakes):
    text = "config:\n  smile:services: {catalogue: {orders: {path: /x, publishes: [event]}}}\n"
    assert "orders.publishes[0]: no stream event, did you mean events?" in " ".join(mistakes(text))


def test_dev_has_no_stream_and_nobody_publishes_there():
    dev = loader.from_files("dev")
    assert dev.streams.streams == {}
    assert not [name for name, service in dev.services.catalogue.items() if service.publishes or service.consumes]

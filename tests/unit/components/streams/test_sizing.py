"""What a load takes of a stream."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.streams.sizing import MB, MOST_MB, MOST_RECORDS, SHARD_RECORDS, Load, most_events, size

EVENTS = st.integers(1, MOST_RECORDS)
BYTES = st.integers(1, 2**20)


@pytest.mark.parametrize(
    ("events", "bytes_", "shards"),
    [
        (10_000, 100, 10),  # small ones: their number decides
        (10_000, 1_000, 10),
        (10_000, 1_024, 11),  # 10.24 MB
        (10_000, 4_096, 41),
        (100_000, 1_024, 103),
        (100_000, 2_000, 200),  # the quota
        (1, 1, 1),
    ],
)
def test_shards_carry_both_the_number_of_events_and_their_bytes(events, bytes_, shards):
    assert size(Load(events_per_second=events, event_bytes=bytes_)).shards == shards


@pytest.mark.requirement("SMILE-DATA-04")
@pytest.mark.parametrize("events", [10_000, 50_000, 100_000])
def test_documented_throughput_of_events_of_a_kib_fits_one_stream(events):
    assert events <= most_events(1_024)
    assert size(Load(events_per_second=events, event_bytes=1_024)).write_mb <= MOST_MB


def test_every_consumer_with_fan_out_is_billed_for_all_of_it():
    alone, three = (size(Load(events_per_second=100_000, event_bytes=1_000, consumers=each)) for each in (1, 3))
    assert alone.ingested_gb == three.ingested_gb == pytest.approx(8_640)  # 100 MB a second for 86,400 seconds
    assert three.fan_out_gb == pytest.approx(3 * alone.fan_out_gb)
    assert size(Load(events_per_second=100_000, event_bytes=1_000)).fan_out_gb == 0


@given(EVENTS, BYTES)
def test_no_shard_is_asked_for_more_than_it_takes_and_none_is_too_many(events, bytes_):
    load = Load(events_per_second=events, event_bytes=bytes_)
    shards = size(load).shards
    assert shards * SHARD_RECORDS >= events
    assert shards * MB >= load.written
    assert (shards - 1) * SHARD_RECORDS < events or (shards - 1) * MB < load.written


@given(BYTES)
def test_most_events_are_the_last_that_the_quota_lets_through(bytes_):
    most = most_events(bytes_)
    assert 1 <= most <= MOST_RECORDS
    assert most * bytes_ <= MOST_MB * MB
    assert most == MOST_RECORDS or (most + 1) * bytes_ > MOST_MB * MB


@given(EVENTS, BYTES)
def test_warm_throughput_holds_the_peak(events, bytes_):
    load = Load(events_per_second=events, event_bytes=bytes_)
    sizing = size(load)
    assert sizing.warm_mib * 2**20 >= load.written
    assert sizing.warm_mib == max(ceil(events / SHARD_RECORDS), ceil(load.written / MB))

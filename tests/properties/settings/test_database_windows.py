"""Windows written with an offset: whichever are taken, AWS takes them too, and at the same moment."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from aws_facts.rds_instance_classes import CLASSES, memory_gib
from components.core.settings.windows import (
    DAY_MINUTES,
    SHORTEST_MINUTES,
    WEEK_MINUTES,
    DailyWindow,
    WeeklyWindow,
    daily_in_utc,
    daily_minutes,
    overlap,
    time_of_day,
    time_of_week,
    weekly_in_utc,
    weekly_minutes,
)
from settings.rules.nights import NIGHT_MINUTES, in_jakarta, is_at_night

MINUTE_OF_DAY, MINUTE_OF_WEEK = st.integers(0, DAY_MINUTES - 1), st.integers(0, WEEK_MINUTES - 1)
LENGTH = st.integers(0, DAY_MINUTES - 1)
OFFSET = st.integers(-14 * 60, 14 * 60)
DAILY, WEEKLY = TypeAdapter(DailyWindow), TypeAdapter(WeeklyWindow)


def daily(start, length, offset=0):
    return f"{time_of_day(start)}-{time_of_day(start + length)}{written(offset)}"


def weekly(start, length, offset=0):
    return f"{time_of_week(start)}-{time_of_week(start + length)}{written(offset)}"


def written(offset):
    hours, minutes = divmod(abs(offset), 60)
    return f" UTC{'-' if offset < 0 else '+'}{hours}{f':{minutes:02}' if minutes else ''}" if offset else ""


def is_taken(kind, window):
    try:
        kind.validate_python(window)
    except ValidationError:
        return False
    return True


def minutes(start, length, period):
    return {(start + minute) % period for minute in range(length)}


@given(MINUTE_OF_DAY, LENGTH, OFFSET)
def test_a_window_in_utc_is_as_long_and_earlier_by_the_offset(start, length, offset):
    utc = daily_in_utc(daily(start, length, offset))
    assert daily_minutes(utc) == ((start - offset) % DAY_MINUTES, length)
    assert utc == daily(start - offset, length)


@given(MINUTE_OF_WEEK, LENGTH, OFFSET)
def test_a_weekly_window_in_utc_is_as_long_and_earlier_by_the_offset(start, length, offset):
    utc = weekly_in_utc(weekly(start, length, offset))
    assert weekly_minutes(utc) == ((start - offset) % WEEK_MINUTES, length)
    assert utc == weekly(start - offset, length)


@given(MINUTE_OF_WEEK, LENGTH, OFFSET)
def test_what_is_taken_is_long_enough(start, length, offset):
    assert is_taken(WEEKLY, weekly(start, length, offset)) == (length >= SHORTEST_MINUTES)
    assert is_taken(DAILY, daily(start, length, offset)) == (length >= SHORTEST_MINUTES)


@given(MINUTE_OF_WEEK, LENGTH)
def test_what_is_at_night_lies_in_one_night_of_jakarta(start, length):
    evening, morning = 18 * 60, 6 * 60
    clock = {(minute + 420) % DAY_MINUTES for minute in minutes(start, length, WEEK_MINUTES)}
    in_the_night = all(minute >= evening or minute < morning for minute in clock)
    assume(length)
    assert is_at_night(in_jakarta(start), length) == (length <= NIGHT_MINUTES and in_the_night)


@given(MINUTE_OF_DAY, LENGTH, MINUTE_OF_WEEK, LENGTH, OFFSET)
def test_windows_overlap_where_they_share_a_minute_however_they_are_written(start, length, other, lasting, offset):
    assume(length and lasting)
    backup, maintenance = daily(start, length), weekly(other, lasting)
    shared = minutes(start, length, DAY_MINUTES) & {
        minute % DAY_MINUTES for minute in minutes(other, lasting, WEEK_MINUTES)
    }
    assert overlap(backup, maintenance) == bool(shared)
    assert overlap(daily(start + offset, length, offset), maintenance) == bool(shared)


@given(st.sampled_from(CLASSES))
def test_every_class_has_its_memory(name):
    """The next size up has at least half as much again."""
    family = name.rpartition(".")[0]
    sizes = sorted(memory_gib(each) for each in CLASSES if each.rpartition(".")[0] == family)
    assert memory_gib(name) in sizes
    assert all(larger >= 1.3 * smaller for smaller, larger in pairwise(sizes))

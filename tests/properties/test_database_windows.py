"""Windows written in Jakarta time: whichever are taken, AWS takes them too, and at the same moment."""

from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from aws_facts.rds_instance_classes import CLASSES, memory_gib
from components.core.settings.local_time import (
    NIGHT_MINUTES,
    SHORTEST_MINUTES,
    JakartaDailyWindow,
    JakartaWeeklyWindow,
    daily_in_utc,
    time_of_day,
    time_of_week,
    weekly_in_utc,
)
from components.core.settings.windows import DAY_MINUTES, WEEK_MINUTES, daily_minutes, overlap, weekly_minutes

MINUTE_OF_DAY, MINUTE_OF_WEEK = st.integers(0, DAY_MINUTES - 1), st.integers(0, WEEK_MINUTES - 1)
LENGTH = st.integers(0, DAY_MINUTES - 1)
DAILY, WEEKLY = TypeAdapter(JakartaDailyWindow), TypeAdapter(JakartaWeeklyWindow)


def daily(start, length):
    return f"{time_of_day(start)}-{time_of_day(start + length)}"


def weekly(start, length):
    return f"{time_of_week(start)}-{time_of_week(start + length)}"


def is_taken(kind, window):
    try:
        kind.validate_python(window)
    except ValidationError:
        return False
    return True


def minutes(start, length, period):
    return {(start + minute) % period for minute in range(length)}


@given(MINUTE_OF_DAY, LENGTH)
def test_a_window_in_utc_is_as_long_and_seven_hours_earlier(start, length):
    assert daily_minutes(daily_in_utc(daily(start, length))) == ((start - 420) % DAY_MINUTES, length)


@given(MINUTE_OF_WEEK, LENGTH)
def test_a_weekly_window_in_utc_is_as_long_and_seven_hours_earlier(start, length):
    assert weekly_minutes(weekly_in_utc(weekly(start, length))) == ((start - 420) % WEEK_MINUTES, length)


@given(MINUTE_OF_WEEK, LENGTH)
def test_what_is_taken_lies_in_one_night_and_is_long_enough(start, length):
    evening, morning = 18 * 60, 6 * 60
    clock = {minute % DAY_MINUTES for minute in minutes(start, length, WEEK_MINUTES)}
    in_the_night = all(minute >= evening or minute < morning for minute in clock)
    expected = SHORTEST_MINUTES <= length <= NIGHT_MINUTES and in_the_night
    assert is_taken(WEEKLY, weekly(start, length)) == expected
    assert is_taken(DAILY, daily(start, length)) == expected


@given(MINUTE_OF_DAY, LENGTH, MINUTE_OF_WEEK, LENGTH)
def test_windows_overlap_in_jakarta_exactly_where_they_do_in_utc(start, length, other, lasting):
    assume(length and lasting)
    backup, maintenance = daily(start, length), weekly(other, lasting)
    shared = minutes(start, length, DAY_MINUTES) & {
        minute % DAY_MINUTES for minute in minutes(other, lasting, WEEK_MINUTES)
    }
    assert overlap(backup, maintenance) == bool(shared)
    assert overlap(daily_in_utc(backup), weekly_in_utc(maintenance)) == bool(shared)


@given(st.sampled_from(CLASSES))
def test_every_class_has_its_memory(name):
    """The next size up has at least half as much again."""
    family = name.rpartition(".")[0]
    sizes = sorted(memory_gib(each) for each in CLASSES if each.rpartition(".")[0] == family)
    assert memory_gib(name) in sizes
    assert all(larger >= 1.3 * smaller for smaller, larger in pairwise(sizes))

"""Windows of time in AWS's spelling, in any time zone: daily ``hh:mm-hh:mm``, weekly ``ddd:hh:mm-ddd:hh:mm``."""

from __future__ import annotations

import re

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
DAILY = re.compile(rf"{TIME}-{TIME}")
DAY = rf"({'|'.join(DAYS)}):"
WEEKLY = re.compile(rf"{DAY}{TIME}-{DAY}{TIME}")


def daily_minutes(window: str) -> tuple[int, int]:
    """Start, in minutes after midnight, and length of a daily window, which may run past midnight.

    Raises:
        ValueError: it isn't one.
    """
    if not (match := DAILY.fullmatch(window)):
        raise ValueError("")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    start = first_hour * 60 + first_minute
    return start, (last_hour * 60 + last_minute - start) % DAY_MINUTES


def weekly_minutes(window: str) -> tuple[int, int]:
    """Start, in minutes after Monday's midnight, and length of a weekly window.

    Raises:
        ValueError: it isn't one.
    """
    if not (match := WEEKLY.fullmatch(window)):
        raise ValueError("")
    first_day, first_hour, first_minute, last_day, last_hour, last_minute = match.groups()
    start = DAYS.index(first_day) * DAY_MINUTES + int(first_hour) * 60 + int(first_minute)
    end = DAYS.index(last_day) * DAY_MINUTES + int(last_hour) * 60 + int(last_minute)
    return start, (end - start) % WEEK_MINUTES


def overlap(every_day: str, every_week: str) -> bool:
    """Whether a daily and a weekly window share a minute."""
    start, length = weekly_minutes(every_week)
    first, lasting = daily_minutes(every_day)
    starts = (day * DAY_MINUTES + first for day in range(len(DAYS)))
    return any((start - other) % WEEK_MINUTES < lasting or (other - start) % WEEK_MINUTES < length for other in starts)

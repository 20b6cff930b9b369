"""Windows of time in AWS's spelling, in UTC or, with an offset behind, in another time: ``01:00-02:00 UTC+7``."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES
SHORTEST_MINUTES = 30
"""RDS refuses a shorter window
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html)."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TIME = r"([01]\d|2[0-3]):([0-5]\d)"
OFFSET = r"(?: UTC([+-])(1[0-4]|\d)(?::([0-5]\d))?)?"
DAILY = re.compile(rf"{TIME}-{TIME}{OFFSET}")
DAY = rf"({'|'.join(DAYS)}):"
WEEKLY = re.compile(rf"{DAY}{TIME}-{DAY}{TIME}{OFFSET}")
DAILY_FORM = "hh:mm-hh:mm, in UTC or with an offset such as UTC+7 behind, 30 minutes or more: 18:00-19:00"
WEEKLY_FORM = (
    "ddd:hh:mm-ddd:hh:mm, in UTC or with an offset such as UTC+7 behind, 30 minutes or more: sat:19:30-sat:20:30"
)


def ahead(sign: str | None, hours: str | None, minutes: str | None) -> int:
    """Minutes that a clock with this offset shows more than UTC."""
    return (-1 if sign == "-" else 1) * (int(hours or 0) * 60 + int(minutes or 0))


def daily_minutes(window: str) -> tuple[int, int]:
    """Start, in minutes after midnight in UTC, and length of a daily window, which may run past midnight.

    Raises:
        ValueError: it isn't one; without a reason, for what is valid says it all.
    """
    if not (match := DAILY.fullmatch(window)):
        raise ValueError("")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups()[:4])
    start = first_hour * 60 + first_minute
    length = (last_hour * 60 + last_minute - start) % DAY_MINUTES
    return (start - ahead(*match.groups()[4:])) % DAY_MINUTES, length


def weekly_minutes(window: str) -> tuple[int, int]:
    """Start, in minutes after Monday's midnight in UTC, and length of a weekly window.

    Raises:
        ValueError: it isn't one; without a reason, for what is valid says it all.
    """
    if not (match := WEEKLY.fullmatch(window)):
        raise ValueError("")
    first_day, first_hour, first_minute, last_day, last_hour, last_minute, *offset = match.groups()
    start = DAYS.index(first_day) * DAY_MINUTES + int(first_hour) * 60 + int(first_minute)
    end = DAYS.index(last_day) * DAY_MINUTES + int(last_hour) * 60 + int(last_minute)
    return (start - ahead(*offset)) % WEEK_MINUTES, (end - start) % WEEK_MINUTES


def long_enough(length: int) -> None:
    """Let a window of so many minutes pass.

    Raises:
        ValueError: it is too short.
    """
    if length < SHORTEST_MINUTES:
        raise ValueError(f"shorter than {SHORTEST_MINUTES} minutes")


def daily(window: str) -> str:
    """Let a daily window pass.

    Raises:
        ValueError: says why not.
    """
    long_enough(daily_minutes(window)[1])
    return window


def weekly(window: str) -> str:
    """Let a weekly window pass.

    Raises:
        ValueError: says why not.
    """
    long_enough(weekly_minutes(window)[1])
    return window


def daily_in_utc(window: str) -> str:
    """``01:00-02:00 UTC+7`` is ``18:00-19:00``, as AWS takes it."""
    start, length = daily_minutes(window)
    return f"{time_of_day(start)}-{time_of_day(start + length)}"


def weekly_in_utc(window: str) -> str:
    """``sun:02:30-sun:03:30 UTC+7`` is ``sat:19:30-sat:20:30``, as AWS takes it."""
    start, length = weekly_minutes(window)
    return f"{time_of_week(start)}-{time_of_week(start + length)}"


def time_of_day(minutes: int) -> str:
    """``hh:mm`` of a number of minutes after some midnight."""
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return f"{hour:02}:{minute:02}"


def time_of_week(minutes: int) -> str:
    """``ddd:hh:mm`` of a number of minutes after some Monday's midnight."""
    return f"{DAYS[minutes % WEEK_MINUTES // DAY_MINUTES]}:{time_of_day(minutes)}"


def overlap(every_day: str, every_week: str) -> bool:
    """Whether a daily and a weekly window share a minute."""
    start, length = weekly_minutes(every_week)
    first, lasting = daily_minutes(every_day)
    starts = (day * DAY_MINUTES + first for day in range(len(DAYS)))
    return any((start - other) % WEEK_MINUTES < lasting or (other - start) % WEEK_MINUTES < length for other in starts)


DailyWindow = Annotated[str, AfterValidator(daily)]
WeeklyWindow = Annotated[str, AfterValidator(weekly)]

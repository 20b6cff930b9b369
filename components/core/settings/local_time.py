"""Windows of time at night in Jakarta (WIB, UTC+7, no summer time), and the same in UTC, as AWS takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from components.core.settings.windows import DAY_MINUTES, DAYS, WEEK_MINUTES, daily_minutes, weekly_minutes

AHEAD_MINUTES = 7 * 60
"""Jakarta's clock shows this much more than UTC."""
SHORTEST_MINUTES = 30
"""RDS refuses a shorter window."""
NIGHTFALL, NIGHT_MINUTES = 18 * 60, 12 * 60
"""18:00 to 06:00: before 06:00 in Jakarta it is not yet 08:00 in Papua (WIT, UTC+9), where offices open first."""

DAILY_FORM = "hh:mm-hh:mm in Jakarta time, 30 minutes or more between 18:00 and 06:00, such as 01:00-02:00"
WEEKLY_FORM = (
    "ddd:hh:mm-ddd:hh:mm in Jakarta time, 30 minutes or more between 18:00 and 06:00, such as sun:02:30-sun:03:30"
)


def check_night(start: int, length: int) -> None:
    """Let a window pass, in minutes, that is long enough and lies in one night.

    Raises:
        ValueError: says why not.
    """
    if length < SHORTEST_MINUTES:
        raise ValueError(f"shorter than {SHORTEST_MINUTES} minutes")
    if (start - NIGHTFALL) % DAY_MINUTES + length > NIGHT_MINUTES:
        raise ValueError("not within one night")


def daily(window: str) -> str:
    """Let a daily window at night pass.

    Raises:
        ValueError: says why not.
    """
    check_night(*daily_minutes(window))
    return window


def weekly(window: str) -> str:
    """Let a weekly window at night pass.

    Raises:
        ValueError: says why not.
    """
    check_night(*weekly_minutes(window))
    return window


def daily_in_utc(window: str) -> str:
    """``01:00-02:00`` in Jakarta is ``18:00-19:00`` in UTC."""
    start, length = daily_minutes(window)
    return f"{time_of_day(start - AHEAD_MINUTES)}-{time_of_day(start - AHEAD_MINUTES + length)}"


def weekly_in_utc(window: str) -> str:
    """``sun:02:30-sun:03:30`` in Jakarta is ``sat:19:30-sat:20:30`` in UTC."""
    start, length = weekly_minutes(window)
    return f"{time_of_week(start - AHEAD_MINUTES)}-{time_of_week(start - AHEAD_MINUTES + length)}"


def time_of_day(minutes: int) -> str:
    """``hh:mm`` of a number of minutes after some midnight."""
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return f"{hour:02}:{minute:02}"


def time_of_week(minutes: int) -> str:
    """``ddd:hh:mm`` of a number of minutes after some Monday's midnight."""
    return f"{DAYS[minutes % WEEK_MINUTES // DAY_MINUTES]}:{time_of_day(minutes)}"


JakartaDailyWindow = Annotated[str, AfterValidator(daily)]
JakartaWeeklyWindow = Annotated[str, AfterValidator(weekly)]

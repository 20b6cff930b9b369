"""Settings of patching: when, how soon after a patch is published, and when the database of development runs."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from components.core.settings.cron import once_a_day
from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section
from components.core.settings.windows import DAY_MINUTES, DAYS

WEEKLY = re.compile(rf"cron\((\d{{1,2}}) (\d{{1,2}}) \? \* ({'|'.join(DAYS).upper()}) \*\)")
CRON_SOURCE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/reference-cron-and-rate-expressions.html"
BASELINE_SOURCE = "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PatchRule.html"


def once_a_week(expression: str) -> str:
    """Let an expression pass that names one weekday.

    Raises:
        ValueError: it names none, or several.
    """
    if not WEEKLY.fullmatch(once_a_day(expression)):
        raise ValueError("not one weekday")
    return expression


WeeklyCron = Annotated[str, AfterValidator(once_a_week)]


def minute_of_week(expression: str) -> int:
    """When a checked expression starts: minutes after Monday's midnight, in the stack's time zone."""
    parts = WEEKLY.fullmatch(expression)
    if parts is None:
        raise ValueError(f"{expression!r} is not a weekly cron expression")
    return DAYS.index(parts[3].lower()) * DAY_MINUTES + int(parts[2]) * 60 + int(parts[1])


class DatabaseHours(Section):
    """When the database runs, Monday to Friday; it is stopped at other times."""

    start: int = setting(
        6,
        "hour at which it is started",
        About(unit="hours, the stack's time zone", valid="0 to 21, before stop"),
        ge=0,
        le=21,
    )
    stop: int = setting(
        20,
        "hour at which it is stopped",
        About(unit="hours, the stack's time zone", valid="1 to 23, after start"),
        ge=1,
        le=23,
    )


class Patching(Section):
    """The weekly maintenance window, and what is installed in it."""

    enabled: bool = switch("whether hosts are patched, and nodes brought to the release that the program pins", on=True)
    schedule: WeeklyCron = setting(
        "cron(0 4 ? * SUN *)",
        "when the maintenance window opens; hosts restart in it where a patch asks for it",
        About(
            unit="the stack's time zone",
            valid="cron(minute hour ? * WEEKDAY *) with one weekday, such as cron(0 4 ? * SUN *)",
            source=CRON_SOURCE,
        ),
    )
    hours: int = setting(
        2,
        "how long the window is; nothing begins in its last hour",
        About(unit="hours", valid="2 to 24"),
        ge=2,
        le=24,
    )
    security_days: int = setting(
        0,
        "how long after its publication a critical or important security patch waits",
        About(unit="days", valid="0 to 30", source=BASELINE_SOURCE),
        ge=0,
        le=30,
    )
    other_days: int = setting(
        7,
        "how long after its publication any other patch waits",
        About(unit="days", valid="0 to 100, security_days or more", source=BASELINE_SOURCE),
        ge=0,
        le=100,
    )
    database_hours: DatabaseHours | None = setting(
        None,
        "when the database runs (development alone); always where nothing is said",
        About(valid="{start: 6, stop: 20}, or nothing"),
    )

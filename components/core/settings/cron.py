"""When something starts: AWS's cron expressions, in the stack's time zone, with one start a day at most."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from components.core.settings.windows import DAY_MINUTES

CRON_VALID = (
    "cron(minute hour day month weekday year) in the stack's time zone with one minute and one hour, "
    "and ? as day or as weekday, such as cron(0 1 * * ? *)"
)


def field(number: str, special: str = "") -> str:
    """The pattern of one field: numbers, ranges, steps and lists of these, or what is special to it."""
    item = rf"(?:\*|{number}(?:-{number})?)(?:/[1-9]\d?)?"
    return rf"(?:{item}(?:,{item})*{special})"


DAY = field(r"(?:0?[1-9]|[12]\d|3[01])", r"|\?|L|LW|(?:[1-9]|[12]\d|3[01])W")
MONTH = field(r"(?:0?[1-9]|1[0-2]|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)")
WEEKDAY = field(r"(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)", r"|\?|[1-7]L|[1-7]#[1-5]")
YEAR = field(r"(?:19[7-9]\d|2[01]\d\d)")
CRON = re.compile(
    rf"cron\((?P<minute>[0-5]?\d) (?P<hour>[01]?\d|2[0-3]) (?P<day>{DAY}) {MONTH} (?P<weekday>{WEEKDAY}) {YEAR}\)"
)


def once_a_day(expression: str) -> str:
    """Let an expression pass that AWS takes and that starts once a day at most.

    Raises:
        ValueError: says what is wrong with it.
    """
    parts = CRON.fullmatch(expression)
    if parts is None:
        raise ValueError("not a cron expression with one start a day")
    if (parts["day"] == "?") == (parts["weekday"] == "?"):
        raise ValueError("? is needed as day or as weekday, and not as both")
    return expression


DailyCron = Annotated[str, AfterValidator(once_a_day)]


class Window(NamedTuple):
    """A time of the day within which something starts.

    Attributes:
        start: minutes after midnight in the stack's time zone.
        length: minutes.
    """

    start: int
    length: int

    def overlaps(self, other: Window) -> bool:
        """Whether the two share a minute on a day that has both."""
        ahead, behind = (other.start - self.start) % DAY_MINUTES, (self.start - other.start) % DAY_MINUTES
        return ahead < self.length or behind < other.length


def window(expression: str, length: int) -> Window:
    """The window that opens when a checked expression says, ``length`` minutes long."""
    parts = CRON.fullmatch(expression)
    if parts is None:
        raise ValueError(f"{expression!r} is not a cron expression with one start a day")
    return Window(int(parts["hour"]) * 60 + int(parts["minute"]), length)

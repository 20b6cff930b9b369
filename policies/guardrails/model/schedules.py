"""How often a schedule comes round: AWS's expressions ``rate(12 hours)`` and ``cron(0 5 ? * * *)``."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

_RATE = re.compile(r"rate\((\d+)\s+(minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FOUR_YEARS = 1461
"""Days, so that each kind of year and month is among them."""


@lru_cache(maxsize=256)
def longest_gap(expression: str) -> timedelta | None:
    """The longest time between two runs, `timedelta.max` when there's only one; None for what is no such expression.

    A cron expression that names years ends with them, so that its gap is `timedelta.max` too. The working day next to
    a day (``15W``) counts as the day itself.
    """
    rate = _RATE.fullmatch(expression.strip())
    if rate:
        return timedelta(**{f"{rate[2]}s": int(rate[1])})
    cron = _CRON.fullmatch(expression.strip())
    try:
        return _cron_gap(cron) if cron else None
    except ValueError:
        return None


def _cron_gap(cron: re.Match[str]) -> timedelta:
    minutes, hours, of_month, months, of_week, years = map(str.upper, cron.groups())
    times = sorted(hour * 60 + minute for hour in _field(hours, 0, 23) for minute in _field(minutes, 0, 59))
    days = list(_days(_field(months, 1, 12, _MONTHS), of_month.replace("W", ""), of_week))
    if years != "*" or len(days) < 2:
        return timedelta.max
    overnight = max(later - earlier for earlier, later in pairwise(days)) + timedelta(minutes=times[0] - times[-1])
    return max(overnight, *(timedelta(minutes=later - earlier) for earlier, later in pairwise(times)), timedelta(0))


def _days(months: frozenset[int], of_month: str, of_week: str) -> Iterator[date]:
    for number in range(_FOUR_YEARS):
        day = date(2024, 1, 1) + timedelta(days=number)
        if day.month in months and _is_in_month(day, of_month) and _is_in_week(day, of_week):
            yield day


def _is_in_month(day: date, field: str) -> bool:
    return day.day == _last(day) if field == "L" else day.day in _field(field, 1, 31)


def _is_in_week(day: date, field: str) -> bool:
    number = day.isoweekday() % 7 + 1
    weekday, has_place, place = field.partition("#")
    if has_place:
        return number in _field(weekday, 1, 7, _WEEKDAYS) and (day.day - 1) // 7 + 1 == int(place)
    if field.endswith("L"):
        return number in _field(field[:-1] or "7", 1, 7, _WEEKDAYS) and day.day + 7 > _last(day)
    return number in _field(field, 1, 7, _WEEKDAYS)


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


@lru_cache(maxsize=256)
def _field(text: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The numbers that one field stands for; ``names`` are those of the numbers from 1 on."""
    found: set[int] = set()
    for part in text.split(","):
        span, has_step, step = part.partition("/")
        first, is_range, last = span.partition("-")
        if span in {"*", "?"}:
            start, end = low, high
        else:
            start = _number(first, names)
            end = _number(last, names) if is_range else high if has_step else start
        if not low <= start <= end <= high:
            raise ValueError(text)
        found.update(range(start, end + 1, int(step) if has_step else 1))
    return frozenset(found)


def _number(text: str, names: tuple[str, ...]) -> int:
    return names.index(text) + 1 if text in names else int(text)

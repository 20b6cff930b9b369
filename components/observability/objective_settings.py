"""Settings of service level objectives: what share of requests is to be well served, and how fast the rest may go."""

from __future__ import annotations

from typing import Any

from components.core.settings.field import About, setting, switch
from components.core.settings.section import Section

WORKBOOK = "https://sre.google/workbook/alerting-on-slos/"
LONGEST_MINUTES = 1440
"""An alarm's period is a day at most (86,400 seconds)."""
SHORT = "less than long_minutes"
OF_REQUESTS = "such that 100 / (100 - it) is more than both rates"


def rate(default: float, than: str) -> Any:
    """How fast the budget is used up; that of an objective of 99 % can be used up 100 times as fast at most."""
    doc = "times as fast as would use up the budget in 30 days"
    valid = f"over 1, up to 1000, {than}, and less than 100 / (100 - the objectives' percent)"
    return setting(default, doc, About(valid=valid, source=WORKBOOK), gt=1, le=1000)


def window(default: int, doc: str, than: str) -> Any:
    """A window; the alarm's period."""
    valid = f"1 to {LONGEST_MINUTES}, {than}"
    return setting(default, doc, About(unit="minutes", valid=valid, source=WORKBOOK), ge=1, le=LONGEST_MINUTES)


class BurnRate(Section):
    """How fast the error budget may be used up; both windows have to show it. By default, 2 % of it in an hour."""

    rate: float = rate(14.4, "more than the slow one's")
    long_minutes: int = window(60, "the window that shows that it matters", "less than the slow one's")
    short_minutes: int = window(5, "the window that shows that it goes on", SHORT)


class SlowBurn(BurnRate):
    """By default, 5 % of the budget in 6 hours."""

    rate: float = rate(6, "less than the fast one's")
    long_minutes: int = window(360, "the window that shows that it matters", "more than the fast one's")
    short_minutes: int = window(30, "the window that shows that it goes on", SHORT)


class Objectives(Section):
    """Of all requests, as the API gateway or the load balancer counts them."""

    enabled: bool = switch("burning the error budget too fast raises alarms", on=True)
    availability_percent: float = setting(
        99.9,
        "requests that don't fail (status 500 and up, or no answer)",
        About(unit="% of requests", valid=f"90 to 99.999, {OF_REQUESTS}"),
        ge=90,
        le=99.999,
    )
    latency_percent: float = setting(
        95,
        "requests that are answered within latency_milliseconds",
        About(unit="% of requests", valid=f"50 to 99.99, {OF_REQUESTS}"),
        ge=50,
        le=99.99,
    )
    latency_milliseconds: int = setting(
        1000,
        "in which they are to be answered",
        About(unit="milliseconds", valid="10 to 29000"),
        ge=10,
        le=29_000,
    )
    fewest_requests: int = setting(
        100,
        "requests in a window below which it says nothing",
        About(unit="requests", valid="1 to 1000000"),
        ge=1,
        le=1_000_000,
    )
    fast: BurnRate = BurnRate()
    slow: SlowBurn = SlowBurn()

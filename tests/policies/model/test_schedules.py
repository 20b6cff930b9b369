"""How often schedules come round."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.model.schedules import longest_gap


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("rate(1 day)", 1),
        ("rate(36 hours)", 1.5),
        ("cron(0 5 ? * * *)", 1),
        ("cron(0 5,17 * * ? *)", 0.5),
        ("cron(0 */6 * * ? *)", 0.25),
        ("cron(0 0/8 * * ? *)", 1 / 3),
        ("cron(0 22-23 * * ? *)", 23 / 24),
        ("cron(0 0 ? * MON-FRI *)", 3),
        ("cron(0 0 ? * 1 *)", 7),
        ("cron(0 0 ? * sat#1 *)", 35),
        ("cron(0 0 ? * 6L *)", 35),
        ("cron(0 0 1,15 * ? *)", 17),
        ("cron(0 0 L * ? *)", 31),
        ("cron(0 0 LW * ? *)", 31),
        ("cron(0 0 1 1/3 ? *)", 92),
        ("cron(0 0 1 JAN,JUL ? *)", 184),
        ("cron(0 0 29 2 ? *)", None),  # once in four years is further than anybody looks
        ("cron(0 0 1 1 ? 2030)", None),
    ],
)
def test_the_longest_time_between_two_runs(expression, days):
    assert longest_gap(expression) == (timedelta.max if days is None else timedelta(days=days))


@pytest.mark.parametrize(
    "text",
    ["", "daily", "cron(0 25 * * ? *)", "cron(0 5 * *)", "cron(0 x * * ? *)", "cron(0/0 5 * * ? *)", "rate(day)"],
)
def test_what_is_no_schedule_is_none(text):
    assert longest_gap(text) is None


@given(st.sets(st.integers(0, 23), min_size=1), st.integers(0, 59))
def test_hours_of_a_day_come_round_within_it(hours, minute):
    listed = ",".join(map(str, sorted(hours)))
    gap = longest_gap(f"cron({minute} {listed} * * ? *)")
    assert gap is not None
    assert timedelta(days=1) / len(hours) <= gap <= timedelta(days=1)

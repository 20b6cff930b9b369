"""Properties of backups: windows, cron expressions, and plans that the vaults' locks let in."""

import re

from hypothesis import given, strategies

from components.backup.plans import plans
from components.backup.settings import LEAST_COLD_DAYS, Archive, Backup, Daily
from components.core.environment import Environment
from components.core.settings.cron import Window, once_a_day, window
from settings.rules.nights import is_at_night

MINUTES = 24 * 60
TIMES = strategies.integers(0, MINUTES - 1)
LENGTHS = strategies.integers(1, MINUTES - 1)


@given(TIMES, LENGTHS, TIMES, LENGTHS)
def test_windows_overlap_where_they_share_a_minute(start, length, other_start, other_length):
    def minutes(first, long):
        return {(first + minute) % MINUTES for minute in range(long)}

    shared = bool(minutes(start, length) & minutes(other_start, other_length))
    assert Window(start, length).overlaps(Window(other_start, other_length)) == shared


@given(strategies.integers(0, 59), strategies.integers(0, 23), strategies.sampled_from(["* * ?", "? * SUN", "1 * ?"]))
def test_a_start_is_at_night_or_by_day(minute, hour, days):
    expression = f"cron({minute} {hour} {days} *)"
    start = window(once_a_day(expression), 60).start
    assert start == hour * 60 + minute
    assert is_at_night(start, 1) is not (6 <= hour < 18)


@given(strategies.from_regex(re.compile(r"cron\([\d*?/,L# -]{0,20}\)"), fullmatch=True))
def test_an_expression_either_passes_as_it_is_or_is_refused(expression):
    try:
        assert once_a_day(expression) == expression
        assert len(expression.split()) == 6
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either way is right


@given(
    kept=strategies.integers(1, 35),
    continuous=strategies.none() | strategies.integers(1, 35),
    archived=strategies.none() | strategies.integers(LEAST_COLD_DAYS + 1, 36_500),
)
def test_every_plan_keeps_what_its_settings_say_and_cools_what_it_can(kept, continuous, archived):
    daily = Daily(retention_days=kept, continuous=continuous is not None, continuous_days=continuous or 35)
    archive = Archive(
        enabled=archived is not None, retention_days=archived or 2557, cold_after_days=(archived or 2557) - 90
    )
    made = {
        plan.role: plan
        for plan in plans(
            Backup(daily=daily, archive=archive),
            Environment(name="x", account_id="1", region="ap-southeast-3", project="smile"),
        )
    }
    assert {role: plan.delete_after for role, plan in made.items()} == {
        role: days
        for role, days in {"daily": kept, "continuous": continuous, "archive": archived}.items()
        if days is not None
    }
    for plan in made.values():
        assert plan.cold_after is None or plan.delete_after - plan.cold_after >= LEAST_COLD_DAYS
        assert not plan.continuous or all(":s3:" in pattern for pattern in plan.resources)

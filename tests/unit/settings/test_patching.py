"""Settings of patching: what is refused, and in which words."""

import pytest

from settings import load_from_files

CASES = [
    ('schedule: "cron(0 4 ? * SAT,SUN *)"', "schedule: got", "valid: cron(minute hour ? * WEEKDAY *)"),
    ('schedule: "rate(7 days)"', "schedule: got", "valid: cron(minute hour ? * WEEKDAY *)"),
    ('schedule: "cron(0 10 ? * SUN *)"', "not within one night", "between 18:00 and 06:00"),
    ("hours: 3", "for 3 hours, not within one night", "between 18:00 and 06:00"),
    ('schedule: "cron(0 2 ? * SUN *)"', "within the database's maintenance", "apart from"),
    ("hours: 1", "hours: got 1", "valid: 2 to 24"),
    ("hours: 20", "hours: got 20, which doesn't go with smile:patching.schedule", "between 18:00 and 06:00"),
    ("security_days: 31", "security_days: got 31", "valid: 0 to 30"),
    (
        "security_days: 8",
        "security_days: got 8, which doesn't go with smile:patching.other_days (got 7)",
        "8, as security_days, or more",
    ),
    ("database_hours: {}", "database_hours: got hours in production", "only development's database"),
]


@pytest.mark.parametrize(("text", "says", "valid"), CASES)
def test_what_is_wrong_is_refused_with_what_is_valid(mistakes, text, says, valid):
    (line,) = mistakes(f"config:\n  smile:patching: {{{text}}}")
    assert line.startswith("Pulumi.prod.yaml:2: smile:patching.")
    assert says in line
    assert valid in line


def test_a_database_that_is_stopped_at_night_has_no_alarm_on_its_silence(mistakes, load):
    text = "config:\n  smile:patching: {database_hours: {}}\n  smile:database: {alarms: %s}"
    (line,) = mistakes(text % "true", "dev")
    assert "got hours, and a database that is stopped rings as one that is gone; valid: nothing, or" in line
    assert load(text % "false", "dev").patching.database_hours


@pytest.mark.parametrize(
    ("schedule", "refused"),
    [("cron(0 17 ? * FRI *)", False), ("cron(0 18 ? * FRI *)", True), ("cron(0 10 ? * SUN *)", True)],
)
def test_a_bastion_that_rests_at_night_is_patched_while_it_runs(mistakes, load, schedule, refused):
    text = f"config:\n  smile:bastion: {{runs: working_hours}}\n  smile:patching: {{schedule: '{schedule}'}}"
    if not refused:
        assert load(text).patching.schedule == schedule
        return
    (line,) = mistakes(text)
    assert "when the bastion is stopped; valid: a window Monday to Friday between 7:00 and 19:00" in line


def test_a_window_of_another_weekday_may_be_at_the_hour_of_the_databases(load):
    assert load('config:\n  smile:patching: {schedule: "cron(0 2 ? * TUE *)"}').patching.enabled


def test_every_stack_has_a_window():
    for stack in ("dev", "staging", "prod"):
        assert load_from_files(stack).patching.enabled

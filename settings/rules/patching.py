"""The rules of patching: a window in which hosts run and nobody needs them; only development's database is stopped."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.core.settings.windows import DAY_MINUTES, DAYS, WEEK_MINUTES, weekly_minutes
from components.patching.settings import minute_of_week
from settings.rule import rule
from settings.rules.nights import AHEAD_MINUTES, NIGHT, is_at_night
from settings.stack import Settings

SCHEDULE = ("patching", "schedule")
WORKING_DAYS = DAYS[:5]


@rule
def hosts_are_patched_when_they_run(settings: Settings) -> Iterator[Finding]:
    """At night; where the bastion rests at night, on a working day while it runs (SMILE-SSM-02)."""
    patching, bastion = settings.patching, settings.bastion
    day, start = divmod(minute_of_week(patching.schedule), DAY_MINUTES)
    length = patching.hours * 60
    if bastion.enabled and bastion.runs == "working_hours":
        hours = bastion.working_hours
        runs = DAYS[day] in WORKING_DAYS and hours.start * 60 <= start and start + length <= hours.stop * 60
        valid = f"a window Monday to Friday between {hours.start}:00 and {hours.stop}:00, when the bastion runs"
        if patching.enabled and not runs:
            reads = (("patching", "hours"), ("bastion", "runs"), ("bastion", "working_hours"))
            yield Finding(SCHEDULE, f'got "{patching.schedule}", when the bastion is stopped', valid, reads)
    elif not is_at_night(start, length):
        what = f'got "{patching.schedule}" for {patching.hours} hours, not within one night'
        yield Finding(SCHEDULE, what, f"a window {NIGHT}", (("patching", "hours"),))


@rule
def the_way_to_the_database_stays_open(settings: Settings) -> Iterator[Finding]:
    """Whoever mends a database whose maintenance failed comes in by the bastion: it doesn't restart meanwhile."""
    patching = settings.patching
    start, length = (minute_of_week(patching.schedule) - AHEAD_MINUTES) % WEEK_MINUTES, patching.hours * 60
    other, lasting = weekly_minutes(settings.database.maintenance_window)
    if (start - other) % WEEK_MINUTES < lasting or (other - start) % WEEK_MINUTES < length:
        what = f'got "{patching.schedule}" for {patching.hours} hours, within the database\'s maintenance'
        reads = (("patching", "hours"), ("database", "maintenance_window"))
        yield Finding(SCHEDULE, what, f'a window apart from "{settings.database.maintenance_window}"', reads)


@rule
def security_comes_first(settings: Settings) -> Iterator[Finding]:
    """No other patch is approved sooner than one that closes a hole."""
    first, other = settings.patching.security_days, settings.patching.other_days
    if other < first:
        reads = (("patching", "security_days"),)
        yield Finding(("patching", "other_days"), f"got {other}", f"{first}, as security_days, or more", reads)


@rule
def only_databases_of_development_are_stopped(settings: Settings) -> Iterator[Finding]:
    """A database that is stopped is an outage for whoever depends on it."""
    hours, path = settings.patching.database_hours, ("patching", "database_hours")
    if hours is None:
        return
    if not settings.is_development:
        yield Finding(path, f"got hours in {settings.kind}", "nothing: only development's database may be stopped")
    elif settings.database.alarms:
        what = "got hours, and a database that is stopped rings as one that is gone"
        yield Finding(path, what, "nothing, or smile:database.alarms: false", (("database", "alarms"),))
    if hours.start >= hours.stop:
        yield Finding((*path, "stop"), f"got {hours.stop}", f"{hours.start + 1} to 23", ((*path, "start"),))
    if settings.database.read_replicas:
        what = "got hours, but RDS stops no database that has replicas"
        yield Finding(path, what, "nothing, or smile:database.read_replicas: []", (("database", "read_replicas"),))

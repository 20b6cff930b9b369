"""What may take the platform's time only starts at night: before 06:00 in Jakarta no office is open yet."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.cron import window
from components.core.settings.finding import Finding
from components.core.settings.windows import DAY_MINUTES, daily_minutes, weekly_minutes
from settings.rule import rule
from settings.stack import Settings

AHEAD_MINUTES = 7 * 60
"""Jakarta's clock (WIB, no summer time) shows this much more than UTC."""
NIGHTFALL, NIGHT_MINUTES = 18 * 60, 12 * 60
"""18:00 to 06:00: before 06:00 in Jakarta it is not yet 08:00 in Papua (WIT, UTC+9), where offices open first."""
NIGHT = "between 18:00 and 06:00 in Jakarta (UTC+7)"


def in_jakarta(minutes: int) -> int:
    """Minutes after some midnight in UTC, as minutes after midnight in Jakarta."""
    return (minutes + AHEAD_MINUTES) % DAY_MINUTES


def is_at_night(start: int, length: int) -> bool:
    """Whether so many minutes from a minute of Jakarta's day lie in one night."""
    return (start - NIGHTFALL) % DAY_MINUTES + length <= NIGHT_MINUTES


@rule
def windows_are_at_night(settings: Settings) -> Iterator[Finding]:
    """Windows of database and cache lie in one night (SMILE-RDS-06, SMILE-RDS-23, SMILE-REDIS-06)."""
    daily = {("database", "backup_window"): settings.database.backup_window}
    daily["cache", "snapshot_window"] = settings.cache.snapshot_window
    weekly = {("database", "maintenance_window"): settings.database.maintenance_window}
    weekly["cache", "maintenance_window"] = settings.cache.maintenance_window
    read = {path: (text, *daily_minutes(text)) for path, text in daily.items()}
    read |= {path: (text, *weekly_minutes(text)) for path, text in weekly.items()}
    for path, (text, start, length) in read.items():
        if not is_at_night(in_jakarta(start), length):
            yield Finding(path, f'got "{text}", not within one night', f"a window {NIGHT}")


@rule
def schedules_are_at_night(settings: Settings) -> Iterator[Finding]:
    """Backups, exports and restore tests start at night, in Jakarta's time, which is the stack's (SMILE-BACKUP-05)."""
    backup = settings.backup
    schedules = {
        ("daily", "schedule"): backup.daily.schedule,
        ("archive", "schedule"): backup.archive.schedule,
        ("archive", "export_schedule"): backup.archive.export_schedule,
        ("restore_test", "schedule"): backup.restore_test.schedule,
    }
    for path, expression in schedules.items():
        if not is_at_night(window(expression, 0).start, 1):
            yield Finding(("backup", *path), f'got "{expression}", starts in the daytime', f"a start {NIGHT}")

"""The rules of backups: retention fits the locks, windows stay apart, prod keeps what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from components.backup.settings import ARCHIVED_DAYS, KEPT_DAYS, LEAST_COLD_DAYS, SHORTEST_WINDOW
from components.core.settings.cron import Window, window
from components.core.settings.finding import Finding
from components.core.settings.problems import Path
from components.core.settings.windows import daily_minutes, weekly_minutes
from settings.rule import on_outside_development, rule
from settings.rules.nights import in_jakarta
from settings.stack import Kind, Settings

FEWEST_DAYS: Mapping[Kind, int] = {"development": 1, "staging": 7, "production": KEPT_DAYS}
"""How long daily backups are kept at least (SMILE-BACKUP-03); those of production seven years besides."""
DAILY, ARCHIVE, LOCK, TEST = (("backup", name) for name in ("daily", "archive", "lock", "restore_test"))


@rule
def retention_fits_the_lock(settings: Settings) -> Iterator[Finding]:
    """A locked vault refuses each backup that its plan keeps too short or too long (SMILE-BACKUP-07)."""
    backup = settings.backup
    kept = [(DAILY, backup.daily, "retention_days"), (ARCHIVE, backup.archive, "retention_days")]
    if backup.daily.continuous:
        kept.append((DAILY, backup.daily, "continuous_days"))
    for path, section, name in kept:
        shortest, longest, days = section.shortest_days, section.longest_days, getattr(section, name)
        if shortest <= longest and not shortest <= days <= longest:
            bounds: tuple[Path, ...] = ((*path, "shortest_days"), (*path, "longest_days"))
            what = f"got {days}, which the vault's lock refuses"
            yield Finding((*path, name), what, f"{shortest} to {longest} days", bounds)


@rule
def locks_have_room(settings: Settings) -> Iterator[Finding]:
    """The shortest retention of a vault is not above its longest."""
    for path, section in ((DAILY, settings.backup.daily), (ARCHIVE, settings.backup.archive)):
        if section.shortest_days > section.longest_days:
            what = f"got {section.shortest_days}, with longest_days {section.longest_days}"
            valid = f"up to {section.longest_days} days"
            yield Finding((*path, "shortest_days"), what, valid, ((*path, "longest_days"),))


@rule
def cold_storage_pays(settings: Settings) -> Iterator[Finding]:
    """What goes to cold storage stays there for 90 days at least (SMILE-BACKUP-04)."""
    archive = settings.backup.archive
    latest = archive.retention_days - LEAST_COLD_DAYS
    if archive.cold_after_days > latest:
        what = f"got {archive.cold_after_days}, with retention_days {archive.retention_days}"
        valid = f"up to {latest} days: {LEAST_COLD_DAYS} before the end" if latest > 0 else "a longer retention_days"
        yield Finding((*ARCHIVE, "cold_after_days"), what, valid, ((*ARCHIVE, "retention_days"),))


@rule
def windows_are_possible(settings: Settings) -> Iterator[Finding]:
    """A backup has an hour at least between its latest start and its end."""
    backup = settings.backup
    least = backup.start_window_minutes + SHORTEST_WINDOW
    if backup.completion_window_minutes < least:
        what = f"got {backup.completion_window_minutes}, with start_window_minutes {backup.start_window_minutes}"
        start = ("backup", "start_window_minutes")
        yield Finding(("backup", "completion_window_minutes"), what, f"at least {least} minutes", (start,))


@rule
def windows_stay_apart(settings: Settings) -> Iterator[Finding]:
    """Two backups of one file system at once don't work, and a restore test measures nothing beside a backup."""
    for (path, opens), (other_path, other) in combinations(windows(settings), 2):
        if opens.overlaps(other):
            name = ".".join(str(part) for part in path)
            what = f"starts within the window of {name}"
            valid = "a start outside it; each window is as long as its start window"
            yield Finding(other_path, what, valid, (path,))


def windows(settings: Settings) -> Iterator[tuple[Path, Window]]:
    """When backups and tests start: setting -> window."""
    backup = settings.backup
    if not backup.enabled:
        return
    yield (*DAILY, "schedule"), window(backup.daily.schedule, backup.start_window_minutes)
    if backup.archive.enabled:
        yield (*ARCHIVE, "schedule"), window(backup.archive.schedule, backup.start_window_minutes)
    if backup.restore_test.enabled:
        yield (*TEST, "schedule"), window(backup.restore_test.schedule, 60 * backup.restore_test.start_window_hours)


@rule
def database_windows_are_free(settings: Settings) -> Iterator[Finding]:
    """AWS Backup starts no snapshot of a database in its own windows, nor in the hour before its maintenance."""
    database, daily = settings.database, window(settings.backup.daily.schedule, settings.backup.start_window_minutes)
    start, length = weekly_minutes(database.maintenance_window)
    backup, lasting = daily_minutes(database.backup_window)
    taken = {
        "backup_window": Window(in_jakarta(backup), lasting),
        "maintenance_window": Window(in_jakarta(start) - SHORTEST_WINDOW, length + SHORTEST_WINDOW),
    }
    if not settings.backup.enabled:
        return
    for name, other in taken.items():
        if daily.overlaps(other):
            what = f"starts too near to database.{name}, {getattr(database, name)}"
            valid = "a start window that ends before the database's windows, an hour before its maintenance"
            reads = (("database", name), ("backup", "start_window_minutes"))
            yield Finding((*DAILY, "schedule"), what, valid, reads)


@rule
def compliance_is_approved(settings: Settings) -> Iterator[Finding]:
    """Compliance mode can't be undone: it needs a written approval (OP-S-39)."""
    lock = settings.backup.lock
    if lock.mode == "compliance" and not lock.approval.strip():
        what = "got none, with mode compliance, which nobody can undo"
        yield Finding((*LOCK, "approval"), what, "where the written approval is filed", ((*LOCK, "mode"),))


@rule
def audit_has_a_recorder(settings: Settings) -> Iterator[Finding]:
    """Without one, AWS Backup's audit framework ends as FAILED, and nobody hears of a backup that is missing."""
    if settings.backup.enabled and settings.backup.audit_framework and settings.audit.configuration_recorder == "none":
        what = "got true, but nobody has AWS Config record"
        reads = (("audit", "configuration_recorder"),)
        valid = "false, or smile:audit.configuration_recorder: stack or account"
        yield Finding(("backup", "audit_framework"), what, valid, reads)


@rule
def custodians_are_ours(settings: Settings) -> Iterator[Finding]:
    """Only roles of the stack's own account keep its vaults."""
    for index, arn in enumerate(settings.backup.lock.custodians):
        if arn.split(":")[4] != settings.account.id:
            valid = f"a role of account {settings.account.id}"
            yield Finding((*LOCK, "custodians", index), f"got {arn}", valid, (("account", "id"),))


@rule
def stacks_keep_what_is_asked(settings: Settings) -> Iterator[Finding]:
    """Backups in staging and production; there 30 days, seven years and a monthly test (SMILE-BACKUP-03 to 05, 11)."""
    backup = settings.backup
    yield from on_outside_development(settings, ("backup", "enabled"), on=backup.enabled)
    retained, least = backup.daily.retention_days, FEWEST_DAYS[settings.kind]
    if retained < least:
        yield Finding((*DAILY, "retention_days"), f"got {retained}", f"{least} days or more in {settings.kind}")
    if not settings.is_production:
        return
    for path, on in (
        ((*ARCHIVE, "enabled"), backup.archive.enabled),
        ((*TEST, "enabled"), backup.restore_test.enabled),
    ):
        if not on:
            yield Finding(path, "got false", "true in production")
    if backup.archive.retention_days < ARCHIVED_DAYS:
        valid = f"{ARCHIVED_DAYS} days or more in production"
        yield Finding((*ARCHIVE, "retention_days"), f"got {backup.archive.retention_days}", valid)

"""What RDS refuses of a database's settings, whatever program it is in."""

from __future__ import annotations

from collections.abc import Iterator

from aws_facts.rds_versions import EXTENDED_SUPPORT_ENDS, STANDARD_SUPPORT_ENDS
from components.core.settings.finding import Finding
from components.core.settings.windows import overlap
from components.database.engines import ENGINES
from components.database.settings import Database


def version_is_supported(database: Database) -> Iterator[Finding]:
    """A version past standard support only for a migration that ends."""
    path = ("database", "extended_support_until")
    until, reads = database.extended_support_until, (("database", "version"),)
    last = EXTENDED_SUPPORT_ENDS[database.engine].get(database.version)
    if last and until is None:
        first = next(iter(STANDARD_SUPPORT_ENDS[database.engine]))
        what = f'got "{database.version}" without extended_support_until'
        yield Finding(("database", "version"), what, f"{first}, or {database.version} with a last day", (path,))
    elif not last and until is not None:
        yield Finding(path, f"got {until} with version {database.version}", "nothing: take it out", reads)
    elif last and until and until > last:
        yield Finding(path, f"got {until}", f"a date up to {last}", reads)


def storage_has_room(database: Database) -> Iterator[Finding]:
    """Storage that grows by itself grows by 10 % at least."""
    allocated, most = database.allocated_gib, database.max_allocated_gib
    if most and most * 10 < allocated * 11:
        least = -(-allocated * 11 // 10)
        path, reads = ("database", "max_allocated_gib"), (("database", "allocated_gib"),)
        yield Finding(path, f"got {most} with {allocated} allocated", f"0, or {least} or more", reads)


def insights_fit_the_class(database: Database) -> Iterator[Finding]:
    """The smallest classes have no Database Insights."""
    if database.insights != "none" and database.instance_class in ENGINES[database.engine].without_insights:
        what = f'got "{database.insights}", which {database.instance_class} doesn\'t have'
        yield Finding(("database", "insights"), what, "none with this class", (("database", "instance_class"),))


def windows_are_apart(database: Database) -> Iterator[Finding]:
    """AWS refuses a backup window that the maintenance window overlaps."""
    if overlap(database.backup_window, database.maintenance_window):
        what = f'"{database.backup_window}" overlaps the maintenance window {database.maintenance_window}'
        reads = (("database", "maintenance_window"),)
        yield Finding(("database", "backup_window"), what, "a time of its own", reads)


def copies_are_possible(database: Database) -> Iterator[Finding]:
    """What AWS needs to copy a database to another, and which kinds of copies it doesn't do together."""
    for index, name in enumerate(database.read_replicas):
        if name in database.read_replicas[:index]:
            yield Finding(("database", "read_replicas", index), f"got {name} again", "each name once")
    for name in ("read_replicas", "blue_green_updates"):
        if getattr(database, name):
            yield from hindrances(database, name)


def hindrances(database: Database, name: str) -> Iterator[Finding]:
    """What keeps AWS from read replicas, or from blue/green updates."""
    path = ("database", name)
    if not database.backup_retention_days:
        reads = (("database", "backup_retention_days"),)
        yield Finding(path, "can't be had without automated backups", "with backup_retention_days above 0", reads)
    if database.master_password == "managed":  # noqa: S105 - who keeps it
        reads = (("database", "master_password"),)
        yield Finding(path, "can't be had with a managed master password", "with master_password: self_managed", reads)
    if name == "blue_green_updates" and database.read_replicas:
        reads = (("database", "read_replicas"),)
        yield Finding(path, "can't be had with read replicas", "false, or no read_replicas", reads)


def restore_is_clear(database: Database, prefix: str) -> Iterator[Finding]:
    """One source at most, and not the database itself.

    Args:
        database: its settings.
        prefix: what the names of the stack begin with, such as ``acme-prod``.
    """
    restore, own = database.restore, f"{prefix}-{database.name}"
    path = ("database", "restore", "point_in_time")
    if restore.snapshot and restore.point_in_time.source:
        what = "both snapshot and point_in_time are given"
        yield Finding(("database", "restore"), what, "one of the two")
    if restore.point_in_time.time and not restore.point_in_time.source:
        yield Finding((*path, "time"), "given without a source", "with source, the database whose past it is")
    if restore.point_in_time.source == own:
        what = f"got {own}, the database itself"
        valid = "another database: give this one another name, such as database-2"
        yield Finding((*path, "source"), what, valid, (("database", "name"),))


def database_findings(database: Database, prefix: str) -> Iterator[Finding]:
    """All of them.

    Args:
        database: its settings.
        prefix: what the names of the stack begin with, such as ``acme-prod``.
    """
    yield from version_is_supported(database)
    yield from storage_has_room(database)
    yield from insights_fit_the_class(database)
    yield from windows_are_apart(database)
    yield from copies_are_possible(database)
    yield from restore_is_clear(database, prefix)

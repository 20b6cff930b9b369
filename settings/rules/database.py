"""The database's rules: storage, classes and windows that AWS takes, and what staging and prod may not do without."""

from __future__ import annotations

from collections.abc import Iterator

from aws_facts.rds_versions import EXTENDED_SUPPORT_ENDS, STANDARD_SUPPORT_ENDS
from components.core.settings.finding import Finding
from components.core.settings.windows import overlap
from components.database.engines import ENGINES
from components.database.settings import MOST_RETENTION_DAYS, Database
from settings.rule import rule
from settings.stack import Kind, Settings

SMALLEST_GIB, LARGEST_GIB = 100, 1024
"""Storage of databases that users or testers depend on (SMILE-RDS-15); dev has less (OP-S-13)."""
FEWEST_DAYS: dict[Kind, int] = {"development": 0, "staging": 7, "production": 30}
"""How long backups are kept at least (SMILE-RDS-06, SMILE-RDS-10, SMILE-RDS-14)."""
REQUIRED: dict[Kind, tuple[str, ...]] = {
    "development": (),
    "staging": ("final_snapshot",),
    "production": ("final_snapshot", "multi_az"),
}


@rule
def version_is_supported(settings: Settings) -> Iterator[Finding]:
    """A version past standard support only for a migration that ends (OP-S-12)."""
    database, path = settings.database, ("database", "extended_support_until")
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


@rule
def storage_is_in_range(settings: Settings) -> Iterator[Finding]:
    """100 GiB to 1 TiB but in development, and room to grow where it grows (SMILE-RDS-15)."""
    database = settings.database
    allocated, most = database.allocated_gib, database.max_allocated_gib
    path, reads = ("database", "max_allocated_gib"), (("database", "allocated_gib"),)
    if not settings.is_development:
        valid = f"{SMALLEST_GIB} to {LARGEST_GIB} in {settings.kind}"
        if not SMALLEST_GIB <= allocated <= LARGEST_GIB:
            yield Finding(reads[0], f"got {allocated}", valid)
        if most > LARGEST_GIB:
            yield Finding(path, f"got {most}", f"up to {LARGEST_GIB} in {settings.kind}")
    if most and most * 10 < allocated * 11:
        least = -(-allocated * 11 // 10)
        yield Finding(path, f"got {most} with {allocated} allocated", f"0, or {least} or more", reads)


@rule
def insights_fit_the_class(settings: Settings) -> Iterator[Finding]:
    """The smallest classes have no Database Insights (SMILE-RDS-21)."""
    database = settings.database
    if database.insights != "none" and database.instance_class in ENGINES[database.engine].without_insights:
        what = f'got "{database.insights}", which {database.instance_class} doesn\'t have'
        yield Finding(("database", "insights"), what, "none with this class", (("database", "instance_class"),))


@rule
def windows_are_apart(settings: Settings) -> Iterator[Finding]:
    """AWS refuses a backup window that the maintenance window overlaps."""
    database = settings.database
    if overlap(database.backup_window, database.maintenance_window):
        what = f'"{database.backup_window}" overlaps the maintenance window {database.maintenance_window}'
        reads = (("database", "maintenance_window"),)
        yield Finding(("database", "backup_window"), what, "a time of its own", reads)


@rule
def data_is_kept(settings: Settings) -> Iterator[Finding]:
    """Backups, standby, final snapshot and audit log where users or testers depend on them."""
    database, kind = settings.database, settings.kind
    if database.backup_retention_days < FEWEST_DAYS[kind]:
        valid = f"{FEWEST_DAYS[kind]} to {MOST_RETENTION_DAYS} in {kind}"
        yield Finding(("database", "backup_retention_days"), f"got {database.backup_retention_days}", valid)
    for name in REQUIRED[kind]:
        if not getattr(database, name):
            yield Finding(("database", name), "got false", f"true in {kind}")
    if kind != "development" and not database.enhanced_monitoring_seconds:
        yield Finding(("database", "enhanced_monitoring_seconds"), "got 0", f"1 to 60 in {kind}; 0 in development only")
    if kind != "development" and database.insights == "none":
        valid = f"another one in {kind}; none in development only"
        yield Finding(("database", "insights"), 'got "none"', valid, (("database", "instance_class"),))
    if kind != "development" and not database.logs.audit:
        yield Finding(("database", "logs", "audit"), "got false", f"true in {kind}")


@rule
def copies_are_possible(settings: Settings) -> Iterator[Finding]:
    """What AWS needs to copy a database to another, and which kinds of copies it doesn't do together."""
    database = settings.database
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


@rule
def restore_is_clear(settings: Settings) -> Iterator[Finding]:
    """One source at most, and not the database itself."""
    restore, own = settings.database.restore, f"smile-{settings.stack}-{settings.database.name}"
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

"""The database's rules: storage, classes and windows that AWS takes, and what staging and prod may not do without."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.database.findings import database_findings
from components.database.settings import MOST_RETENTION_DAYS
from settings.rule import rule
from settings.stack import PROJECT, Kind, Settings

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
def rds_takes_it(settings: Settings) -> Iterator[Finding]:
    """What RDS refuses, whatever the stack is for (SMILE-RDS-21, OP-S-12)."""
    yield from database_findings(settings.database, f"{PROJECT}-{settings.stack}")


@rule
def storage_is_in_range(settings: Settings) -> Iterator[Finding]:
    """100 GiB to 1 TiB but in development (SMILE-RDS-15)."""
    database = settings.database
    if settings.is_development:
        return
    if not SMALLEST_GIB <= database.allocated_gib <= LARGEST_GIB:
        valid = f"{SMALLEST_GIB} to {LARGEST_GIB} in {settings.kind}"
        yield Finding(("database", "allocated_gib"), f"got {database.allocated_gib}", valid)
    if database.max_allocated_gib > LARGEST_GIB:
        valid = f"up to {LARGEST_GIB} in {settings.kind}"
        yield Finding(("database", "max_allocated_gib"), f"got {database.max_allocated_gib}", valid)


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

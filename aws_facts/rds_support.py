"""Whether RDS still supports a database's version, on a given day."""

from __future__ import annotations

from datetime import date

from components.database.settings import Database, Version

STANDARD_SUPPORT_ENDS: dict[Version, date] = {"8.4": date(2029, 7, 31), "8.0": date(2026, 7, 31)}
"""Last day on which RDS supports a version without an extra charge."""


class MigrationOverdueError(ValueError):
    """The days that a stack gave itself to leave an old version are over."""


def advice(database: Database, today: date) -> str | None:
    """What to tell of a version that is past standard support; None of a supported one.

    Raises:
        MigrationOverdueError: the migration was to be done by now; the message says what to do.
    """
    ended, until = STANDARD_SUPPORT_ENDS[database.version], database.mysql_8_0_until
    if until and today > until:
        raise MigrationOverdueError(
            f"smile:database.mysql_8_0_until: the migration from MySQL 8.0 was to end on {until}; "
            "valid: version 8.4, or a later day"
        )
    if today <= ended:
        return None
    then = f"; replace it by {until}" if until else ""
    return f"MySQL {database.version}: standard support ended on {ended}, since then AWS charges extra{then}"

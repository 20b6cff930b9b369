"""Whether RDS still supports a database's version, on a given day."""

from __future__ import annotations

from datetime import date

import pulumi

from aws_facts.rds_versions import STANDARD_SUPPORT_ENDS
from components.database.engines import ENGINES
from components.database.settings import Database


class MigrationOverdueError(ValueError):
    """The days that a stack gave itself to leave an old version are over."""


def warn_of_support(database: Database, today: date) -> None:
    """Warn in the preview. The day is the program's to give: a component reads no clock.

    Raises:
        pulumi.RunError: an old version was to be replaced by now.
    """
    try:
        warning = advice(database, today)
    except MigrationOverdueError as error:
        raise pulumi.RunError(str(error)) from None
    if warning:
        pulumi.log.warn(warning)


def advice(database: Database, today: date) -> str | None:
    """What to tell of a version that is past standard support; None of a supported one.

    Raises:
        MigrationOverdueError: the migration was to be done by now; the message says what to do.
    """
    versions = STANDARD_SUPPORT_ENDS[database.engine]
    title = f"{ENGINES[database.engine].title} {database.version}"
    ended, until = versions[database.version], database.extended_support_until
    if until and today > until:
        raise MigrationOverdueError(
            f"database.extended_support_until: the migration from {title} was to end on {until}; "
            f"valid: version {next(iter(versions))}, or a later day"
        )
    if today <= ended:
        return None
    then = f"; replace it by {until}" if until else ""
    return f"{title}: standard support ended on {ended}, since then AWS charges extra{then}"

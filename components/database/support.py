"""Tells whoever runs the program that its MySQL is past standard support."""

from __future__ import annotations

from datetime import date

import pulumi

from aws_facts.rds_support import MigrationOverdueError, advice
from components.database.settings import Database


def warn_of_support(database: Database, today: date) -> None:
    """Warn in the preview. The day is the program's to give: a component reads no clock.

    Raises:
        pulumi.RunError: MySQL 8.0 was to be replaced by now.
    """
    try:
        warning = advice(database, today)
    except MigrationOverdueError as error:
        raise pulumi.RunError(str(error)) from None
    if warning:
        pulumi.log.warn(warning)

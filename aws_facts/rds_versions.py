"""The versions of engines that RDS runs, and until when.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html and
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

Engine = Literal["mysql", "postgres"]
"""As RDS spells it."""

STANDARD_SUPPORT_ENDS: Mapping[Engine, Mapping[str, date]] = {
    "mysql": {"8.4": date(2029, 7, 31), "8.0": date(2026, 7, 31)},
    "postgres": {
        "17": date(2030, 2, 28),
        "18": date(2031, 2, 28),
        "16": date(2029, 2, 28),
        "15": date(2028, 2, 29),
        "14": date(2027, 2, 28),
    },
}
"""Last day on which RDS supports a version without an extra charge; of each engine, the version to take first."""
EXTENDED_SUPPORT_ENDS: Mapping[Engine, Mapping[str, date]] = {"mysql": {"8.0": date(2029, 7, 31)}, "postgres": {}}
"""Versions that RDS runs at an extra charge only, and the last day on which it does."""

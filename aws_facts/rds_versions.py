"""The versions of engines that RDS runs, and until when.

Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html and
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

SUPPORT_ENDS: dict[str, dict[tuple[int, ...], date]] = {
    "mysql": {(5, 7): date(2024, 2, 29), (8, 0): date(2026, 7, 31), (8, 4): date(2029, 7, 31)},
    "mariadb": {
        (10, 5): date(2025, 8, 31),
        (10, 6): date(2026, 8, 31),
        (10, 11): date(2028, 2, 29),
        (11, 4): date(2029, 5, 31),
        (11, 8): date(2030, 6, 30),
    },
    "postgres": {
        (11,): date(2024, 2, 29),
        (12,): date(2025, 2, 28),
        (13,): date(2026, 2, 28),
        (14,): date(2027, 2, 28),
        (15,): date(2028, 2, 29),
        (16,): date(2029, 2, 28),
        (17,): date(2030, 2, 28),
        (18,): date(2031, 2, 28),
    },
    "aurora": {(5, 6): date(2023, 2, 28)},
    "aurora-mysql": {(5, 7): date(2024, 10, 31), (8, 0): date(2028, 4, 30)},
    "sqlserver": {
        (12,): date(2024, 7, 9),
        (13,): date(2026, 7, 14),
        (14,): date(2027, 10, 12),
        (15,): date(2030, 1, 8),
        (16,): date(2033, 1, 11),
    },
    "docdb": {(3, 6): date(2026, 3, 30)},
}
SUPPORT_ENDS["aurora-postgresql"] = SUPPORT_ENDS["postgres"]
"""The last day of standard support by major version. MySQL, PostgreSQL 15 and 17: AWS's release calendars; check
the others there before one of these dates decides anything: the control that reads them is advisory by default."""

Engine = Literal["mysql", "postgres"]
"""Those that the library builds, as RDS spells them."""
OFFERED: Mapping[Engine, tuple[str, ...]] = {"mysql": ("8.4", "8.0"), "postgres": ("17", "18", "16", "15", "14")}
"""Versions that a new database may have; the one to take comes first."""
STANDARD_SUPPORT_ENDS: Mapping[Engine, Mapping[str, date]] = {
    engine: {version: SUPPORT_ENDS[engine][tuple(map(int, version.split(".")))] for version in versions}
    for engine, versions in OFFERED.items()
}
"""Last day on which RDS supports an offered version without an extra charge."""
EXTENDED_SUPPORT_ENDS: Mapping[Engine, Mapping[str, date]] = {"mysql": {"8.0": date(2029, 7, 31)}, "postgres": {}}
"""Versions that RDS runs at an extra charge only, and the last day on which it does."""

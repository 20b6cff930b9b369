"""Database engines of RDS: support, ports, and parameters that require TLS."""

from __future__ import annotations

from datetime import date

STANDARD_SUPPORT_ENDS: dict[str, dict[tuple[int, ...], date]] = {
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
STANDARD_SUPPORT_ENDS["aurora-postgresql"] = STANDARD_SUPPORT_ENDS["postgres"]
"""The last day of standard support by major version. MySQL, PostgreSQL 15 and 17: AWS's release calendars; check
the others there before one of these dates decides anything: the control that reads them is advisory by default."""

DEFAULT_PORTS = {
    "mysql": 3306,
    "mariadb": 3306,
    "aurora": 3306,
    "aurora-mysql": 3306,
    "postgres": 5432,
    "aurora-postgresql": 5432,
    "oracle": 1521,
    "custom-oracle": 1521,
    "sqlserver": 1433,
    "custom-sqlserver": 1433,
    "db2": 50000,
    "docdb": 27017,
    "neptune": 8182,
}
"""The port of an engine unless another is set (Amazon RDS user guide)."""

TLS_PARAMETERS = {
    "mysql": "require_secure_transport",
    "aurora-mysql": "require_secure_transport",
    "mariadb": "require_secure_transport",
    "postgres": "rds.force_ssl",
    "aurora-postgresql": "rds.force_ssl",
    "sqlserver": "rds.force_ssl",
    "db2": "db2comm",
}
"""The parameter that makes an engine refuse connections without TLS."""

TLS_REQUIRED_SINCE = {"mariadb": (11, 8), "postgres": (15,), "aurora-postgresql": (17,)}
"""The version from which it is on unless set otherwise (Amazon RDS and Aurora user guides)."""

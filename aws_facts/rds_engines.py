"""Database engines of RDS, DocumentDB and Neptune: their ports, and the parameters that require TLS."""

from __future__ import annotations

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

"""Inputs of an RDS instance that go together: where its data comes from, and how AWS looks into it."""

from __future__ import annotations

from typing import Any

import pulumi

from components.core.service_role import ServiceRole
from components.database.settings import Database

INSIGHTS_DAYS = {"standard": 7, "advanced": 465}
"""How long Database Insights keeps what it sees, in each mode."""


def origin(database: Database) -> dict[str, Any]:
    """What a database is made of: nothing but its first user, a snapshot, or another database's past."""
    restore = database.restore
    moment = restore.point_in_time
    if restore.snapshot:
        return {"snapshot_identifier": restore.snapshot}
    if moment.source:
        when = {"restore_time": moment.utc} if moment.utc else {"use_latest_restorable_time": True}
        return {"restore_to_point_in_time": {"source_db_instance_identifier": moment.source, **when}}
    return {"username": database.admin_user}


def insights(database: Database, key_arn: pulumi.Input[str]) -> dict[str, Any]:
    """Database Insights, which stands on Performance Insights."""
    if database.insights == "none":
        return {"performance_insights_enabled": False}
    return {
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": key_arn,
        "performance_insights_retention_period": INSIGHTS_DAYS[database.insights],
        "database_insights_mode": database.insights,
    }


def enhanced_monitoring(database: Database, role: ServiceRole | None) -> dict[str, Any]:
    """How often AWS looks at the operating system, and with which role."""
    writes = {"monitoring_role_arn": role.arn} if role else {}
    return {"monitoring_interval": database.enhanced_monitoring_seconds, **writes}

"""Enhanced Monitoring and Performance Insights of databases."""

from __future__ import annotations

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    DOCUMENT_MEMBER,
    INSTANCE,
    MEMBER,
    engine_of,
    is_multi_zone_cluster,
    setting,
)
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.resource import Resource

_NOTICED = {"soc2": ("CC7.2",), "iso27001": ("A.8.16",)}


def _is_watched_by_its_instances(database: Resource) -> bool:
    return database.type == CLUSTER and not is_multi_zone_cluster(database)


@control(
    id="RSL-RDS-017",
    title="Databases have Enhanced Monitoring",
    why="CloudWatch metrics come from the hypervisor; only the agent sees memory and CPU of processes.",
    fix="Set monitoringInterval (60 is enough for most) and monitoringRoleArn.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(INSTANCE, MEMBER, CLUSTER),
    references=References(checkov=("CKV_AWS_118",), security_hub=("RDS.6",), **_NOTICED),
)
def system_is_watched(database: Resource, _: Context) -> Findings:
    if _is_watched_by_its_instances(database) or str(setting(database, "monitoringInterval") or 0) != "0":
        return
    if not str(database.raw("engine")).startswith("custom-"):  # RDS Custom has none
        yield Violation("enhanced monitoring is off", "monitoringInterval")


@control(
    id="RSL-RDS-018",
    title="Databases have Performance Insights",
    why="It shows which statements a slow database spends its time on, also after the fact.",
    fix="Set performanceInsightsEnabled to true, with performanceInsightsKmsKeyId.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(INSTANCE, MEMBER, CLUSTER, DOCUMENT_MEMBER),
    references=References(checkov=("CKV_AWS_353",), **_NOTICED),
)
def load_is_recorded(database: Resource, _: Context) -> Findings:
    path = "enablePerformanceInsights" if database.type == DOCUMENT_MEMBER else "performanceInsightsEnabled"
    if _is_watched_by_its_instances(database):
        return
    is_recorded = database.get(path) if database.type == DOCUMENT_MEMBER else setting(database, path)
    if not is_recorded and _can_record(database):
        yield Violation("Performance Insights are off", path)


def _can_record(database: Resource) -> bool:
    """Whether its engine has the feature in an instance of its class (RDS and Aurora user guides)."""
    engine = engine_of(database)
    size = database.text("instanceClass") or database.text("dbClusterInstanceClass")
    family, _, size = size.removeprefix("db.").partition(".")
    if engine == "aurora-mysql" and family in ("t2", "t3"):
        return False
    if engine in ("mysql", "mariadb", "aurora-mysql") and family in ("t2", "t3", "t4g"):
        return size not in ("micro", "small")
    return engine != "db2" and not engine.startswith("custom-")

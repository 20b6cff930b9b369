"""Database logs: exported to CloudWatch Logs, audit logs included."""

from __future__ import annotations

from typing import Any

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    CLUSTER_PARAMETER_GROUP,
    CLUSTERS,
    GRAPH_CLUSTER,
    INSTANCE,
    engine_of,
    group_parameter,
    is_on,
    is_serverless,
)
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.relations import named
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError

_TRACES = {"soc2": ("CC7.2",), "iso27001": ("A.8.15",), "indonesia": ("UU PDP 35",)}
_OFFERED = {
    "mysql": {"audit", "error", "general", "slowquery"},
    "mariadb": {"audit", "error", "general", "slowquery"},
    "postgres": {"postgresql", "upgrade"},
    "oracle": {"alert", "audit", "listener", "trace", "oemagent"},
    "sqlserver": {"agent", "error"},
    "db2": {"diag.log", "notify.log"},
    "aurora": {"audit", "error", "general", "slowquery"},
    "aurora-mysql": {"audit", "error", "general", "slowquery"},
    "aurora-postgresql": {"postgresql"},
    "docdb": {"audit", "profiler"},
    "neptune": {"audit", "slowquery"},
}
"""The logs that can be exported, by engine (Amazon RDS API reference, CreateDBInstance and CreateDBCluster)."""
_AUDIT_ONLY = ("docdb", "neptune")
"""Engines of which the audit log is asked for, whatever the parameter says (Security Hub DocumentDB.4, Neptune.2)."""


def _exported(database: Resource) -> tuple[str, set[Any]]:
    """The property that names the exported logs, and their names."""
    path = "enableCloudwatchLogsExports" if database.type == GRAPH_CLUSTER else "enabledCloudwatchLogsExports"
    return path, {log if log is UNKNOWN else str(log) for log in database.items(path)}


def _export(id_: str, title: str, types: tuple[str, ...], references: References) -> None:
    """A control that each log that is asked for and that the engine offers is exported, and at least one."""

    def check(database: Resource, context: Context) -> Findings:
        if is_serverless(database) or str(database.raw("engine")).startswith("custom-"):
            return  # the first Aurora Serverless exports all by itself, RDS Custom none
        path, exported = _exported(database)
        if not exported:
            yield Violation("no log is exported", path)
            return
        engine = engine_of(database)
        asked = {"audit"} if engine in _AUDIT_ONLY else set(context.parameters["logs"])
        missing = _OFFERED.get(engine, set[str]()) & asked - exported
        if missing and UNKNOWN in exported:
            raise UndeterminedError(path)
        if missing:
            yield Violation(f"{', '.join(sorted(missing))} is not exported", path)

    control(
        id=id_,
        title=title,
        why="On the instance logs are kept for days, and are gone with it; in CloudWatch they can raise an alarm.",
        fix="Add the logs to enabledCloudwatchLogsExports (Neptune: enableCloudwatchLogsExports).",
        severity=Severity.MEDIUM,
        level=Level.ADVISORY,
        types=types,
        parameters={
            "logs": {
                "type": "array",
                "items": {"type": "string", "enum": sorted(set[str]().union(*_OFFERED.values()))},
                "default": ["alert", "diag.log", "error", "notify.log", "postgresql", "slowquery"],
                "description": "The logs to be exported, of those that an engine offers; DocumentDB's and Neptune's is "
                "always audit.",
            }
        },
        references=references,
    )(check)


_export(
    "RSL-RDS-014",
    "Database instances export their logs to CloudWatch Logs",
    (INSTANCE,),
    References(checkov=("CKV_AWS_129",), security_hub=("RDS.9", "RDS.36", "RDS.40", "RDS.42"), **_TRACES),
)
_export(
    "RSL-RDS-015",
    "Database clusters export their logs to CloudWatch Logs",
    CLUSTERS,
    References(
        checkov=("CKV_AWS_324", "CKV_AWS_85", "CKV_AWS_101"),
        security_hub=("RDS.34", "RDS.37", "DocumentDB.4", "Neptune.2"),
        **_TRACES,
    ),
)


@control(
    id="RSL-RDS-016",
    title="Aurora MySQL clusters have Advanced Auditing and export the audit log",
    why="After an incident it must be known, also by law, who read and changed which records.",
    fix="Set server_audit_logging to 1 and server_audit_events to CONNECT,QUERY_DCL,QUERY_DDL in the cluster's "
    "parameter group, and add audit to enabledCloudwatchLogsExports.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(CLUSTER,),
    scope=Scope.STACK,
    references=References(checkov=("CKV_AWS_325",), security_hub=("RDS.45", "RDS.34"), **_TRACES),
)
def audit_log_is_kept(cluster: Resource, context: Context) -> Findings:
    if engine_of(cluster) not in ("aurora", "aurora-mysql"):
        return
    path = "dbClusterParameterGroupName"
    group = named(context.everything, cluster, path, (CLUSTER_PARAMETER_GROUP,))
    if group is None and not str(cluster.get(path, "default.")).startswith("default."):
        raise UndeterminedError(path)  # a group of that name is managed elsewhere

    def parameter(name: str) -> Any:
        return group_parameter(group, name) if group else None

    if not is_on(parameter("server_audit_logging")):
        yield Violation("server_audit_logging is not on", path)
    elif not parameter("server_audit_events"):
        yield Violation("server_audit_events names no event", path)
    exports, exported = _exported(cluster)
    if "audit" not in exported and not is_serverless(cluster) and not is_on(parameter("server_audit_logs_upload")):
        if UNKNOWN in exported:
            raise UndeterminedError(exports)
        yield Violation("audit is not exported", exports)


_AUDITED = {
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": "audit_logs",
    "aws:neptune/clusterParameterGroup:ClusterParameterGroup": "neptune_enable_audit_log",
}


@control(
    id="RSL-RDS-023",
    title="DocumentDB and Neptune write audit logs",
    why="After an incident it must be known, also by law, who read and changed which records.",
    fix="Set audit_logs to enabled (Neptune: neptune_enable_audit_log to 1) in the cluster's parameter group.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=tuple(_AUDITED),
    references=References(checkov=("CKV_AWS_104",), **_TRACES),
)
def audit_log_is_written(group: Resource, _: Context) -> Findings:
    """Both engines write none unless they are told to."""
    for index in range(len(group.items("parameters"))):
        path = f"parameters[{index}].value"
        if group.get(f"parameters[{index}].name") == _AUDITED[group.type]:
            if str(group.get(path)).lower() in ("0", "disabled", "none", "false"):
                yield Violation("it is switched off", path)
            return
    yield Violation(f"{_AUDITED[group.type]} is not set, so it is off", "parameters")

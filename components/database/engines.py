"""What MySQL and PostgreSQL on RDS differ in, and nothing else does: one `EngineSpec` each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_facts.rds_instance_classes import TOO_SMALL_FOR_INSIGHTS, memory_gib
from aws_facts.rds_versions import Engine
from components.database.settings import Database, Logs

if TYPE_CHECKING:
    from pulumi_aws.rds import OptionGroupOptionArgsDict

REBOOT, NOW = "pending-reboot", "immediate"
"""How a parameter is applied: what an engine reads at its start only, and the rest."""
GIB = 2**30
AUDITED = "CONNECT,QUERY_DDL,QUERY_DCL"
"""Who connected, and who changed tables, users and permissions; statements on data would put that data into the log."""

Parameters = Mapping[str, tuple[str, str]]
"""Parameter -> value and how it is applied."""


@dataclass(frozen=True, kw_only=True)
class EngineSpec:
    """One engine.

    Attributes:
        title: for people.
        port: TCP port.
        parameters: of its parameter group.
        logs: which logs can go to CloudWatch Logs, and whether they do.
        audit: options of an option group that make the audit log; None where parameters do.
        audit_log: the log that says who connected, and who changed tables, users and permissions.
        bytes_per_connection: memory for which RDS allows one connection more.
        most_connections: however much memory there is.
        without_insights: instance classes without Database Insights.
        driver: pure Python packages with which the rotation function logs in, besides what Lambda's runtime has.
    """

    title: str
    port: int
    parameters: Callable[[Database], Parameters]
    logs: Callable[[Logs], Mapping[str, bool]]
    audit: Sequence[OptionGroupOptionArgsDict] | None
    audit_log: str
    bytes_per_connection: int
    most_connections: int
    without_insights: Sequence[str]
    driver: Sequence[str]

    def connections(self, instance_class: str, per_cent: int) -> int:
        """So many per cent of the connections that RDS allows an instance of a class."""
        by_memory = memory_gib(instance_class) * GIB * per_cent // 100 // self.bytes_per_connection
        return min(by_memory, self.most_connections * per_cent // 100)


def flag(*, on: bool) -> str:
    """A switch as RDS spells it."""
    return "1" if on else "0"


def mysql_parameters(database: Database) -> Parameters:
    """TLS, logs, characters."""
    logs = database.logs
    return {
        "require_secure_transport": ("1", NOW),
        "tls_version": ("TLSv1.2,TLSv1.3", REBOOT),
        "log_output": ("FILE", NOW),  # only files are exported
        "slow_query_log": (flag(on=logs.slow_queries), NOW),
        "long_query_time": (str(logs.slow_query_seconds), NOW),
        "general_log": (flag(on=logs.general), NOW),
        "character_set_server": ("utf8mb4", NOW),
        "collation_server": ("utf8mb4_0900_ai_ci", NOW),
    }


def mysql_logs(logs: Logs) -> Mapping[str, bool]:
    """A log for each purpose."""
    return {"audit": logs.audit, "error": True, "general": logs.general, "slowquery": logs.slow_queries}


def postgres_parameters(database: Database) -> Parameters:
    """TLS, logs, the audit extension.

    Statements are written without their parameters, which are data; pgaudit leaves out passwords. Names, and which wait
    for a restart, are of RDS's list; that RDS takes ``log_parameter_max_length``, PostgreSQL's own, isn't proven.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
    """
    logs = database.logs
    connections = "all" if int(database.version) >= 18 else "1"
    found = {
        "rds.force_ssl": ("1", NOW),
        "ssl_min_protocol_version": ("TLSv1.2", NOW),
        "password_encryption": ("scram-sha-256", NOW),
        "rds.accepted_password_auth_method": ("scram", NOW),
        "shared_preload_libraries": ("pg_stat_statements,pgaudit", REBOOT),
        "pgaudit.log": ("ddl,role" if logs.audit else "none", NOW),
        "log_connections": (connections if logs.audit else "0", NOW),
        "log_disconnections": (flag(on=logs.audit), NOW),
        "log_statement": ("all" if logs.general else "none", NOW),
        "log_min_duration_statement": (str(logs.slow_query_seconds * 1000) if logs.slow_queries else "-1", NOW),
        "log_parameter_max_length": ("-1" if logs.general else "0", NOW),
    }
    # A copy that takes over follows the database by logical replication.
    return found | ({"rds.logical_replication": ("1", REBOOT)} if database.blue_green_updates else {})


def postgres_logs(_: Logs) -> Mapping[str, bool]:
    """One log for all, and that of upgrades."""
    return {"postgresql": True, "upgrade": True}


ENGINES: Mapping[Engine, EngineSpec] = {
    "mysql": EngineSpec(
        title="MySQL",
        port=3306,
        parameters=mysql_parameters,
        logs=mysql_logs,
        audit=[
            {
                "option_name": "MARIADB_AUDIT_PLUGIN",
                "option_settings": [
                    {"name": "SERVER_AUDIT_EVENTS", "value": AUDITED},
                    # RDS looks after the instance as this user, several times a second.
                    {"name": "SERVER_AUDIT_EXCL_USERS", "value": "rdsadmin"},
                ],
            }
        ],
        audit_log="audit",
        bytes_per_connection=12_582_880,
        most_connections=100_000,
        without_insights=TOO_SMALL_FOR_INSIGHTS,
        driver=("pymysql",),
    ),
    "postgres": EngineSpec(
        title="PostgreSQL",
        port=5432,
        parameters=postgres_parameters,
        logs=postgres_logs,
        audit=None,
        audit_log="postgresql",
        bytes_per_connection=9_531_392,
        most_connections=5_000,
        without_insights=(),
        driver=("pg8000", "scramp", "asn1crypto"),
    ),
}
"""Connections: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections"""

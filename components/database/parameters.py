"""How MySQL itself is configured: TLS, logs, characters, and the audit plugin."""

from __future__ import annotations

import pulumi
from pulumi_aws import rds

from components.core.context import StackContext
from components.database.settings import Database

AUDITED = "CONNECT,QUERY_DDL,QUERY_DCL"
"""Who connected, and who changed tables, users and permissions; statements on data would put that data into the log."""
RESTART = "pending-reboot"
"""How a parameter is applied that MySQL reads at its start only."""


def parameters(database: Database) -> dict[str, tuple[str, str]]:
    """Parameter -> value and how it is applied."""
    logs = database.logs
    now = "immediate"
    return {
        "require_secure_transport": ("1", now),
        "tls_version": ("TLSv1.2,TLSv1.3", RESTART),
        "log_output": ("FILE", now),  # only files are exported
        "slow_query_log": (flag(on=logs.slow_queries), now),
        "long_query_time": (str(logs.slow_query_seconds), now),
        "general_log": (flag(on=logs.general), now),
        "character_set_server": ("utf8mb4", now),
        "collation_server": ("utf8mb4_0900_ai_ci", now),
    }


def flag(*, on: bool) -> str:
    """A switch as RDS spells it."""
    return "1" if on else "0"


def parameter_group(
    name: str, database: Database, context: StackContext, parent: pulumi.Resource
) -> rds.ParameterGroup:
    """The parameters, in a group for each version: an upgrade begins with a new group and ends with the old one gone.

    Args:
        name: logical name of the database.
        database: its version and logs.
        context: of the stack.
        parent: the component.
    """
    logical, environment = versioned(name, database), context.environment
    role = logical.removeprefix(f"{environment.project}-")
    return rds.ParameterGroup(
        logical,
        name=f"{environment.prefix}-{role}",
        family=f"mysql{database.version}",
        description=f"SMILE on MySQL {database.version}",
        parameters=[
            {"name": key, "value": value, "apply_method": method}
            for key, (value, method) in parameters(database).items()
        ],
        tags=environment.tags(component="database", data_class="internal")(role),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def option_group(name: str, database: Database, context: StackContext, parent: pulumi.Resource) -> rds.OptionGroup:
    """The audit plugin, which RDS has for 8.0 and 8.4.

    It outlives the database where a final snapshot does: AWS keeps the option group of a snapshot. Hence a name that
    the next one doesn't meet.
    """
    logical, environment = versioned(name, database), context.environment
    role = logical.removeprefix(f"{environment.project}-")
    return rds.OptionGroup(
        logical,
        name_prefix=f"{environment.prefix}-{role}-",
        engine_name="mysql",
        major_engine_version=database.version,
        option_group_description=f"Audit of MySQL {database.version}",
        options=[
            {
                "option_name": "MARIADB_AUDIT_PLUGIN",
                "option_settings": [
                    {"name": "SERVER_AUDIT_EVENTS", "value": AUDITED},
                    # RDS looks after the instance as this user, several times a second.
                    {"name": "SERVER_AUDIT_EXCL_USERS", "value": "rdsadmin"},
                ],
            }
        ],
        skip_destroy=database.final_snapshot,
        tags=environment.tags(component="database", data_class="internal")(role),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def versioned(name: str, database: Database) -> str:
    """A name with the version in it, such as ``smile-database-mysql8-4``."""
    return f"{name}-mysql{database.version.replace('.', '-')}"

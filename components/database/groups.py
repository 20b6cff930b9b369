"""How the engine itself is configured: its parameter group and, where it has one, its option group."""

from __future__ import annotations

import pulumi
from pulumi_aws import rds

from components.core.context import StackContext
from components.database.engines import ENGINES
from components.database.settings import Database


def parameter_group(
    name: str, database: Database, context: StackContext, parent: pulumi.Resource
) -> rds.ParameterGroup:
    """The parameters, in a group for each version: an upgrade begins with a new group and ends with the old one gone.

    Args:
        name: logical name of the database.
        database: its engine, version and logs.
        context: names and tags.
        parent: the component.
    """
    logical, environment = versioned(name, database), context.environment
    role, engine = logical.removeprefix(f"{environment.project}-"), ENGINES[database.engine]
    return rds.ParameterGroup(
        logical,
        name=f"{environment.prefix}-{role}",
        family=f"{database.engine}{database.version}",
        description=f"{environment.project.upper()} on {engine.title} {database.version}",
        parameters=[
            {"name": key, "value": value, "apply_method": method}
            for key, (value, method) in engine.parameters(database).items()
        ],
        tags=environment.tags(component="database", data_class="internal")(role),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def option_group(
    name: str, database: Database, context: StackContext, parent: pulumi.Resource
) -> rds.OptionGroup | None:
    """The audit plugin; None without audit log, and of an engine that has none.

    It outlives the database where a final snapshot does: AWS keeps the option group of a snapshot. Hence a name that
    the next one doesn't meet.
    """
    engine = ENGINES[database.engine]
    if not (database.logs.audit and engine.audit):
        return None
    logical, environment = versioned(name, database), context.environment
    role = logical.removeprefix(f"{environment.project}-")
    return rds.OptionGroup(
        logical,
        name_prefix=f"{environment.prefix}-{role}-",
        engine_name=database.engine,
        major_engine_version=database.version,
        option_group_description=f"Audit of {engine.title} {database.version}",
        options=list(engine.audit),
        skip_destroy=database.final_snapshot,
        tags=environment.tags(component="database", data_class="internal")(role),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def versioned(name: str, database: Database) -> str:
    """A name with the version in it, such as ``acme-database-mysql8-4``."""
    return f"{name}-{database.engine}{database.version.replace('.', '-')}"

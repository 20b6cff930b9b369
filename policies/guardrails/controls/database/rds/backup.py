"""Backups of databases: kept long enough, in a plan, and findable by their tags."""

from __future__ import annotations

from guardrails.controls.database.rds.databases import (
    CLUSTER,
    CLUSTERS,
    DATABASES,
    GRAPH_CLUSTER,
    INSTANCE,
    is_replica,
    restored_from,
)
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.references import recovery
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.services.backup_plans import is_selected
from guardrails.shapes.properties import require_value

_MOST_DAYS = 35
"""The longest that RDS keeps automated backups."""


@control(
    id="RSL-RDS-005",
    title="Automated backups of databases have a long enough retention period",
    why="They allow point-in-time restore to any second before a mistake that is noticed late.",
    fix="Set backupRetentionPeriod to the days that this stack asks for, 35 at most.",
    severity=Severity.HIGH,
    types=DATABASES,
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": _MOST_DAYS,
            "default": 7,
            "description": "The days that automated backups must be kept.",
        },
        "readReplicas": {
            "type": "boolean",
            "default": False,
            "description": "Whether read replicas need backups of their own.",
        },
    },
    references=recovery(
        checkov=("CKV_AWS_133", "CKV_AWS_360", "CKV_AWS_361"),
        security_hub=("RDS.11", "RDS.50", "DocumentDB.2", "Neptune.5"),
    ),
)
def backups_are_kept(database: Resource, context: Context) -> Findings:
    path, least = "backupRetentionPeriod", context.parameters["minimumDays"]
    if database.type == INSTANCE and is_replica(database) and not context.parameters["readReplicas"]:
        return
    if not database.has(path) and restored_from(database):
        raise UndeterminedError(path)  # as long as those of the original
    days = database.number(path, 0 if database.type == INSTANCE else 1)
    if not least <= days <= _MOST_DAYS:
        yield Violation(f"they are kept {days} days, expected {least} to {_MOST_DAYS}", path)


def _copy_tags(id_: str, title: str, types: tuple[str, ...], references: References) -> None:
    require_value(
        "copyTagsToSnapshot",
        (True,),
        default=False,
        id=id_,
        title=title,
        why="An untagged snapshot has no owner, data class or cost allocation.",
        fix="Set copyTagsToSnapshot to true.",
        severity=Severity.LOW,
        level=Level.ADVISORY,
        types=types,
        references=references,
    )


_copy_tags(
    "RSL-RDS-009",
    "Database instances copy their tags to snapshots",
    (INSTANCE,),
    References(checkov=("CKV2_AWS_60",), security_hub=("RDS.17",), iso27001=("A.5.9",)),
)
_copy_tags(
    "RSL-RDS-010",
    "Database clusters copy their tags to snapshots",
    (CLUSTER, GRAPH_CLUSTER),
    References(
        checkov=("CKV_AWS_313", "CKV_AWS_362"),
        security_hub=("RDS.16", "RDS.47", "RDS.48", "Neptune.8"),
        iso27001=("A.5.9",),
    ),
)


@control(
    id="RSL-RDS-011",
    title="Databases are in an AWS Backup plan",
    why="Automated backups go with the database, and whoever may delete it; a vault keeps its copies from both.",
    fix="Add the database's ARN, or a tag of it, to an aws.backup.Selection.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,  # another stack may have the plan
    types=DATABASES,
    scope=Scope.STACK,
    references=recovery(checkov=("CKV2_AWS_8",), security_hub=("RDS.26",)),
)
def database_is_in_a_plan(database: Resource, context: Context) -> Findings:
    if is_replica(database):
        return
    kind, name = ("cluster:", "clusterIdentifier") if database.type in CLUSTERS else ("db:", "identifier")
    if not is_selected(database, context.everything, service="rds", kind=kind, name=name):
        yield Violation("no selection of this stack takes it into a plan")

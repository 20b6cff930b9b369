"""Versions, upgrades and storage sizes of databases."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from aws_facts.rds_versions import SUPPORT_ENDS
from guardrails.controls.database.rds.databases import (
    CLUSTER,
    DOCUMENT_CLUSTER,
    DOCUMENT_MEMBER,
    GRAPH_MEMBER,
    INSTANCE,
    MEMBER,
    engine_of,
)
from guardrails.controls.database.rds.residency import GLOBAL_CLUSTERS
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import capacity
from guardrails.model.resource import Resource
from guardrails.shapes.properties import require_value

_PATCHED = {"soc2": ("CC7.1",), "iso27001": ("A.8.8",)}


def _upgrade(id_: str, title: str, types: tuple[str, ...], references: References) -> None:
    require_value(
        "autoMinorVersionUpgrade",
        (True,),
        default=True,
        id=id_,
        title=title,
        why="Minor versions contain the security fixes of an engine.",
        fix="Leave autoMinorVersionUpgrade out, and choose the hour by the maintenance window.",
        severity=Severity.MEDIUM,
        types=types,
        references=references,
    )


_upgrade(
    "RSL-RDS-007",
    "Database instances have automatic minor version upgrades",
    (INSTANCE, MEMBER, DOCUMENT_MEMBER, GRAPH_MEMBER),
    References(checkov=("CKV_AWS_226",), security_hub=("RDS.13",), **_PATCHED),
)
_upgrade(
    "RSL-RDS-008",
    "Database clusters have automatic minor version upgrades",
    (CLUSTER,),
    References(security_hub=("RDS.35",), **_PATCHED),
)


def today() -> date:
    """The day by which support is judged, in UTC."""
    return datetime.now(UTC).date()


@control(
    id="RSL-RDS-013",
    title="Database engine versions are in standard support",
    why="Older versions get no fixes, or get them in Extended Support, which costs more each year.",
    fix="Set engineVersion to a version in standard support, and try the upgrade on a blue/green deployment.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(INSTANCE, CLUSTER, DOCUMENT_CLUSTER, *GLOBAL_CLUSTERS[:2]),
    references=References(security_hub=("RDS.51",), **_PATCHED),
)
def engine_is_in_support(database: Resource, _: Context) -> Findings:
    version = tuple(map(int, re.findall(r"\d+", str(database.get("engineVersion", "")))[:2]))
    if not version:
        return  # AWS picks one, its source's or a current one
    majors = SUPPORT_ENDS.get(engine_of(database), {})
    major = next((major for major in majors if version[: len(major)] == major), None)
    ends = majors[major] if major else date.min if majors and version < min(majors) else date.max
    if ends < today():
        since = f" on {ends}" if major else ""
        yield Violation(f"standard support of this version ended{since}", "engineVersion")


@control(
    id="RSL-RDS-022",
    title="Database storage has an allowed size",
    why="Too little fills up, and what has grown can't be made smaller again.",
    fix="Set allocatedStorage and maxAllocatedStorage to values in the range of this stack.",
    severity=Severity.LOW,
    level=Level.DISABLED,  # the range is a stack's own
    types=(INSTANCE, CLUSTER),
    parameters={
        "minimumGib": {
            "type": "integer",
            "minimum": 5,
            "default": 100,
            "description": "The least storage of a database, GiB.",
        },
        "maximumGib": {
            "type": "integer",
            "minimum": 5,
            "default": 1024,
            "description": "The most storage that a database may have or grow to, GiB.",
        },
    },
    references=capacity(),
)
def storage_is_in_range(database: Resource, context: Context) -> Findings:
    least, most = context.parameters["minimumGib"], context.parameters["maximumGib"]

    def judge(path: str) -> Findings:
        size = database.number(path, 0)
        if size and not least <= size <= most:
            yield Violation(f"{size} GiB, expected {least} to {most}", path)

    yield from each(("allocatedStorage", "maxAllocatedStorage"), judge)

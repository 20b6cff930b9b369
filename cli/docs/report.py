"""Tables of docs/report.md: the JSON of ``smile report``, from its schema, and an example of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from cli.docs.markdown import table
from cli.sandbox import ROOT
from report.finding import Finding
from report.findings_json import render
from report.place import Place
from report.run import Run, Step

SCHEMA = ROOT / "report" / "findings.schema.json"
TYPES = {
    "count": "integer",
    "decision": "object with `until`, `owner`, `reason`, or null",
    "finding": "findings, below",
    "place": "objects with `file`, `line`",
    "resource": "object with `urn`, `type`, `name`,",
    "text": "strings",
}
"""Name of a definition of the schema -> what is said of it."""

URN = "urn:pulumi:dev::smile::platform:database:Database$aws:rds/instance:Instance::smile-database"
MESSAGE = """\
RSL-RDS-001 Databases have a standby in another zone: it has one zone (at multiAz).
Fix: Set multiAz to true.
Accepted until 2027-06-30 by platform: development can wait for a restore
Pack: resilience.
"""
EVENT = {"policyName": "RSL-RDS-001", "resourceUrn": URN, "enforcementLevel": "advisory", "severity": "high"}
PLACES = (Place("Pulumi.dev.yaml", 21), Place("components/database/database.py", 131), Place("layers/data.py", 96))


def run_fields() -> str:
    """What is said of a run."""
    return fields("run")


def finding_fields() -> str:
    """What is said of a finding."""
    return fields("finding")


def fields(name: str) -> str:
    """The fields of one kind of object."""
    described = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"][name]["properties"]
    return table(
        ("field", "type", "meaning"),
        [(f"`{field}`", type_of(about), about["description"]) for field, about in described.items()],
    )


def type_of(about: dict[str, Any]) -> str:
    """Which values a field takes."""
    match about:
        case {"enum": values}:
            return ", ".join("null" if value is None else f"`{value}`" for value in values)
        case {"anyOf": kinds}:
            return " or ".join(type_of(kind) for kind in kinds)
        case {"$ref": str(named)}:
            name = named.rpartition("/")[2]
            return TYPES.get(name, name)
        case {"type": "array", "items": items}:
            return f"list of {type_of(items)}"
        case {"type": list(kinds)}:
            return " or ".join(kinds)
        case _:
            return str(about["type"])


def example() -> str:
    """One stack with one finding."""
    finding = replace(Finding.of(EVENT | {"message": MESSAGE}), places=PLACES)
    run = Run(
        stack="dev", steps=(Step(urn=URN, op="create"),), findings=(finding,), errors=(), seconds=21, is_preview=True,
        is_finished=True,
    )  # fmt: skip
    return f"```json\n{render([run])}```"

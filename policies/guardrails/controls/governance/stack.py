"""What a stack declares of itself: its class of data and its region."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.shapes.declarations import CLASS_PARAMETERS, RESIDENCY_PARAMETERS, declaration_fault, declared
from guardrails.shapes.destinations import LAW


@control(
    id="RES-STACK-001",
    title="The stack declares its data class and its region",
    why="Whoever reviews or answers an incident must know at once whose data is in it, and where.",
    fix="Declare both in the stack's tags (pulumi stack tag set DataClass personal) or in its configuration "
    "(pulumi:tags, aws:region).",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("pulumi:pulumi:Stack",),
    parameters={**CLASS_PARAMETERS, **RESIDENCY_PARAMETERS},
    references=LAW,
)
def stack_is_declared(_: Resource, context: Context) -> Findings:
    # every backend hands over the configuration; tags come from those backends that keep them
    if context.deployment is None:
        raise UndeterminedError("")
    parameters, said = context.parameters, {**context.deployment.config, **context.deployment.tags}
    said = {**_tags_in(said.get("pulumi:tags")), **said}
    allowed = parameters["allowedRegions"]
    why = declaration_fault(declared(said, parameters["classTags"]), parameters["classes"], "class of data")
    if why:
        yield Violation(why)
    place = said.get("aws:region") or declared(said, ["region", *parameters["residencyTags"]])
    why = declaration_fault(place, [*allowed, *parameters["residencies"]], "region")
    if why:
        yield Violation(why)


def _tags_in(configured: str | None) -> Mapping[str, Any]:
    """Tags from the configuration, which arrive as JSON."""
    try:
        found = json.loads(configured or "{}")
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}

"""AWS Resource Access Manager shares."""

from __future__ import annotations

from guardrails.model.control import Severity
from guardrails.model.references import Criteria
from guardrails.shapes.properties import require_value

require_value(
    "allowExternalPrincipals",
    (False,),
    default=False,  # the provider's, whatever the API's is
    id="LP-RAM-001",
    title="Resource shares stay within the organization",
    why="A share that outsiders may join gives them the resource, for as long as nobody looks.",
    fix="Remove allowExternalPrincipals, or set it to false.",
    severity=Severity.HIGH,
    types=("aws:ram/resourceShare:ResourceShare",),
    references=Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 39",))(),
)

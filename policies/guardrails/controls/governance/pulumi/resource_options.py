"""Resource options: protect, ignoreChanges, deleteBeforeReplace."""

from __future__ import annotations

import re

from aws_facts.stateful import DATA_STORES
from guardrails.model.control import Context, Findings, Level, References, Severity, Violation, control
from guardrails.model.references import recovery
from guardrails.model.resource import Resource

_RECOVERY = recovery()
_PROTECTION = frozenset(
    "acl acls authorization cidr cidrs egress encrypt encrypted encryption grants ingress kms mfa policies "
    "policy principal principals public publicly rotation secure security sse ssl tls transit".split()
)


@control(
    id="RSL-PULUMI-001",
    title="Stateful resources have the option protect",
    why="A renamed or removed line of the program then stops the update, where it would delete the data.",
    fix="Set the resource option protect to true.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(*DATA_STORES, "aws:eks/cluster:Cluster"),
    references=_RECOVERY,
)
def data_is_protected(resource: Resource, _: Context) -> Findings:
    if not resource.protect:
        yield Violation("protect is not set")


@control(
    id="RSL-PULUMI-002",
    title="Security properties are not in ignoreChanges",
    why="With ignoreChanges, nobody sees that encryption, a policy or public access was changed by hand, and nothing "
    "puts it back.",
    fix="Remove the property from ignoreChanges, and take over the value that is meant.",
    severity=Severity.MEDIUM,
    types=("aws:*",),
    parameters={
        "allowed": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "Properties of which changes may be ignored, as they stand in ignoreChanges.",
        }
    },
    references=References(soc2=("CC7.1", "CC8.1"), iso27001=("A.8.9", "A.8.32")),
)
def protection_is_not_ignored(resource: Resource, context: Context) -> Findings:
    for path in resource.ignore_changes:
        if path not in context.parameters["allowed"] and (path == "*" or _PROTECTION & _words(path)):
            yield Violation(f"changes of {path} are ignored", path)


def _words(path: str) -> set[str]:
    """The words of a property path in camel case, such as ``kms``, ``key`` and ``id``."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", path)}


@control(
    id="RSL-PULUMI-003",
    title="Stateful resources don't have the option deleteBeforeReplace",
    why="The data is gone, and the service down, before the new resource exists; if that fails, it stays so.",
    fix="Remove deleteBeforeReplace, and give the new resource another name.",
    severity=Severity.HIGH,
    types=DATA_STORES,
    references=_RECOVERY,
)
def data_is_not_deleted_first(resource: Resource, _: Context) -> Findings:
    if resource.delete_before_replace:
        yield Violation("deleteBeforeReplace is set")

"""Documents whose text isn't known yet, read from the outline that the component around them shows.

Its output ``policyDocuments`` is a list of ``{"resource": URN, "property": "policy", "document": {...}}``. A value that
may be unknown is ``{"value": ..., "from": [URN, ...]}`` there. An outline is what the program says of itself: an update
doesn't rely on it, since by then the text is known, and judged before the resource is made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from guardrails.iam.actions import expand
from guardrails.iam.sources import DOCUMENT_PROPERTIES
from guardrails.model.control import Context
from guardrails.model.regions import region_of, trusted_accounts
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError

OUTPUT = "policyDocuments"


def fill_in(stack: Stack) -> None:
    """Put the outlined documents in place of those that are unknown."""
    for entry in _outlines(stack):
        resource, name = stack.by_urn.get(str(entry.get("resource"))), str(entry.get("property"))
        if resource and name in DOCUMENT_PROPERTIES and resource.properties.get(name) is UNKNOWN:
            resource.fill_in(name, _read(entry.get("document"), stack, ()))


def _outlines(stack: Stack) -> Iterator[dict[str, Any]]:
    for component in (each for each in stack if each.provider is None):
        found = component.outputs.get(OUTPUT)
        yield from (each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _read(value: Any, stack: Stack, formats: Collection[str]) -> Any:
    """The value without its marks; ``formats`` are those of the ARNs that may stand in its place, if AWS says."""
    if isinstance(value, list):
        return [_read(item, stack, formats) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"value", "from"}:
        return _arn(value["from"], stack, formats) if value["value"] is UNKNOWN else value["value"]
    return {key: _read(item, stack, _formats(value) if key.endswith("Resource") else ()) for key, item in value.items()}


def _formats(statement: dict[str, Any]) -> set[str]:
    """The ARNs that the actions of a statement can be limited to."""
    actions = statement.get("Action")
    return _arns([str(each) for each in (actions if isinstance(actions, list) else [actions])])


def _arns(patterns: Iterable[str]) -> set[str]:
    return {arn for pattern in patterns for action in expand(pattern) for arn in action.arn_formats}


def _arn(urns: Any, stack: Stack, formats: Collection[str]) -> Any:
    """An ARN with the logical name of the one AWS resource that an unknown value comes from; else unknown."""
    origin = stack.by_urn.get(str(urns[0])) if isinstance(urns, list) and len(urns) == 1 else None
    if origin is None or not origin.type.startswith("aws:"):
        return UNKNOWN
    module, kind = origin.type.split(":")[1].partition("/")[0], origin.type.rpartition(":")[2]
    formats = formats or _arns([f"{module}:*"])
    own = [each for each in formats if _kind(each) == kind.lower()]
    alone = next((each for each in (own, list(formats)) if len(each) == 1), None)
    written = alone[0] if alone else f"arn:${{Partition}}:{module}:${{Region}}:${{Account}}:{kind}/${{Name}}"
    about = _place(origin) | {"Partition": "aws"}
    return re.sub(r"\$\{(\w+)\}", lambda found: about.get(found[1], origin.name), written)


def _kind(arn_format: str) -> str:
    """``filesystem`` of ``arn:...:file-system/${FileSystemId}``."""
    return arn_format.split(":", 5)[5].partition("/")[0].replace("-", "")


def _place(origin: Resource) -> dict[str, str]:
    try:
        region = region_of(origin)
    except UndeterminedError:
        region = None
    account = min(trusted_accounts(origin, Context({"allowedAccounts": ()})), default="")
    return {"Region": region or "", "Account": account}

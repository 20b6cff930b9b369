"""Which changes AWS cannot make in place, so that the resource has to be replaced.

Three sources, the surest first: what the SDK's documentation says of the property, what CloudFormation declares as
settable only at creation, and the service's own calls (what names the resource in its delete call, or is taken by
its create call and by no call that changes it). Where all are silent, the words of the name decide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from offline.schema import cloudformation, corrections, service_api
from offline.schema.catalogue import Property, ResourceType, per_type
from offline.schema.naming import pairs, singular, words
from offline.schema.service_api import Operations
from offline.schema.validation import plain_value
from offline.wire.values import SIGNATURE, UNKNOWN

_FORCES = re.compile(
    r"forces? (?:a |the )?(?:new|replacement|re-?creation)|changing this (?:will )?(?:forces?|recreate)"
    r"|requires replacement|(?:cannot|can't|can not) be (?:changed|modified|updated) (?:after|once)"
    r"|force a (?:new resource|recreation)",
    re.IGNORECASE,
)
# An object's identity; all else the API server merges or refuses.
_KUBERNETES = frozenset({"apiVersion", "kind", "metadata.name", "metadata.namespace"})
_WORD = re.compile(r"^[a-z0-9]+|[A-Z][a-z0-9]*")
_CONDITION = re.compile(r"\b(?:if|when|unless|for|until|from|switching|disabling|removing)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\.\s|\n")
_INDEX = re.compile(r"\[\d+\]")
_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w$]*")
_TAGS = frozenset({"tags", "tagsAll"})
# Arguments of the provider, not of AWS: how to update, delete or wait.
_PROVIDER_ONLY = re.compile(
    r"^(?:force|skip|apply|wait|ignore|allow|deletion|recreate|retain|delete|final|preserve)"
    r"|WoVersion$|Wo$|(?:OnDestroy|OnDelete|Timeout|Timeouts)$"
)
# A class that ties two things together has nothing to change but what it ties.
_LINK = re.compile(
    r"(?:Association|Attachment|Membership|Accepter|Permission|Principal|Propagation|Activation|Snapshot)$"
)
# Where a thing is, whose it is, and what it was made from.
_FIXED = words(
    "accountId awsAccountId availabilityZone availabilityZoneId catalogId encrypted "
    "expectedBucketOwner family hashKey principal rangeKey restoreToPointInTime snapshotId "
    "snapshotIdentifier sourceRegion storageEncrypted"
)
# Whose it is, where the property is named after its owner: a required `role` of a role policy.
_OWNERS = words("cluster group key repository role user username userName")
_IDENTIFYING = frozenset({"id", "arn", "name", "identifier", "bucket", "owner", "alias"})


def _word(name: str) -> str:
    words = _WORD.findall(name)
    return words[-1].lower() if words else ""


@per_type
def replacement(resource: ResourceType) -> frozenset[str]:
    """Paths of the inputs whose change replaces the resource: `cidrBlock`, `ebsBlockDevices[].volumeSize`."""
    package = resource.token.split(":")[0]
    if package == "aws":
        return frozenset(_aws(resource))
    if package in {"random", "tls"}:  # what they make is made once
        return frozenset(resource.inputs)
    return _KUBERNETES if package == "kubernetes" else frozenset()


def _aws(resource: ResourceType) -> Iterator[str]:
    schema = cloudformation.schema(resource)
    calls = service_api.operations(resource, schema.name.rsplit("::", 1)[-1] if schema else "")
    settled = corrections.in_place(resource)
    yield from corrections.replaces(resource)
    for name, prop in resource.inputs.items():
        if name in settled:
            continue
        if _replaces(resource, name, prop, schema, calls):
            yield name
        elif schema and name in schema.names:
            yield from _nested(name, prop, schema.names[name], schema)


def _nested(name: str, prop: Property, theirs: str, schema: cloudformation.Schema) -> Iterator[str]:
    """Fields of an object, or of a list of objects, that only creation can set."""
    inner = [path.split("/")[-1] for path in schema.create_only if path.startswith(f"{theirs}/")]
    holder, step = (prop.items, f"{name}[].") if prop.kind == "list" and prop.items else (prop, f"{name}.")
    for ours in pairs(holder.properties, inner, ()) if inner else ():
        yield f"{step}{ours}"


def _replaces(
    resource: ResourceType,
    name: str,
    prop: Property,
    schema: cloudformation.Schema | None,
    calls: Operations | None,
) -> bool:
    if name in _TAGS or name.startswith("force"):
        return False
    if name == "region" or _documented(prop.description):
        return True
    if schema and name in schema.names:
        return schema.names[name] in schema.create_only
    return not _PROVIDER_ONLY.search(name) and _undeclared(resource, name, prop, schema, calls)


def _undeclared(
    resource: ResourceType,
    name: str,
    prop: Property,
    schema: cloudformation.Schema | None,
    calls: Operations | None,
) -> bool:
    """For a property that neither the documentation nor CloudFormation speaks of."""
    if schema and not schema.updates and prop.kind not in {"list", "object"}:  # those have resources of their own
        return True
    if calls and name in calls.names:
        return _by_calls(name, prop, calls)
    return _by_name(resource, name, prop)


def _documented(text: str) -> bool:
    """Whether the documentation says, without a condition, that a change replaces the resource."""
    return any(_FORCES.search(line) and not _CONDITION.search(line) for line in _SENTENCE_END.split(text))


def _by_calls(name: str, prop: Property, calls: Operations) -> bool:
    member = singular(calls.names[name])
    if prop.kind == "string" and member in calls.identity:
        return True
    if member in calls.changeable:
        return prop.kind == "string" and member in calls.addressing and _word(name) in _IDENTIFYING
    return not calls.patches


def _by_name(resource: ResourceType, name: str, prop: Property) -> bool:
    if name in _FIXED or (name.endswith("Prefix") and name.removesuffix("Prefix") in resource.inputs):
        return True
    if prop.kind != "string":
        return False
    return bool(_LINK.search(resource.token)) or (
        (prop.required or name == "name") and (_word(name) in _IDENTIFYING or name in _OWNERS)
    )


Change = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Difference:
    """Engine paths (`tags.Name`, `ingress[0].fromPort`) that differ, and those that replace the resource."""

    changed: Mapping[str, Change]
    replaced: frozenset[str]


def diff(resource: ResourceType, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Difference:
    """How `news` differs from `olds`, both inputs. A value not known yet counts as a change."""
    changed: dict[str, Change] = {
        path: change
        for name in sorted({*olds, *news})
        if not name.startswith("__")
        for path, change in _changes(name, resource.inputs.get(name), olds.get(name), news.get(name))
    }
    fixed = replacement(resource)
    return Difference(changed, frozenset(path for path in changed if _covered(path, fixed)))


def _covered(path: str, fixed: frozenset[str]) -> bool:
    """Whether `path`, what holds it, or what it holds is among the fixed ones."""
    steps = _INDEX.sub("[]", path)
    return any(steps == one or steps.startswith((f"{one}.", f"{one}[")) for one in fixed) or any(
        one.startswith((f"{steps}.", f"{steps}[")) for one in fixed
    )


def _changes(path: str, prop: Property | None, old: object, new: object) -> Iterator[tuple[str, Change]]:
    old, new = plain_value(old), plain_value(new)
    if _same(prop, old, new):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and SIGNATURE not in new:
        for key in sorted({*old, *new}):
            yield from _changes(_step(path, key), _field(prop, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            before, after = (side[index] if index < len(side) else None for side in (old, new))
            yield from _changes(f"{path}[{index}]", prop.items if prop else None, before, after)
    else:
        yield path, "add" if old is None else "delete" if new is None else "update"


def _field(prop: Property | None, key: str) -> Property | None:
    if prop is None:
        return None
    return prop.properties.get(key) if prop.kind == "object" else prop.items


def _step(path: str, key: str) -> str:
    return f"{path}.{key}" if _PLAIN_KEY.fullmatch(key) else f"{path}[{json.dumps(key)}]"


def _same(prop: Property | None, old: object, new: object) -> bool:
    if new == UNKNOWN:
        return False
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return True
    if old is None or new is None:
        return _empty(old) and _empty(new)
    if isinstance(old, Mapping | list) or isinstance(new, Mapping | list):
        return prop is not None and prop.kind == "json" and _document(old) == _document(new)
    if prop is not None and prop.kind in {"integer", "number", "boolean"}:
        return _text(old) == _text(new)
    return isinstance(old, str) and isinstance(new, str) and old[:1] in {"{", "["} and _document(old) == _document(new)


def _empty(value: object) -> bool:
    return value is None or value in ([], {})


def _text(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool | str)
        else f"{value:.15g}"
        if isinstance(value, float)
        else str(value)
    )


def _document(value: object) -> object:
    """A JSON document as data, so that layout and the order of keys don't count."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value

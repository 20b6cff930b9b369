"""What the AWS Backup plans of a stack cover: by ARN, with wildcards, or by tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from guardrails.model.logic import first_that
from guardrails.model.regions import region_of
from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.tags import tag_of
from guardrails.model.values import UNKNOWN, UndeterminedError

SELECTION = "aws:backup/selection:Selection"
_RESOURCE_TAG = "aws:ResourceTag/"


def is_selected(resource: Resource, stack: Stack, *, service: str, kind: str, name: str) -> bool:
    """Whether a selection of this stack takes the resource into a backup plan.

    Args:
        resource: what is to be backed up.
        stack: where selections are looked for.
        service: as in its ARN, such as ``rds``.
        kind: what stands before its name in the ARN, such as ``db:`` or ``file-system/``.
        name: the property with that name.

    Raises:
        UndeterminedError: none is known to, and one may.
    """
    subject = _Subject(resource, service, kind, name)
    return first_that(stack.of_type(SELECTION), lambda selection: _selects(selection, subject)) is not None


class _Subject:
    """A resource as selections see it: its ARN, as far as that is known, and its tags."""

    def __init__(self, resource: Resource, service: str, kind: str, name: str) -> None:
        self.resource = resource
        self._service, self._kind, self._name = service, kind, name

    def is_named(self, pattern: str) -> bool:
        """Whether an ARN, in which ``*`` is any run of characters, is the resource's.

        Account and partition are taken to be right: the pattern stands beside the resource.
        """
        arn = self.resource.outputs.get("arn", self.resource.raw("arn"))
        if isinstance(arn, str):
            return fnmatchcase(arn, pattern)
        parts = pattern.split(":", 5)
        if len(parts) < 6:
            return set(pattern) == {"*"}
        if not fnmatchcase(self._service, parts[2]) or not fnmatchcase(region_of(self.resource) or parts[3], parts[3]):
            return False
        return self._is_called(parts[5])

    def _is_called(self, pattern: str) -> bool:
        name = self.resource.raw(self._name)
        if isinstance(name, str):
            return fnmatchcase(self._kind + name, pattern)
        said, wildcard, _ = pattern.partition("*")
        if not said.startswith(self._kind) and not self._kind.startswith(said):
            return False
        if pattern in ("*", f"{self._kind}*"):
            return True
        if wildcard or name is UNKNOWN:
            raise UndeterminedError(self._name)
        return False  # AWS makes up a name


def _selects(selection: Resource, subject: _Subject) -> bool:
    """What is listed or tagged, or everything where neither is said; if it meets all conditions and isn't left out."""
    if _lists(selection, "notResources", subject):
        return False
    open_ = not selection.has("resources") and not selection.has("selectionTags")
    if not (open_ or _lists(selection, "resources", subject) or _is_tagged(selection, subject)):
        return False
    return all(_holds(kind, condition, subject) for kind, condition in _conditions(selection))


def _lists(selection: Resource, path: str, subject: _Subject) -> bool:
    values = values_at(selection, path)
    if any(isinstance(value, str) and subject.is_named(value) for value in values):
        return True
    if UNKNOWN not in values:
        return False
    sources = origins(selection, path)
    if not sources:
        raise UndeterminedError(path)
    return subject.resource.urn in sources


def _is_tagged(selection: Resource, subject: _Subject) -> bool:
    def matches(tag: str) -> bool:
        key = str(selection.get(f"{tag}.key")).removeprefix(_RESOURCE_TAG)
        return tag_of(subject.resource, key) == selection.get(f"{tag}.value")

    return any(matches(f"selectionTags[{index}]") for index in range(len(selection.items("selectionTags"))))


def _conditions(selection: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    blocks = selection.known("conditions", [])
    for block in blocks if isinstance(blocks, list) else [blocks]:
        for kind, conditions in block.items() if isinstance(block, dict) else ():
            for condition in conditions or ():
                if isinstance(condition, dict) and {"key", "value"} <= condition.keys():
                    yield kind, condition


def _holds(kind: str, condition: Mapping[str, Any], subject: _Subject) -> bool:
    value, wanted = tag_of(subject.resource, str(condition["key"]).removeprefix(_RESOURCE_TAG)), str(condition["value"])
    is_like = value is not None and (fnmatchcase(value, wanted) if kind.endswith("Likes") else value == wanted)
    return is_like != kind.startswith("stringNot")

"""Resources of a stack, from its exported state or from a run, and how they name each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from report.run import Run

TOKEN = re.compile(r"[^\s\"',;{}\[\]()<>]+")
"""A word in a text that may be an ARN, such as a policy's."""
NAMES = ("id", "arn", "url", "domainName", "dnsName", "bucketRegionalDomainName", "executionArn")
"""Outputs by which others name a resource."""
SHORTEST = 12
"""Characters of a name that nothing else has by chance."""


class NoResourcesError(Exception):
    """There is nothing to draw; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One of a stack.

    Attributes:
        urn: its own.
        parent: the URN of its component; empty for the stack.
        inputs: what the program asks for.
        outputs: what the provider says; empty of what isn't there yet.
        op: what a run does with it, in the engine's word.
    """

    urn: str
    parent: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    op: str = "same"

    @property
    def is_gone(self) -> bool:
        """Whether it isn't there afterwards."""
        return self.op in {"delete", "discard"}

    @property
    def type(self) -> str:
        """Such as ``aws:sqs/queue:Queue``."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Its logical name."""
        return self.urn.split("::", 3)[3]

    @property
    def is_component(self) -> bool:
        """Whether it only holds others: neither a provider's resource nor the engine's."""
        return self.type.startswith("platform:") or self.type.startswith("eks:")

    def said(self, name: str, default: Any = None) -> Any:
        """What it says of a property: its output, or its input."""
        return self.outputs.get(name, self.inputs.get(name, default))


def of_export(content: Any) -> list[Resource]:
    """Of what ``pulumi stack export`` wrote.

    Raises:
        NoResourcesError: it is something else, or empty.
    """
    match content:
        case {"deployment": {"resources": [*found]}} if found:
            return [exported(each) for each in found]
        case _:
            raise NoResourcesError(
                "no resources; valid: what `pulumi stack export` writes of a stack that was deployed"
            )


def exported(entry: Any) -> Resource:
    """One entry of an export.

    Raises:
        NoResourcesError: it has no whole URN, or properties that aren't a mapping.
    """
    match entry:
        case {"urn": str(urn)} if urn.count("::") >= len(("project", "type", "name")):
            inputs, outputs = entry.get("inputs") or {}, entry.get("outputs") or {}
            if isinstance(inputs, dict) and isinstance(outputs, dict):
                id_ = entry.get("id") or ""
                return Resource(
                    urn=urn, parent=entry.get("parent") or "", inputs=inputs, outputs={**outputs, "id": id_}
                )
        case _:
            pass
    raise NoResourcesError(f"a resource is {str(entry)[:60]}; valid: what `pulumi stack export` writes")


def of_run(run: Run) -> list[Resource]:
    """Of the stack as it is after a run, and those that are gone then; where all is new, nothing is said of it."""
    from_nothing = run.counts.keys() <= {"create", "read"}
    return [
        Resource(
            urn=step.urn,
            parent=step.parent,
            inputs=step.after or step.before or {},
            outputs={**(step.outputs or {}), "id": step.id},
            op="same" if from_nothing else step.op,
        )
        for step in run.steps
    ]


def index(resources: Sequence[Resource]) -> dict[str, Resource]:
    """Id, ARN or host name -> the resource that has it; the first of several that share it."""
    found: dict[str, Resource] = {}
    for resource in resources:
        for name in NAMES:
            value = resource.outputs.get(name)
            if isinstance(value, str) and len(value) >= SHORTEST:
                found.setdefault(value, resource)
    return found


def words(value: Any) -> Iterator[str]:
    """Every text in a property, whole and word by word."""
    match value:
        case str():
            yield value
            yield from TOKEN.findall(value)
        case Mapping():
            for each in value.values():
                yield from words(each)
        case list():
            for each in value:
                yield from words(each)
        case _:
            return


def named(resource: Resource, known: Mapping[str, Resource]) -> list[Resource]:
    """What its inputs name, each once, in their order; an ARN also with what is inside of it."""
    found: dict[str, Resource] = {}
    for word in words(resource.inputs):
        other = known.get(word) or known.get(word.partition("/*")[0])
        if other is not None and other.urn != resource.urn:
            found[other.urn] = other
    return list(found.values())

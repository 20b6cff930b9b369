"""A run's resources as the tree of components that they are, each with what changes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from report.finding import Finding
from report.properties import Property, properties
from report.run import Run, Step

STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A resource, and what is part of it.

    Attributes:
        anchor: by which the page links to it.
        component: title of the one below the stack that it is in; empty for none.
        properties: what changes of it; all of it where it is new.
        findings: about it.
    """

    step: Step
    anchor: str
    component: str = ""
    properties: Sequence[Property] = ()
    findings: Sequence[Finding] = ()
    children: Sequence[Node] = ()

    @property
    def searched(self) -> str:
        """What a search for text looks in."""
        paths = " ".join(each.path for each in self.properties) if self.step.op == "update" else ""
        return f"{self.step.name} {self.step.type} {paths}".lower()

    @property
    def is_changed(self) -> bool:
        """Whether it, or something in it, is changed where most is the same."""
        return self.step.op not in {"same", "create"} or any(each.is_changed for each in self.children)


def tree(run: Run) -> list[Node]:
    """What stands right below the stack, with all that is in it."""
    findings = defaultdict[str, list[Finding]](list)
    for each in sorted(run.findings, key=Finding.order):
        findings[each.urn].append(each)
    number = {step.urn: at for at, step in enumerate(run.steps)}
    inside, tops = defaultdict[str, list[Step]](list), list[Step]()
    for step in run.steps:
        parent = run.steps[number[step.parent]] if step.parent in number else None
        (inside[step.parent] if parent and parent.type != STACK else tops).append(step)

    def node(step: Step, component: str) -> Node:
        return Node(
            step=step,
            anchor=f"{run.stack}-{number[step.urn]}",
            component=component,
            properties=tuple(properties(step)),
            findings=findings[step.urn],
            children=[node(each, component) for each in inside[step.urn]],
        )

    shown = sorted(
        (each for each in tops if each.type != STACK), key=lambda each: (not inside[each.urn], each.type, each.name)
    )
    return [node(each, f"{each.type.rpartition(':')[2]} {each.name}" if inside[each.urn] else "") for each in shown]


def flat(nodes: Sequence[Node]) -> Iterator[Node]:
    """All of them, outer ones first."""
    for each in nodes:
        yield each
        yield from flat(each.children)


def anchors(nodes: Sequence[Node]) -> Mapping[str, str]:
    """URN -> the anchor of the resource that has it."""
    return {each.step.urn: each.anchor for each in flat(nodes)}

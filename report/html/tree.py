"""A run's resources as the tree of components that they are, each with what changes of it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.finding import Finding
from report.run import Run, Step
from report.values import LOOKS_SECRET, UNKNOWN, is_marked

STACK = "pulumi:pulumi:Stack"
SECRET = "[secret]"  # noqa: S105 - what stands for one
INNER = frozenset({"__defaults"})
"""Keys of the SDK, which nobody wrote."""
LONGEST = 400
"""Characters of a value; what is longer is cut and its length said."""
PLAIN = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, kw_only=True)
class Property:
    """A value that changes; ``before`` or ``after`` is empty where there is none."""

    path: str
    before: str
    after: str


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


def properties(step: Step) -> Iterator[Property]:
    """What is new, gone or other; a secret that changes says so and nothing else."""
    if step.op == "same":
        return
    before, after = dict(leaves(step.before)), dict(leaves(step.after))
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    hidden = [path for path in step.changed if not any(each.startswith(path) for each in changed)]
    own = [each for each in [*changed, *hidden] if not each.startswith("tagsAll")]
    for path in own or [*changed, *hidden]:
        yield Property(path=path, before=before.get(path, ""), after=after.get(path, ""))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path -> value of everything in a resource's inputs, as far down as they go."""
    match value:
        case _ if is_marked(value) or (path and value is not None and LOOKS_SECRET.search(path)):
            yield path, SECRET
        case {**inner} if inner:
            for name, each in inner.items():
                if name not in INNER:
                    yield from leaves(each, below(path, str(name)))
        case [*inner] if inner:
            for number, each in enumerate(inner):
                yield from leaves(each, f"{path}[{number}]")
        case None:
            return
        case _ if path:
            yield path, written(value)
        case _:  # nothing at all is asked for
            return


def below(path: str, name: str) -> str:
    """The path of a part, as the engine writes it."""
    if not PLAIN.fullmatch(name):
        return f"{path}[{json.dumps(name)}]"
    return f"{path}.{name}" if path else name


def written(value: Any) -> str:
    """A value as text; empty ones are seen too."""
    if value == UNKNOWN:
        return "not known yet"
    text = value if isinstance(value, str) and value else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text):,} characters)"


def flat(nodes: Sequence[Node]) -> Iterator[Node]:
    """All of them, outer ones first."""
    for each in nodes:
        yield each
        yield from flat(each.children)


def anchors(nodes: Sequence[Node]) -> Mapping[str, str]:
    """URN -> the anchor of the resource that has it."""
    return {each.step.urn: each.anchor for each in flat(nodes)}

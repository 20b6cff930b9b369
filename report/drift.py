"""What AWS has otherwise than the state says, and what the program has that isn't applied yet.

Both are in the event log of one ``pulumi preview --refresh``: first the engine reads each resource, then it compares
what it read with the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_facts.security_relevant import is_security_relevant
from report.properties import Property, compared, is_near, leaves
from report.run import EventLogError, Step, events, step_of

GRADES = ("none", "low", "medium", "high", "critical")
"""Of a difference, the gravest last."""
LABELS = ("tags", "tagsAll", "description")
"""Properties that change nothing of what a resource does."""
UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True, kw_only=True)
class Blame:
    """Who changed something, as CloudTrail has it.

    Attributes:
        who: ARN of a user, role or session; the service where AWS itself did it.
        event: the call, such as ``DeleteQueue``.
        when: ISO 8601, UTC.
    """

    who: str
    event: str
    when: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One resource that isn't as it should be.

    Attributes:
        step: the resource.
        kind: ``changed`` or ``deleted`` in AWS; ``pending``, where the program isn't applied yet, or AWS's drift has
            consequences.
        properties: of ``changed``, what the state has and what AWS has; of ``pending``, what AWS has and the program.
        is_put_back: an update makes it as it was.
        arn: in the state; empty where there is none.
    """

    step: Step
    kind: str
    properties: Sequence[Property] = ()
    is_put_back: bool = True
    arn: str = ""

    @property
    def grade(self) -> str:
        """How grave it is, see ``GRADES``."""
        paths = [each.path for each in self.properties]
        if not self.is_put_back:  # the program leaves it to others, as the number of nodes to the autoscaler
            return "none"
        if self.kind == "pending" or (paths and all(is_label(path) for path in paths)):
            return "low"
        if self.kind == "deleted" and self.step.is_stateful:
            return "critical"
        is_grave = self.step.is_stateful or is_security_relevant(self.step.type, paths)
        return "high" if is_grave else "medium"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """All differences of a stack, the gravest first.

    Attributes:
        blame: URN -> who did it, where that is known.
        notes: what couldn't be told.
    """

    differences: Sequence[Difference]
    blame: Mapping[str, Blame] = field(default_factory=dict[str, Blame])
    notes: Sequence[str] = ()

    @property
    def grade(self) -> str:
        """Of the gravest difference."""
        return max((each.grade for each in self.differences), key=GRADES.index, default="none")


def is_label(path: str) -> bool:
    """Whether a property is one that only people read."""
    return path.partition(".")[0].partition("[")[0] in LABELS


def read(file: Path) -> Drift:
    """The drift that an event log of ``pulumi preview --refresh`` tells of.

    Raises:
        EventLogError: it isn't one, it is cut off, or the engine didn't come to its end.
        OSError: it can't be read.
    """
    looked, planned, arns = dict[str, tuple[Step, list[Property]]](), dict[str, Step](), dict[str, str]()
    refreshed, is_finished = set[str](), False
    for number, event in enumerate(events(file), 1):
        try:
            if before := event.get("resourcePreEvent"):
                metadata = before["metadata"]
                if metadata["op"] == "refresh":
                    refreshed.add(metadata["urn"])
                elif (step := step_of(metadata)).is_told:
                    planned[step.urn] = step
            elif (after := event.get("resOutputsEvent")) and after["metadata"]["urn"] in refreshed:
                metadata = after["metadata"]
                refreshed.remove(metadata["urn"])  # what follows of it is of the plan
                step = step_of(metadata)
                arns[step.urn] = str(((metadata.get("old") or {}).get("outputs") or {}).get("arn") or "")
                looked[step.urn] = step, list(read_otherwise(metadata, step))
            is_finished |= "summaryEvent" in event
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise EventLogError(f"{file}:{number}: not an event of the engine: {error!r}") from error
    if not is_finished:
        raise EventLogError(f"{file}: the engine didn't come to its end")
    found = [*differences(looked, planned, arns)]
    found.sort(key=lambda each: (-GRADES.index(each.grade), each.kind, each.step.type, each.step.name))
    return Drift(differences=found)


def differences(
    looked: Mapping[str, tuple[Step, list[Property]]], planned: Mapping[str, Step], arns: Mapping[str, str]
) -> Iterator[Difference]:
    """One for each resource that isn't as it should be."""
    drifted = set[str]()
    for urn, (step, changed) in looked.items():
        is_gone = step.after is None and step.before is not None
        if not (is_gone or changed) or not step.is_told:
            continue
        drifted.add(urn)
        next_step = planned.get(urn)
        yield Difference(
            step=step,
            kind="deleted" if is_gone else "changed",
            properties=changed,
            is_put_back=next_step is not None and next_step.op not in UNCHANGED,
            arn=arns[urn],
        )
    for urn, step in planned.items():
        # a component has no id, and changes with its parts
        is_component = step.op == "update" and not step.changed and not step.id
        if urn not in drifted and step.op not in UNCHANGED and not is_component:
            said = list(of_paths(step.before, step.after, step.changed)) if step.op == "update" else []
            yield Difference(step=step, kind="pending", properties=said)


def read_otherwise(metadata: Mapping[str, Any], step: Step) -> Iterator[Property]:
    """The properties that the provider read otherwise than the state has them; nothing of what is gone."""
    if step.after is None:
        return
    old, new = (
        {**(metadata[side].get("outputs") or {}), **(metadata[side].get("inputs") or {})} for side in ("old", "new")
    )
    yield from of_paths(old, new, step.changed)


def of_paths(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, paths: Mapping[str, str]
) -> Iterator[Property]:
    """What lies at or below some paths and differs; a path whose values are secret, or unknown, says so alone."""
    before, after = map(dict, map(leaves, compared(old, new)))
    own = [path for path in paths if not path.startswith("tagsAll")] or [*paths]
    differ = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    told = dict.fromkeys(each for path in own for each in [*(it for it in differ if is_near(it, path))] or [path])
    for path in told:
        yield Property(path=path, before=before.get(path, ""), after=after.get(path, ""))

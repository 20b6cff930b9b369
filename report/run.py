"""A preview, update or refresh, as the engine's event log has it (``pulumi preview --event-log FILE``).

Its fields are those of ``EngineEvent`` (https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype#EngineEvent).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from aws_facts.stateful import is_stateful
from report.control import Control
from report.finding import Finding

PARTS_OF_A_REPLACEMENT = frozenset({"create-replacement", "delete-replaced", "discard-replaced", "read-replacement"})
"""Steps that stand beside one called ``replace``: of the three, it alone is told."""
DESTRUCTIVE = frozenset({"delete", "replace", "discard"})
COLOR = re.compile(r"<\{%.*?%\}>")
"""The engine's mark of a colour, which messages have where it ran with ``--color always`` or on a terminal."""


class EventLogError(Exception):
    """An event log can't be read; the message names the file, its line and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is done with a resource.

    Attributes:
        urn: of the resource.
        op: the engine's word: ``same``, ``create``, ``update``, ``replace``, ``delete``, ``read`` and others.
        changed: property path -> ``add``, ``update`` or ``delete``, as far as the provider says.
        because: the properties that ask for a replacement.
        before: inputs as the state has them; None of what isn't there yet. Secrets are ``[secret]`` in the log.
        after: inputs as the program has them; None of what is deleted.
        protected: whether the engine refuses to delete it.
        parent: URN of the component that it is part of; empty for none.
        id: the provider's, such as ``lt-0a1b``; empty before it is made.
        outputs: what the provider said of it, as the state has it; None of what isn't there yet.
    """

    urn: str
    op: str
    changed: Mapping[str, str] = field(default_factory=dict[str, str])
    because: tuple[str, ...] = ()
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    protected: bool = False
    parent: str = ""
    id: str = ""
    outputs: Mapping[str, Any] | None = None

    @property
    def type(self) -> str:
        """Such as ``aws:sqs/queue:Queue``."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Its logical name."""
        return self.urn.split("::", 3)[3]

    @property
    def is_told(self) -> bool:
        """Whether the engine counts it: a default provider it makes for itself."""
        made_by_itself = self.type.startswith("pulumi:providers:") and self.name.partition("_")[0] == "default"
        return self.op not in PARTS_OF_A_REPLACEMENT and not made_by_itself

    @property
    def is_destructive(self) -> bool:
        """Whether what was there is gone afterwards."""
        return self.op in DESTRUCTIVE

    @property
    def is_stateful(self) -> bool:
        """Whether it holds what can't be made again."""
        return is_stateful(self.type)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a stack costs a month, in USD.

    Attributes:
        before: what is known of it.
        after: the same after the change.
        unpriced: what changes and has no price here, such as ``ebs.gp3-gib 110 → 251``.
    """

    before: Decimal
    after: Decimal
    unpriced: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """All that one run of the engine said.

    Attributes:
        stack: its name; empty where the engine came to no resource.
        steps: one for each resource, in the engine's order.
        findings: of the policy packs.
        errors: what the engine, a provider or the program ended with.
        seconds: that it took, as the engine says.
        is_preview: nothing was changed.
        is_finished: the engine came to its end; else steps and findings are those until it stopped.
        base: the same stack before the change, judged by the same packs; None where that isn't known.
        controls: all that the packs have, where their catalogue was asked.
        cost: what that does to the stack's cost; None where nobody has estimated it.
    """

    stack: str
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    errors: tuple[str, ...]
    seconds: int
    is_preview: bool
    is_finished: bool
    base: Run | None = None
    controls: tuple[Control, ...] = ()
    cost: Cost | None = None

    @property
    def failed(self) -> bool:
        """Whether it is to be refused: a mandatory control is broken, or it didn't end well."""
        return bool(self.errors or self.at("mandatory")) or not self.is_finished

    @property
    def resources(self) -> int:
        """How many the stack has afterwards."""
        return sum(step.op not in {"delete", "discard"} for step in self.steps)

    @property
    def counts(self) -> Counter[str]:
        """Operation -> number of steps."""
        return Counter(step.op for step in self.steps)

    def destroyed(self) -> list[Step]:
        """What is deleted or replaced; what holds data first, then by operation and name."""
        found = (step for step in self.steps if step.is_destructive)
        return sorted(found, key=lambda step: (not step.is_stateful, step.op, step.type, step.name))

    def new(self) -> list[Finding]:
        """The findings that the base doesn't have, the gravest first; all of them where it isn't known."""
        known = {each.key for each in self.base.findings} if self.base else set[tuple[str, ...]]()
        return sorted((each for each in self.findings if each.key not in known), key=Finding.order)

    def at(self, level: str) -> list[Finding]:
        """The findings that count at this enforcement level, the gravest first."""
        return sorted((each for each in self.findings if each.level == level), key=Finding.order)


def read(file: Path) -> Run:
    """The run that an event log tells of.

    Raises:
        EventLogError: it isn't one, or it is cut off.
        OSError: it can't be read.
    """
    steps, findings, errors = dict[str, Step](), list[Finding](), list[str]()
    summary: Mapping[str, Any] = {}
    for number, event in enumerate(events(file), 1):
        try:
            if policy := event.get("policyEvent"):
                findings.append(Finding.of({**policy, "message": plain(policy.get("message", ""))}))
            elif before := event.get("resourcePreEvent"):
                if (step := step_of(before["metadata"])).is_told:
                    steps[step.urn] = step
            elif after := event.get("resOutputsEvent"):
                step = step_of(after["metadata"])
                if step.op != "refresh" and step.urn in steps and steps[step.urn].op == "refresh":
                    steps[step.urn] = step  # what a refresh found; it is known only then
            elif (said := event.get("diagnosticEvent")) and said["severity"] == "error":
                errors.append(plain(said["message"]).strip())
            summary = event.get("summaryEvent", summary)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise EventLogError(f"{file}:{number}: not an event of the engine: {error!r}") from error
    urns = [*steps, *(finding.urn for finding in findings if finding.urn)]
    return Run(
        stack=urns[0].split("::")[0].removeprefix("urn:pulumi:") if urns else "",
        steps=tuple(steps.values()),
        findings=tuple(findings),
        errors=tuple(each for each in errors if each),
        seconds=summary.get("durationSeconds", 0),
        is_preview=summary.get("isPreview", True),
        is_finished=bool(summary),
    )


def plain(message: str) -> str:
    """A message without colours."""
    return COLOR.sub("", message)


def events(file: Path) -> Iterator[Mapping[str, Any]]:
    """The events of a log, a line each.

    Raises:
        EventLogError: a line is no JSON object.
    """
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                event = json.loads(line)
            except json.JSONDecodeError as error:
                raise EventLogError(f"{file}:{number}: cut off, or no event log: {error}") from error
            if not isinstance(event, dict) or not any(is_of_engine(key) for key in event):
                raise EventLogError(f"{file}:{number}: no event; valid: a JSON object with the engine's fields")
            yield event


def is_of_engine(key: str) -> bool:
    """Whether a key is one of ``EngineEvent``: that of an event, or what each of them has."""
    return key.endswith("Event") or key in {"sequence", "timestamp"}


def step_of(metadata: Mapping[str, Any]) -> Step:
    """The step that an event announces."""
    old, new = metadata.get("old") or {}, metadata.get("new") or {}
    detailed: Mapping[str, Any] = metadata.get("detailedDiff") or {}
    changed = {path: kind["diffKind"].partition("-")[0] for path, kind in detailed.items()}
    return Step(
        urn=metadata["urn"],
        op=metadata["op"],
        changed=changed or dict.fromkeys(metadata.get("diffs") or (), "update"),
        because=tuple(metadata.get("keys") or ()),
        before=old.get("inputs"),
        after=new.get("inputs"),
        protected=bool(old.get("protect")),
        parent=(new or old).get("parent") or "",
        id=(new.get("id") or old.get("id")) or "",
        outputs=old.get("outputs"),
    )

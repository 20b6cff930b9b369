"""What the operator reads: a report for each fault, and one for each cause of questions that can't be decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from guardrails.model.control import Control, Level, Severity
from guardrails.model.resource import Resource

_GRAVEST = tuple(reversed(Severity))


@dataclass(frozen=True)
class Report:
    """What the operator reads about one control on one resource.

    Attributes:
        control: it.
        urn: of the resource; empty for the stack.
        level: what it does to the run.
        message: all of it, several lines.
        is_decided: whether an exemption is about it, expired or not.
    """

    control: Control
    urn: str
    level: Level
    message: str
    is_decided: bool = False


class OpenQuestions:
    """The questions that unknown values leave open, reported once for each cause.

    One unknown policy document alone leaves twenty, and each role of a stack may have one. Nothing is left out: a
    report names every control and every resource that it stands for, all of one family.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[Resource, str, Level, str], list[Report]] = {}

    def add(self, resource: Resource, path: str, reports: Iterable[Report]) -> None:
        """What can't be decided on a resource, since its property at ``path`` is not known."""
        for report in reports:
            family = report.control.id.partition("-")[0]
            self._open.setdefault((resource, path, report.level, family), []).append(report)

    def reports(self) -> Iterator[Report]:
        """One for each property of a type that leaves the same controls open, at each level.

        The gravest control speaks for the others, on the first resource by name.
        """
        alike: dict[object, list[tuple[Resource, list[Report]]]] = {}
        for (resource, path, level, _), reports in self._open.items():
            reports.sort(key=lambda report: (_GRAVEST.index(report.control.severity), report.control.id))
            ids = tuple(report.control.id for report in reports)
            alike.setdefault((resource.type, path, level, ids), []).append((resource, reports))
        for group in alike.values():
            (_, (spoken, *others)), *more = sorted(group, key=lambda each: each[0].name)
            message = spoken.message
            if others:
                message += f"\nOpen for the same reason: {', '.join(sorted(each.control.id for each in others))}."
            if more:
                message += f"\nThe same on {len(more)} more: {', '.join(resource.name for resource, _ in more)}."
            yield replace(spoken, message=message)

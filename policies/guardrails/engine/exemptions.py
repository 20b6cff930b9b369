"""Who may break which control, on which resource, why, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import yaml


class ExemptionsError(ValueError):
    """The file of exemptions is not valid; the message names the file and lists every problem."""


@dataclass(frozen=True)
class Exemption:
    """One exemption.

    Attributes:
        control: id of the control.
        resource: URN of the resource, ``*`` for any run of characters.
        reason: why it is acceptable.
        owner: who answers for it.
        expires: the last day on which it holds.
    """

    control: str
    resource: str
    reason: str
    owner: str
    expires: date

    def covers(self, control: str, urn: str) -> bool:
        """Whether it is about this control on this resource, expired or not."""
        return control == self.control and fnmatchcase(urn, self.resource)

    def concerns_stack(self, urn: str) -> bool:
        """Whether it may match a resource of the stack and project that ``urn`` belongs to."""
        stack_and_project = "::".join(urn.split("::")[:2])
        return fnmatchcase(stack_and_project, "::".join(self.resource.split("::")[:2]))


_KEYS = tuple(field.name for field in fields(Exemption))


def load_exemptions(path: Path, controls: Collection[str]) -> list[Exemption]:
    """Read the file; ``controls`` are the ids that exist.

    Raises:
        ExemptionsError: the file can't be read or breaks the form; lists every problem.
    """
    try:
        found: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        message = f"can't read the exemptions in {path}: {error}"
        raise ExemptionsError(message) from error
    entries: object = [] if found is None else found
    if not isinstance(entries, list):
        message = f"{path}: expected a list of exemptions, got {type(entries).__name__}"
        raise ExemptionsError(message)
    problems: list[str] = []
    exemptions = [
        exemption
        for index, entry in enumerate(cast("list[object]", entries))
        if (exemption := _read(entry, f"exemption {index + 1}", controls, problems)) is not None
    ]
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        message = f"{path} is not valid:\n{lines}"
        raise ExemptionsError(message)
    return exemptions


def _read(entry: object, where: str, controls: Collection[str], problems: list[str]) -> Exemption | None:
    if not isinstance(entry, Mapping):
        problems.append(f"{where}: expected the keys {', '.join(_KEYS)}, got {type(entry).__name__}")
        return None
    values = cast("Mapping[str, Any]", entry)
    before = len(problems)
    problems += [f"{where}: no such key {key!r}; valid are: {', '.join(_KEYS)}" for key in values if key not in _KEYS]
    for key in _KEYS[:-1]:
        text = values.get(key)
        if not isinstance(text, str) or not text.strip():
            problems.append(f"{where}: {key} is missing or empty")
    control = values.get("control")
    if isinstance(control, str) and control and control not in controls:
        problems.append(f"{where}: there is no control {control!r}")
    resource = values.get("resource")
    if isinstance(resource, str) and resource and not resource.startswith("urn:pulumi:"):
        problems.append(f"{where}: resource is a URN or a pattern for one, urn:pulumi:STACK::PROJECT::TYPE::NAME")
    expires = values.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        problems.append(f"{where}: expires is a date, such as 2027-01-31, got {expires!r}")
    return Exemption(**values) if len(problems) == before else None


class Exemptions:
    """The exemptions in force in one run, and which of them were needed."""

    def __init__(self, exemptions: Iterable[Exemption], today: date) -> None:
        self._all = list(exemptions)
        self._today = today
        self._used: set[Exemption] = set()

    def granted(self, control: str, urn: str) -> Exemption | None:
        """The exemption that holds today for this control on this resource."""
        return self._find(control, urn, expired=False)

    def expired(self, control: str, urn: str) -> Exemption | None:
        """An exemption that held until lately."""
        return self._find(control, urn, expired=True)

    def unused(self, urns: Collection[str]) -> list[Exemption]:
        """Those about the stack of these resources that nothing needed."""
        return [
            exemption
            for exemption in self._all
            if exemption not in self._used and any(exemption.concerns_stack(urn) for urn in list(urns)[:1])
        ]

    def _find(self, control: str, urn: str, *, expired: bool) -> Exemption | None:
        for exemption in self._all:
            if exemption.covers(control, urn) and (exemption.expires < self._today) == expired:
                self._used.add(exemption)
                return exemption
        return None

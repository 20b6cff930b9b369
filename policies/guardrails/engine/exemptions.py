"""Who may break which control, on which resource, why, and until when."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LONGEST = timedelta(days=366)
"""How far ahead an exemption may end; whoever needs it for longer decides again."""


class ExemptionsError(ValueError):
    """The file of exemptions is not valid; the message names the file and lists every problem by line."""


@dataclass(frozen=True)
class Exemption:
    """One exemption.

    Attributes:
        control: id of the control.
        resource: URN of the resource, ``*`` for any run of characters.
        reason: why it is acceptable.
        owner: who answers for it.
        expires: the last day on which it holds.
        finding: fingerprint of the one finding that it is about; empty for all of the control on the resource.
        line: of the file that has it, from 1.
    """

    control: str
    resource: str
    reason: str
    owner: str
    expires: date
    finding: str = ""
    line: int = field(default=0, compare=False)

    def covers(self, control: str, urn: str, finding: str) -> bool:
        """Whether it is about this finding of a control on a resource, expired or not."""
        return control == self.control and self.finding in ("", finding) and fnmatchcase(urn, self.resource)

    def concerns_stack(self, urn: str) -> bool:
        """Whether it may match a resource of the stack and project that ``urn`` belongs to."""
        stack_and_project = "::".join(urn.split("::")[:2])
        return fnmatchcase(stack_and_project, "::".join(self.resource.split("::")[:2]))


_OPTIONAL = "finding"
_KEYS = tuple(each.name for each in fields(Exemption) if each.compare and each.name != _OPTIONAL)


def load_exemptions(path: Path, controls: Collection[str], today: date) -> list[Exemption]:
    """Read the file; ``controls`` are the ids that exist.

    Raises:
        ExemptionsError: the file can't be read or breaks the form; lists every problem.
    """
    try:
        root = _composed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"can't read the exemptions in {path}: {error}"
        raise ExemptionsError(message) from error
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        message = f"{path}: got a {root.id}, valid: a list of exemptions, or [] for none"
        raise ExemptionsError(message)
    problems: list[str] = []
    entries = [(entry, _texts(entry, problems)) for entry in root.value]
    for entry, texts in entries:
        problems += _problems(texts, f"line {entry.start_mark.line + 1}", controls, today)
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        message = f"{path} is not valid:\n{lines}"
        raise ExemptionsError(message)
    return [
        Exemption(
            control=each["control"],
            resource=each["resource"],
            reason=each["reason"],
            owner=each["owner"],
            expires=date.fromisoformat(each["expires"]),
            finding=each.get(_OPTIONAL, ""),
            line=entry.start_mark.line + 1,
        )
        for entry, each in entries
    ]


BESIDE_THE_PACKS = Path(__file__).resolve().parents[2] / "exemptions.yaml"


def in_force(named: str, controls: Collection[str], today: date, usual: Path = BESIDE_THE_PACKS) -> list[Exemption]:
    """Those of a file.

    Args:
        named: the file, by the configuration, relative to the folder of the usual one; empty for that.
        controls: the ids that exist.
        today: in UTC.
        usual: the file that need not be there.

    Raises:
        ExemptionsError: the file is not valid, or is named and isn't there.
    """
    path = usual.parent / named if named else usual
    return load_exemptions(path, controls, today) if named or path.exists() else []


@lru_cache(maxsize=4)
def _composed(text: str) -> Any:
    """The nodes of a file, which nobody changes: the engine configures a pack in three steps, and each reads it."""
    return yaml.compose(text, yaml.SafeLoader)


def _texts(entry: yaml.Node, problems: list[str]) -> dict[str, str]:
    """The keys of one entry with their values as they are written."""
    found: dict[str, str] = {}
    for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
        where = f"line {key.start_mark.line + 1}: {key.value}"
        if key.value not in (*_KEYS, _OPTIONAL):
            problems.append(f"{where}: no such key; valid: {', '.join((*_KEYS, _OPTIONAL))}")
        elif key.value in found:
            problems.append(f"{where}: written twice in one exemption; valid: once")
        found[str(key.value)] = value.value if isinstance(value, yaml.ScalarNode) else ""
    return found


def _problems(texts: dict[str, str], where: str, controls: Collection[str], today: date) -> Iterator[str]:
    missing = [key for key in _KEYS if not texts.get(key, "").strip()]
    if missing:
        yield f"{where}: {', '.join(missing)} missing or empty; valid: an exemption with {', '.join(_KEYS)}"
    control = texts.get("control")
    if control and control not in controls:
        yield f"{where}: control: got {control!r}, valid: an id of docs/controls.md"
    resource = texts.get("resource", "")
    head, _, rest = resource.partition("::")
    if resource and not (head.startswith("urn:pulumi:") and re.search(r"\w", rest.partition("::")[2])):
        yield (
            f"{where}: resource: got {resource!r}, valid: urn:pulumi:STACK::PROJECT::TYPE::NAME, with * for any "
            "characters but not for the whole of TYPE::NAME"
        )
    if _OPTIONAL in texts and not re.fullmatch("[0-9a-f]{32}", texts[_OPTIONAL]):
        yield f"{where}: finding: got {texts[_OPTIONAL]!r}, valid: the fingerprint of smile report --format json"
    expires = texts.get("expires")
    if expires:
        yield from _problems_of_date(expires, f"{where}: expires: got {expires}", today + LONGEST)


def _problems_of_date(text: str, got: str, latest: date) -> Iterator[str]:
    try:
        if date.fromisoformat(text) > latest:
            yield f"{got}, valid: at most {LONGEST.days} days ahead, {latest} at the latest"
    except ValueError:
        yield f"{got}, valid: a day of the calendar, such as {latest}"


class Exemptions:
    """The exemptions in force in one run, and which of them were needed."""

    def __init__(self, exemptions: Iterable[Exemption], today: date) -> None:
        self._all = list(exemptions)
        self._today = today
        self._used: set[Exemption] = set()

    def granted(self, control: str, urn: str, finding: str = "") -> Exemption | None:
        """The exemption that holds today for this finding of a control on a resource."""
        return self._find(control, urn, finding, expired=False)

    def expired(self, control: str, urn: str, finding: str = "") -> Exemption | None:
        """An exemption for it that no longer holds."""
        return self._find(control, urn, finding, expired=True)

    def unused(self, urns: Collection[str]) -> list[Exemption]:
        """Those about the stack of these resources that nothing needed."""
        return [
            exemption
            for exemption in self._all
            if exemption not in self._used and any(exemption.concerns_stack(urn) for urn in list(urns)[:1])
        ]

    def _find(self, control: str, urn: str, finding: str, *, expired: bool) -> Exemption | None:
        for exemption in self._all:
            if exemption.covers(control, urn, finding) and (exemption.expires < self._today) == expired:
                self._used.add(exemption)
                return exemption
        return None

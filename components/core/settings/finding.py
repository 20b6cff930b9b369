"""What a rule over several settings says when it is broken, and how a program declares its rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from components.core.settings.problems import Path

SettingsT = TypeVar("SettingsT")


@dataclass(frozen=True)
class Finding:
    """A rule that a stack's settings break.

    Attributes:
        path: the setting to change.
        what: what was found.
        valid: what is valid instead.
        reads: the other settings that the rule looked at.
    """

    path: Path
    what: str
    valid: str
    reads: tuple[Path, ...] = ()


def lacking(path: Path, there: Collection[str], needed: Sequence[str]) -> Iterator[Finding]:
    """Entries that a program names, and that a setting lacks.

    Args:
        path: of the setting, whose entries have names.
        there: the names of its entries.
        needed: the names that the program uses.
    """
    if missing := [name for name in needed if name not in there]:
        yield Finding(path, f"lacks {', '.join(missing)}", f"at least {', '.join(needed)}")


Rule = Callable[[SettingsT], Iterator[Finding]]
"""Yields what breaks it."""


class Rules(list[Rule[SettingsT]], Generic[SettingsT]):
    """The rules of a program's settings; as a decorator it adds one."""

    def __call__(self, rule: Rule[SettingsT]) -> Rule[SettingsT]:
        """Add a rule."""
        self.append(rule)
        return rule

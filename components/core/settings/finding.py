"""What a rule over several settings says when it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from components.core.settings.problems import Path
from settings.stack import Settings


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


Rule = Callable[[Settings], Iterator[Finding]]
"""Yields what breaks it."""

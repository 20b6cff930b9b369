"""What is wrong with a stack's settings, said to the person who wrote them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where a value stands: ``("acme:network", "zones", 1)`` is ``acme:network.zones[1]``."""
SECRET = "[secret]"  # noqa: S105 - the opposite of one
"""What is shown in place of one."""
PRIVATE = "PRIVATE KEY-----"
"""What begins a private key in PEM, which somebody put where a public one belongs."""
LONGEST_SHOWN = 60


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake.

    Attributes:
        file: the file to correct; empty when the value stands in none.
        line: counted from 1; 0 when it isn't known: the value was given on the command line, or to a component.
        key: for instance ``acme:network.zones[1]``; empty when the mistake is about the whole file.
        what: what was found.
        valid: what is valid instead.
    """

    file: str
    line: int
    key: str
    what: str
    valid: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(
            filter(None, (place, self.key, f"{self.what}{'' if self.what.endswith('?') else ';'} valid: {self.valid}"))
        )


class SettingsError(Exception):
    """Settings can't be used; the message lists every reason.

    Args:
        whose: ``stack 'prod'``, or the name of a section that was built in code.
        problems: in any order.

    Attributes:
        problems: one for each mistake, in the order of the file.
    """

    def __init__(self, whose: str, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        counted = "1 mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"the settings of {whose} have {counted}; nothing was changed:\n{lines}")


class NoStackError(SettingsError):
    """There are no settings, for want of the stack; ``problems`` is empty."""

    def __init__(self, stack: str, known: Iterable[str]) -> None:
        super().__init__(stack, ())
        self.args = (no_stack(stack, known),)


def dotted(path: Path) -> str:
    """Write a path as in ``acme:network.zones[1]``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def shown(value: object) -> str:
    """Write a value for a message: short, and as in the file."""
    if isinstance(value, dict):
        return "a mapping"
    if value is None:
        return "nothing"
    if isinstance(value, str) and PRIVATE in value:
        return SECRET
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def suggestion(word: object, known: Iterable[str]) -> str:
    """``, did you mean X?`` for a word that is nearly a known one, else nothing."""
    names = list(known)
    if not isinstance(word, str) and str(word) in names:
        return f', did you mean "{word}", in quotes?'
    if word in names:  # right in itself, in the wrong place
        return ""
    near = difflib.get_close_matches(str(word), names, n=1)
    return f", did you mean {near[0]}?" if near else ""


def no_stack(stack: str | None, known: Iterable[str]) -> str:
    """Say that there is no such stack, and which there are: the one wording of every command."""
    hint = suggestion(stack or "", names := list(known))
    valid = f"{', '.join(names) or 'none yet'} (one Pulumi.STACK.yaml each)"
    return f"no stack {stack!r}{hint or ';'} valid: {valid}"


def unknown(what: str, word: object, known: Iterable[str]) -> str:
    """Say that a name isn't known, and which one may have been meant."""
    return f"unknown {what}{suggestion(word, known)}"

"""What a check says: what it found, what is needed, how to get it, and how bad it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from doctor.account import Account

Verdict = Literal["blocks", "warning", "not checked", "fine"]
SEVERITY: dict[Verdict, int] = {"fine": 0, "not checked": 1, "warning": 1, "blocks": 2}
"""Verdict -> exit code: what couldn't be looked at is never counted as fine."""
NOT_ASKED = "not asked: the credentials or the Region come first"
"""What is found of an account that isn't the stack's, or can't be reached."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """One answer of one check.

    Attributes:
        subject: what was looked at.
        verdict: ``blocks``: the next update fails; ``warning``: it comes up, and something won't work or will later;
            ``not checked``: AWS, GitHub or a registry did not say.
        found: what there is.
        needed: what the stack's settings ask for; empty where that is found.
        fix: how to get it, a command where there is one.
        check: name of the check; whoever runs it fills that in.
    """

    subject: str
    found: str
    verdict: Verdict = "blocks"
    needed: str = ""
    fix: str = ""
    check: str = ""

    def unless(self, holds: bool) -> Result:  # noqa: FBT001 - the one thing that it is about
        """``fine`` where what is needed holds, with what was found alone; this result else."""
        return fine(self.subject, self.found) if holds else self


def fine(subject: str, found: str) -> Result:
    """It is as the stack needs it."""
    return Result(subject=subject, found=found, verdict="fine")


def missing(wanted: Iterable[str], there: Iterable[str]) -> str:
    """The names of ``wanted`` that aren't ``there``, in one line; empty where all are."""
    return ", ".join(sorted({*wanted} - {*there}))


class Check(NamedTuple):
    """One check.

    Attributes:
        name: a word or two.
        look: yields results; what AWS refuses may end it.
        permissions: the IAM actions that it takes, by which a refusal is explained.
        in_account: whether it asks AWS: not with other credentials than the stack's.
        reads: settings that it goes by, such as ``cache.engine``; a program without has nothing that it looks at.
    """

    name: str
    look: Callable[[Account], Iterator[Result]]
    permissions: tuple[str, ...] = ()
    in_account: bool = True
    reads: tuple[str, ...] = ()

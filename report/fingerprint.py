"""What makes a finding the same one in the next run, whatever its words and its line are by then."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from report.finding import Finding

DIGITS = 32


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One for each finding of a run, no two alike.

    It is made of pack, control, resource and property, and of nothing else: a message that is worded better, a level or
    a line that changes leaves it. The stack isn't in it: a fault of the program is one fault, in however many stacks.
    Of several faults of a control at one property each has the number that it has among them.
    """
    parts = [(each.family, each.control, without_stack(each.urn), each.path) for each in findings]
    seen = Counter[tuple[str, ...]]()
    made: list[str] = []
    for part in parts:
        seen[part] += 1
        made.append(digest((*part, str(seen[part]))))
    return made


def digest(parts: Sequence[str]) -> str:
    """A hash in which it matters where one part ends and the next begins."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:DIGITS]


def without_stack(urn: str) -> str:
    """``PROJECT::TYPES::NAME`` of a URN."""
    return urn.partition("::")[2]

"""One name, many spellings: `vpcSecurityGroupIds`, `VPCSecurityGroups`, `vpc_security_group_ids`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_NOISE = re.compile(r"[^a-z0-9]")


def words(text: str) -> frozenset[str]:
    """The names in `text`, which blanks separate."""
    return frozenset(text.split())


@lru_cache(maxsize=16384)
def plain(name: str) -> str:
    """`name` in lower case, without punctuation."""
    return _NOISE.sub("", name.lower())


@lru_cache(maxsize=16384)
def singular(name: str) -> str:
    """`name` plain and without a plural ending."""
    word = plain(name)
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def spellings(name: str, owners: Iterable[str] = ()) -> list[str]:
    """Ways `name` is written elsewhere, the surest first: whole, then without its owner's name in front."""
    forms = [singular(name)]
    for owner in sorted({plain(owner) for owner in owners if owner}, key=len, reverse=True):
        if forms[0].startswith(owner) and len(forms[0]) > len(owner):
            forms.append(forms[0][len(owner) :])
    return forms


def pairs(ours: Iterable[str], theirs: Iterable[str], owners: Iterable[str]) -> Mapping[str, str]:
    """Which of `theirs` each of `ours` is, by name; only where the answer is unique."""
    owners = list(owners)
    exact = {singular(name): name for name in theirs}
    stripped: dict[str, set[str]] = {}
    for name in exact.values():
        for form in spellings(name, owners)[1:]:
            stripped.setdefault(form, set()).add(name)
    found: dict[str, str] = {}
    for name in ours:
        forms = spellings(name, owners)
        match = next((exact[form] for form in forms if form in exact), None)
        if match is None:
            near = next((stripped[form] for form in forms if form in stripped), set[str]())
            match = next(iter(near)) if len(near) == 1 else None
        if match is not None:
            found[name] = match
    return found

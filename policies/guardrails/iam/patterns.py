"""IAM wildcards: ``*`` is any run of characters, ``?`` exactly one, nothing else is special."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_PLACEHOLDER = "\0"
"""Stands for a name nobody would write, so that only a wildcard matches it."""

_ARN_PARTS = 6


@lru_cache(maxsize=8192)
def _matcher(pattern: str) -> Callable[[str], object]:
    """What tells whether a text is covered; most patterns are a text, or one with ``*`` after it, and need no regex."""
    head = pattern.rstrip("*")
    if not has_wildcard(head):
        return pattern.__eq__ if head == pattern else lambda text: text.startswith(head)
    parts = (".*" if run[0] == "*" else run.replace("?", ".") if run[0] == "?" else re.escape(run)
             for run in re.findall(r"\*+|\?+|[^*?]+", pattern))  # fmt: skip
    return re.compile("".join(parts), re.DOTALL).fullmatch


def matches(pattern: str, text: str) -> bool:
    """Whether ``pattern`` covers ``text``, letter for letter, as in ARNs."""
    return bool(_matcher(pattern)(text))


def matches_action(pattern: str, text: str) -> bool:
    """Whether ``pattern`` covers ``text`` whatever the case, as in actions."""
    return bool(_matcher(pattern.lower())(text.lower()))


def has_wildcard(pattern: str) -> bool:
    """Whether the pattern covers more than itself, policy variables apart."""
    return "*" in pattern or "?" in pattern


def is_any_action(pattern: str) -> bool:
    """Whether the pattern covers every action of every service: ``*``, ``*:*``."""
    return "*" in pattern and not pattern.strip("*:")


def is_any_arn(pattern: str) -> bool:
    """Whether the pattern covers every ARN: ``*``, ``arn:aws:*:*:*:*``."""
    if not pattern.startswith("arn:"):
        return "*" in pattern and not pattern.strip("*:")
    return "*" in pattern and not "".join(pattern.split(":")[2:]).strip("*")


@lru_cache(maxsize=8192)
def overlap(one: str, other: str) -> bool:
    """Whether some text is covered by both patterns."""
    reached = {(0, 0)}
    seen: set[tuple[int, int]] = set()
    while reached:
        i, j = state = reached.pop()
        if state in seen:
            continue
        seen.add(state)
        a, b = one[i : i + 1], other[j : j + 1]
        if not a and not b:
            return True
        if a == "*":
            reached |= {(i + 1, j)} | ({(i, j + 1)} if b else set())
        if b == "*":
            reached |= {(i, j + 1)} | ({(i + 1, j)} if a else set())
        if a and b and a != "*" and b != "*" and (a == b or "?" in {a, b}):
            reached.add((i + 1, j + 1))
    return False


def fits_format(resource: str, arn_format: str) -> bool:
    """Whether the ARN pattern of a policy can name a resource of ``arn_format``.

    ``arn_format`` is as AWS documents it, ``arn:${Partition}:s3:::${BucketName}``.
    """
    if is_any_arn(resource):
        return True
    given, wanted = _parts(resource, "*"), _parts(arn_format, "*")
    if wanted[2] == "s3" and wanted[5] == "*" and "/" in given[5]:
        return False  # a bucket's name holds no slash: this names objects
    return all(overlap(mine, theirs) for mine, theirs in zip(given, wanted, strict=True))


def covers_format(resource: str, arn_format: str) -> bool:
    """Whether the ARN pattern of a policy names every resource of ``arn_format``, in one account and region or all."""
    if is_any_arn(resource):
        return True
    given, wanted = _parts(resource, ""), _parts(arn_format, _PLACEHOLDER)
    return matches(given[2], wanted[2]) and matches(given[5], wanted[5])


def _parts(arn: str, variable: str) -> list[str]:
    """The six parts of an ARN or a pattern, its policy variables replaced; IAM completes a short one with wildcards."""
    parts = _VARIABLE.sub(variable, arn).split(":", _ARN_PARTS - 1)
    return parts + ["*"] * (_ARN_PARTS - len(parts))

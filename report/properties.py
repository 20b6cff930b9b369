"""A resource's properties one by one, as text: what is new, gone or other, and no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from report.run import Step
from report.values import CREDENTIALS, LOOKS_SECRET, SECRET, UNKNOWN, is_marked, is_named_secret, opened

INNER = frozenset({"__defaults"})
"""Keys of the SDK, which nobody wrote."""
LONGEST = 400
"""Characters of a value; what is longer is cut and its length said."""
PLAIN = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, kw_only=True)
class Property:
    """A value that changes; ``before`` or ``after`` is empty where there is none."""

    path: str
    before: str
    after: str


def properties(step: Step) -> Iterator[Property]:
    """What is new, gone or other; a secret that changes says so and nothing else."""
    if step.op == "same":
        return
    before, after = map(dict, map(leaves, compared(step.before, step.after)))
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    hidden = [path for path in step.changed if not any(is_near(each, path) for each in changed)]
    own = [each for each in [*changed, *hidden] if not each.startswith("tagsAll")]
    for path in own or [*changed, *hidden]:
        yield Property(path=path, before=before.get(path, ""), after=after.get(path, ""))


def is_near(path: str, other: str) -> bool:
    """Whether one of two paths is the other, or a part of what lies there."""
    outer, inner = sorted((path, other), key=len)
    return inner == outer or inner.startswith((f"{outer}.", f"{outer}["))


def compared(old: Any, new: Any) -> tuple[Any, Any]:
    """Two values with documents opened, and of lists of names what is gone and what is new."""
    return by_name(*opened(old, new))


def by_name(old: Any, new: Any) -> tuple[Any, Any]:
    """Of lists of names in two values that differ, those on one side alone: one more would move all that follow."""
    match old, new:
        case {**before}, {**after}:
            both = {name: by_name(before[name], after[name]) for name in before.keys() & after.keys()}
            return (
                {name: both[name][0] if name in both else each for name, each in before.items()},
                {name: both[name][1] if name in both else each for name, each in after.items()},
            )
        case [*before], [*after] if all(isinstance(each, str) and not is_marked(each) for each in (*before, *after)):
            gone, added = alone(before, after), alone(after, before)
            return (gone, added) if gone or added else (old, new)
        case [*before], [*after] if len(before) == len(after):
            pairs = [by_name(*pair) for pair in zip(before, after, strict=True)]
            return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        case _:
            return old, new


def alone(names: list[str], others: list[str]) -> str | None:
    """Those that the others don't have."""
    return ", ".join(each for each in names if each not in others) or None


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path -> value of everything in a resource's inputs, as far down as they go."""
    match value:
        case _ if is_marked(value) or (path and value is not None and LOOKS_SECRET.search(path)):
            yield path, SECRET
        case {**inner} if inner:
            for name, each in inner.items():
                if name not in INNER:
                    hidden = name == "value" and is_named_secret(inner)
                    yield from leaves(SECRET if hidden else each, below(path, str(name)))
        case [*inner] if inner:
            for number, each in enumerate(inner):
                yield from leaves(each, f"{path}[{number}]")
        case None:
            return
        case _ if path:
            yield path, written(value)
        case _:  # nothing at all is asked for
            return


def below(path: str, name: str) -> str:
    """The path of a part, as the engine writes it."""
    if not PLAIN.fullmatch(name):
        return f"{path}[{json.dumps(name)}]"
    return f"{path}.{name}" if path else name


def written(value: Any) -> str:
    """A value as text; empty ones are seen too."""
    if value == UNKNOWN:
        return "not known yet"
    text = value if isinstance(value, str) and value else json.dumps(value)
    text = CREDENTIALS.sub(f"://{SECRET}@", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text):,} characters)"

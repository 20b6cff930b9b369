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
    before, after = map(dict, map(leaves, opened(step.before, step.after)))
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    hidden = [path for path in step.changed if not any(each.startswith(path) for each in changed)]
    own = [each for each in [*changed, *hidden] if not each.startswith("tagsAll")]
    for path in own or [*changed, *hidden]:
        yield Property(path=path, before=before.get(path, ""), after=after.get(path, ""))


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

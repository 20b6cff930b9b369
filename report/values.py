"""A property before and after, where it can be said in a few characters and is no secret."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from report.run import Step

SECRET = "[secret]"  # noqa: S105 - what stands for one
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of a value that isn't plain, such as a secret (as in ``pulumi.runtime.rpc``)."""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that only deployment tells (as in ``pulumi.runtime.rpc``)."""
LOOKS_SECRET = re.compile(r"password|passphrase|secret|token|credential|private_?key|api_?key", re.IGNORECASE)
CREDENTIALS = re.compile(r"://[^/\s]*:[^/\s]*@")
"""A user with a password, in a URL."""
PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)')
"""Of a path, as the engine writes it: ``a.b[0]["c.d"]``."""
LONGEST = 60


def changes(step: Step, path: str) -> list[tuple[str, str, str]]:
    """Paths at or below a property with their two values, but for what is long, a secret, or on one side alone."""
    if LOOKS_SECRET.search(path):
        return []
    owner = path.rpartition(".")[0]  # of an environment variable, which is named beside its value
    if owner and any(is_named_secret(at(inputs, owner)) for inputs in (step.before, step.after)):
        return []
    return list(differences(*opened(at(step.before, path), at(step.after, path)), path))


def opened(old: Any, new: Any) -> tuple[Any, Any]:
    """Two values, in which JSON documents that differ, such as policies, are what they say, to be compared by part."""
    match old, new:
        case {**before}, {**after}:
            both = {name: opened(before[name], after[name]) for name in before.keys() & after.keys()}
            return (
                {name: both[name][0] if name in both else each for name, each in before.items()},
                {name: both[name][1] if name in both else each for name, each in after.items()},
            )
        case [*before], [*after]:
            pairs = [opened(*pair) for pair in zip(before, after, strict=False)]
            return (
                [*(pair[0] for pair in pairs), *before[len(pairs) :]],
                [*(pair[1] for pair in pairs), *after[len(pairs) :]],
            )
        case str(), str() if old != new and (documents := [document(old), document(new)]) and all(documents):
            return documents[0], documents[1]
        case _:
            return old, new


def document(text: str) -> Any:
    """What a text says that is a JSON object or list with something in it; None for any other."""
    try:
        return json.loads(text) if text.lstrip()[:1] in {"{", "["} else None
    except ValueError:
        return None


def at(inputs: Mapping[str, Any] | None, path: str) -> Any:
    """What lies at a path; a secret where the path leads into one; None where there is nothing."""
    here: Any = inputs
    for quoted, index, name in PART.findall(path):
        if is_marked(here):
            return here
        if isinstance(here, list) and index and int(index) < len(cast("list[Any]", here)):
            here = here[int(index)]
        elif isinstance(here, dict):
            here = cast("dict[str, Any]", here).get(quoted or name)
        else:
            return None
    return here


def differences(before: Any, after: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """The texts, numbers and truth values that differ."""
    if is_marked(before) or is_marked(after) or LOOKS_SECRET.search(path):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        old, new = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
        if is_named_secret(old) or is_named_secret(new):
            return
        for key in sorted(old.keys() & new.keys()):
            yield from differences(old[key], new[key], f"{path}.{key}")
    elif before is not None and after is not None and (isinstance(before, list) or isinstance(after, list)):
        # a policy has one action with or without brackets
        yield from differences_of_lists(as_list(before), as_list(after), path)
    elif before != after and (was := text(before)) and (now := text(after)):
        yield path, was, now


def differences_of_lists(before: list[Any], after: list[Any], path: str) -> Iterator[tuple[str, str, str]]:
    """Of names, such as actions, or statements those that are gone and those that are new; else part by part."""
    if any(map(is_marked, (*before, *after))):
        return
    gone, new = ([each for each in one if each not in other] for one, other in ((before, after), (after, before)))
    if all(isinstance(each, str) for each in (*before, *after)):
        if gone or new:
            yield path, names(gone), names(new)
    elif len(before) != len(after) and all(is_statement(each) for each in (*before, *after)):
        yield path, statements(gone), statements(new)
    elif len(before) == len(after):
        for number, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}[{number}]")


def as_list(value: Any) -> list[Any]:
    """A value as the list that it stands for; no value as none."""
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def is_statement(value: Any) -> bool:
    """Whether it is one of a policy's."""
    return isinstance(value, dict) and "Effect" in value


def statements(given: list[dict[str, Any]]) -> str:
    """What statements say: effect, actions, resources; principals and conditions are left to the whole diff."""
    said = [
        f"{each['Effect']} {words(each, 'Action', 'NotAction')} on {words(each, 'Resource', 'NotResource')}"
        + (" under conditions" if each.get("Condition") else "")
        for each in given
    ]
    return "; ".join(said) or "nothing"


def words(statement: dict[str, Any], name: str, inverse: str) -> str:
    """The values of an element, or those that it leaves out, as far as they are short."""
    found = as_list(statement.get(name, statement.get(inverse)))
    shown = names([text(each) or "a long name" for each in found])
    return f"all but {shown}" if inverse in statement else shown


def names(given: list[str]) -> str:
    """Some of a list, or how many where that is shorter."""
    return text(", ".join(given)) or (f"{len(given)} value{'' if len(given) == 1 else 's'}" if given else "nothing")


def text(value: Any) -> str:
    """A value as it is shown; empty where it isn't."""
    if not isinstance(value, str | int | float):
        return ""
    said = "not known yet" if value == UNKNOWN else str(value).lower() if isinstance(value, bool) else str(value)
    return said if len(said) <= LONGEST and not CREDENTIALS.search(said) else ""


def is_named_secret(here: Any) -> bool:
    """Whether it is a name with its value, and the name says that the value is a secret."""
    return isinstance(here, dict) and bool(LOOKS_SECRET.search(str(cast("dict[str, Any]", here).get("name", ""))))


def is_marked(here: Any) -> bool:
    """Whether the engine says that it is a secret."""
    return here == SECRET or (isinstance(here, dict) and SIGNATURE in here)

"""A property before and after, where it can be said in a few characters and is no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from report.run import Step

SECRET = "[secret]"  # noqa: S105 - what stands for one
SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key of a value that isn't plain, such as a secret (as in ``pulumi.runtime.rpc``)."""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What stands for a value that only deployment tells (as in ``pulumi.runtime.rpc``)."""
LOOKS_SECRET = re.compile(r"password|passphrase|secret|token|credential|private_?key|api_?key", re.IGNORECASE)
PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.\[\]]+)')
"""Of a path, as the engine writes it: ``a.b[0]["c.d"]``."""
LONGEST = 60


def change(step: Step, path: str) -> tuple[str, str] | None:
    """The two values; None where there is nothing short to show, or one of them is a secret."""
    before, after = value(step.before, path), value(step.after, path)
    if before is None or after is None or before == after or SECRET in {before, after}:
        return None
    return before, after


def value(inputs: Mapping[str, Any] | None, path: str) -> str | None:
    """A number, a text or a truth value; None for what is long, a structure, or not there."""
    here: Any = inputs
    for quoted, index, name in PART.findall(path):
        if is_marked(here):
            return SECRET
        if isinstance(here, list) and index and int(index) < len(cast("list[Any]", here)):
            here = here[int(index)]
        elif isinstance(here, dict):
            here = cast("dict[str, Any]", here).get(quoted or name)
        else:
            return None
    if is_marked(here) or (here is not None and LOOKS_SECRET.search(path)):
        return SECRET
    if not isinstance(here, str | int | float):
        return None
    text = "not known yet" if here == UNKNOWN else str(here).lower() if isinstance(here, bool) else str(here)
    return text if 0 < len(text) <= LONGEST else None


def is_marked(here: Any) -> bool:
    """Whether the engine says that it is a secret."""
    return here == SECRET or (isinstance(here, dict) and SIGNATURE in here)

"""Text of others in GitHub's Markdown (https://github.github.com/gfm/), where it stands for nothing but itself."""

from __future__ import annotations

import re
from functools import lru_cache
from textwrap import shorten

ACTIVE = re.compile(r"[\\`*_\[\]|~]")
"""What begins or ends emphasis, code, links, pictures or cells; a backslash before it takes that away."""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>$</span>", "@": "@&#8203;", "#": "#&#8203;"}
"""HTML, formulas, and names that GitHub would notify or link: people, teams, issues."""
LONGEST_TEXT, LONGEST_NAME = 400, 160
"""Characters of a sentence and of a name; the sentence may take twice as many when it is written so."""


def plain(text: str, longest: int) -> str:
    """On one line, without what can't be seen (such as a change of direction), and not too long."""
    seen = text if text.isprintable() else "".join(each if each.isprintable() else " " for each in text)
    return shorten(seen, longest, placeholder=" ...") if len(seen) > longest else " ".join(seen.split())


@lru_cache(4096)
def prose(text: str, longest: int = LONGEST_TEXT) -> str:
    """A sentence."""
    marked = ACTIVE.sub(r"\\\g<0>", plain(text, longest))
    marked = re.sub(r"[&<>$@#]", lambda found: ENTITIES[found[0]], marked)
    return prose(text, longest // 2) if len(marked) > 2 * LONGEST_TEXT else marked


@lru_cache(4096)
def code(text: str, longest: int = LONGEST_NAME) -> str:
    """A name or a value, in a fence that it doesn't contain."""
    shown = re.sub("`{4,}", "```", plain(text, longest))
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    room = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{ticks}{room}{shown}{room}{ticks}"

"""Plans of ``smile deploy``: where they are kept, when pulumi could not keep to one, and what it says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

EXCEEDED = "violates plan: properties changed:"
"""What the engine says where a plan no longer fits; values follow, secret ones in plain text too."""
WITHHELD = "the rest of what pulumi said is withheld: it has the values in it. Make a new plan, and have it approved"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
"""How the engine marks a value that is another resource; its id is empty in a plan where it isn't known yet."""


def plan_of(root: Path, stack: str) -> Path:
    """Where the plan is."""
    return root / ".smile" / "plans" / f"{stack}.json"


def events_of(root: Path, stack: str) -> Path:
    """What the preview of the plan did, event by event, for ``smile report --events``."""
    return plan_of(root, stack).with_name(f"{stack}.events.json")


def without_values(lines: Iterable[str]) -> Iterator[str]:
    """What pulumi says, up to the first value that a plan did not foresee: it may be secret, and of several lines."""
    for line in lines:
        said, exceeded, _ = line.partition(EXCEEDED)
        if exceeded:
            yield f"{said}{exceeded} {WITHHELD}\n"
            break
        yield line
    for _ in lines:  # read to its end, or pulumi would wait for ever
        pass


def unplannable(plan: Path) -> list[str]:
    """Components that give out a resource that is yet to be made, such as a cluster.

    In the middle of the update pulumi would take the id that AWS draws for a breach of the plan. What runs in a cluster
    can't be foreseen either before it is there.
    """
    resources: dict[str, Any] = json.loads(plan.read_text())["resourcePlans"]
    return sorted(urn.rpartition("::")[2] for urn, each in resources.items() if has_unknown_id(each.get("state")))


def has_unknown_id(value: object) -> bool:
    """Whether a value is, or has in it, a resource whose id isn't known."""
    if isinstance(value, dict):
        inside = cast("dict[str, object]", value)
        unknown = REFERENCE in inside.values() and not inside.get("id")
        return unknown or any(has_unknown_id(each) for each in inside.values())
    return isinstance(value, list) and any(has_unknown_id(each) for each in cast("list[object]", value))

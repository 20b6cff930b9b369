"""Instance types of EC2, as far as their names tell."""

from __future__ import annotations

import re

_SMALL = {"nano": 2, "micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}
_METAL = 96
"""As most whole machines have; all have more than a node is likely to be meant to have."""


def vcpus(instance_type: str) -> int | None:
    """How many vCPUs an instance type has, as AWS's naming tells; None for a name that tells nothing."""
    size = instance_type.partition(".")[2]
    if size.startswith("metal"):
        return _METAL
    many = re.fullmatch(r"(\d+)xlarge", size)
    if many:
        return 4 * int(many[1])
    return 1 if _is_single(instance_type) else _SMALL.get(size)


def _is_single(instance_type: str) -> bool:
    """The few with one vCPU: the oldest small ones, and medium ones with Graviton that aren't burstable."""
    family, _, size = instance_type.partition(".")
    if family == "t2":
        return size in {"nano", "micro", "small"}
    return size == "medium" and (family in {"a1", "m1", "m3"} or re.fullmatch(r"[cmrx]\d+g\w*", family) is not None)

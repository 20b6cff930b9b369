"""Node groups: what their nodes are, by themselves or through a launch template; and the size of instance types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from guardrails.model.resource import Resource
from guardrails.services.instances import disks, template_of

_SMALL = {"nano": 2, "micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}
_METAL = 96
"""As most whole machines have; all have more than a node is likely to be meant to have."""


def instance_types(group: Resource) -> Iterator[tuple[str, str]]:
    """Each instance type of a node group, with its path; that of its launch template where it names none.

    Raises:
        UndeterminedError: one is not known yet, or the template is not of this stack.
    """
    stated: list[Any] = group.known("instanceTypes", [])
    yield from ((f"instanceTypes[{index}]", str(each)) for index, each in enumerate(stated))
    if not stated:
        template = template_of(group)
        found = template.get("instanceType") if template else "t3.medium"  # EKS's own choice
        if found:
            yield "launchTemplate" if template else "instanceTypes", str(found)


def disk_sizes(group: Resource) -> Iterator[tuple[str, int]]:
    """The size of each disk of a node, GiB, with its path; EKS gives 20 where nothing is said.

    Raises:
        UndeterminedError: one is not known yet, or the template is not of this stack.
    """
    template = template_of(group)
    if template is None:
        yield "diskSize", int(group.get("diskSize", 20))
        return
    for disk in disks(template):
        size = template.get(f"{disk}.volumeSize")
        if size is not None:
            yield "launchTemplate", int(size)


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

"""Node groups: what their nodes are, by themselves or through a launch template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws_facts.eks_versions import DEFAULT_DISK_GIB, DEFAULT_INSTANCE_TYPE
from guardrails.model.resource import Resource
from guardrails.services.instances import disks, template_of


def instance_types(group: Resource) -> Iterator[tuple[str, str]]:
    """Each instance type of a node group, with its path; that of its launch template where it names none.

    Raises:
        UndeterminedError: one is not known yet, or the template is not of this stack.
    """
    stated: list[Any] = group.known("instanceTypes", [])
    yield from ((f"instanceTypes[{index}]", str(each)) for index, each in enumerate(stated))
    if not stated:
        template = template_of(group)
        found = template.get("instanceType") if template else DEFAULT_INSTANCE_TYPE
        if found:
            yield "launchTemplate" if template else "instanceTypes", str(found)


def disk_sizes(group: Resource) -> Iterator[tuple[str, int]]:
    """The size of each disk of a node, GiB, with its path; EKS gives 20 where nothing is said.

    Raises:
        UndeterminedError: one is not known yet, or the template is not of this stack.
    """
    template = template_of(group)
    if template is None:
        yield "diskSize", int(group.number("diskSize", DEFAULT_DISK_GIB))
        return
    for disk in disks(template):
        if template.has(f"{disk}.volumeSize"):
            yield "launchTemplate", int(template.number(f"{disk}.volumeSize", 0))

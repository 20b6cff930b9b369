"""A group of nodes of a cluster: how many, of which types, labelled and tainted how."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from aws_facts.eks_versions import AMI_TYPES, AmiType
from components.core.settings.field import About, one_of, setting
from components.core.settings.section import Section

Capacity = Literal["ON_DEMAND", "SPOT"]
TaintEffect = Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]

SMALLEST_GIB, LARGEST_GIB = 20, 16_384
"""What the image of Amazon Linux 2023 needs, and the largest gp3 volume that every Region has."""
MOST_NODES = 450
"""Of one managed group, until AWS raises the quota: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"""
LABEL = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LABEL_KEY = rf"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?{LABEL}$"
LABEL_FORM = "up to 63 letters, digits and . _ -, beginning and ending with a letter or digit"
LabelKey = Annotated[str, StringConstraints(pattern=LABEL_KEY, max_length=317)]
LabelValue = Annotated[str, StringConstraints(pattern=rf"^({LABEL})?$")]
InstanceType = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]


def at_least_one(types: tuple[str, ...]) -> tuple[str, ...]:
    """Let no empty list pass.

    Raises:
        ValueError: it is empty.
    """
    if not types:
        raise ValueError("")
    return types


class Taint(Section):
    """What keeps pods off a node that don't tolerate it."""

    key: LabelKey = setting("workload", "its name", About(valid=f"{LABEL_FORM}, after a DNS name and / at will"))
    value: LabelValue = setting("", "its value", About(valid=LABEL_FORM))
    effect: TaintEffect = setting("NO_SCHEDULE", "what happens to such pods", one_of(get_args(TaintEffect)))


class NodeGroup(Section):
    """Nodes of one kind, in every zone."""

    ami_type: AmiType = setting(
        AMI_TYPES[0],
        "the image of its nodes, all of Amazon Linux 2023; it must fit the processor of the instance types",
        one_of(AMI_TYPES),
    )
    min_nodes: int = setting(
        2,
        "fewest nodes",
        About(
            unit="nodes",
            valid=f"1 to {MOST_NODES}, max_nodes at most",
            source="https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html",
        ),
        ge=1,
        le=MOST_NODES,
    )
    max_nodes: int = setting(
        4,
        "most nodes",
        About(
            unit="nodes",
            valid=f"min_nodes to {MOST_NODES}",
            source="https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html",
        ),
        ge=1,
        le=MOST_NODES,
    )
    instance_types: Annotated[tuple[InstanceType, ...], AfterValidator(at_least_one)] = setting(
        ("m5.large",),
        "the types that it may have, the wanted one first; several where they are spot instances",
        About(valid="types of EC2, such as m5.large; at least one"),
    )
    volume_gib: int = setting(
        50,
        "disk of each node",
        About(
            unit="GiB",
            valid=f"{SMALLEST_GIB} to {LARGEST_GIB}",
            source="https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html",
        ),
        ge=SMALLEST_GIB,
        le=LARGEST_GIB,
    )
    capacity: Capacity = setting(
        "ON_DEMAND",
        "how instances are bought; spot ones may go at two minutes' notice",
        one_of(get_args(Capacity)),
    )
    labels: dict[LabelKey, LabelValue] = setting(
        {},
        "labels of its nodes, by which pods select them",
        About(valid=f"name -> value: {LABEL_FORM}"),
    )
    taints: tuple[Taint, ...] = setting(
        (),
        "taints of its nodes: only pods that tolerate them run there",
        About(valid="key, value and effect of each"),
    )

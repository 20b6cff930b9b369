"""The groups of nodes of a cluster: how many, of which types, labelled and tainted how."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast, get_args

from pydantic import StringConstraints

from aws_facts.ec2_instance_types import NODE_TYPES
from components.core.settings.field import About, Section, among, one_of, setting

ApplicationGroup = Literal["web", "api", "batch"]
DataGroup = Literal["compute", "memory", "gpu"]
Capacity = Literal["ON_DEMAND", "SPOT"]
TaintEffect = Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]

SMALLEST_GIB, LARGEST_GIB = 30, 100
MOST_NODES = 450
"""EKS manages as many nodes in a group, until AWS raises the quota."""
LABEL = r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"
LABEL_KEY = rf"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?{LABEL}$"
LABEL_FORM = "up to 63 letters, digits and . _ -, beginning and ending with a letter or digit"
LabelKey = Annotated[str, StringConstraints(pattern=LABEL_KEY, max_length=317)]
LabelValue = Annotated[str, StringConstraints(pattern=rf"^({LABEL})?$")]


class Taint(Section):
    """What keeps pods off a node that don't tolerate it."""

    key: LabelKey = setting("workload", "its name", About(valid=f"{LABEL_FORM}, after a DNS name and / at will"))
    value: LabelValue = setting("", "its value", About(valid=LABEL_FORM))
    effect: TaintEffect = setting("NO_SCHEDULE", "what happens to such pods", one_of(get_args(TaintEffect)))


class NodeGroup(Section):
    """Nodes of one kind, in every zone."""

    min_nodes: int = setting(
        2,
        "fewest nodes",
        About(unit="nodes", valid=f"1 to {MOST_NODES}, max_nodes at most"),
        ge=1,
        le=MOST_NODES,
    )
    max_nodes: int = setting(
        50,
        "most nodes",
        About(unit="nodes", valid=f"min_nodes to {MOST_NODES}"),
        ge=1,
        le=MOST_NODES,
    )
    instance_types: tuple[Annotated[str, among(NODE_TYPES)], ...] = setting(
        ("m5.large",),
        "the types that it may have, the wanted one first; several where they are spot instances",
        one_of(NODE_TYPES),
    )
    volume_gib: int = setting(
        100,
        "disk of each node",
        About(unit="GiB", valid=f"{SMALLEST_GIB} to {LARGEST_GIB}"),
        ge=SMALLEST_GIB,
        le=LARGEST_GIB,
    )
    capacity: Capacity = setting(
        "ON_DEMAND",
        "how instances are bought; spot ones may go at two minutes' notice, so only in the group batch",
        one_of(get_args(Capacity)),
    )
    labels: dict[LabelKey, LabelValue] = setting(
        {},
        "labels of its nodes, besides workload, which is the group's name",
        About(valid=f"name -> value: {LABEL_FORM}"),
    )
    taints: tuple[Taint, ...] = setting(
        (),
        "taints of its nodes; batch, compute, memory and gpu have one that is called workload",
        About(valid="key, value and effect of each"),
    )


def tainted(name: str) -> tuple[Taint, ...]:
    """The taint of a group that only its own kind of pods may use."""
    return (Taint(value=name),)


APPLICATION_GROUPS: dict[ApplicationGroup, NodeGroup] = {
    "web": NodeGroup(instance_types=("m5.large",), volume_gib=30),
    "api": NodeGroup(instance_types=("m5.xlarge",), volume_gib=50),
    "batch": NodeGroup(instance_types=("c5.2xlarge",), taints=tainted("batch")),
}
DATA_GROUPS: dict[DataGroup, NodeGroup] = {
    "compute": NodeGroup(min_nodes=1, max_nodes=20, instance_types=("r5.large",), taints=tainted("compute")),
    "memory": NodeGroup(min_nodes=1, max_nodes=20, instance_types=("r5.xlarge",), taints=tainted("memory")),
}
GPU_GROUP = NodeGroup(min_nodes=1, max_nodes=2, instance_types=("g5.xlarge",), taints=tainted("gpu"))


def over_defaults(given: Any, defaults: dict[str, NodeGroup], optional: dict[str, NodeGroup]) -> Any:
    """A stack says of a group only what is different; the documented groups are always there, in their order."""
    if not isinstance(given, dict):
        return given
    groups = cast("dict[Any, Any]", given)
    merged: dict[Any, Any] = {name: group.model_dump() for name, group in defaults.items()}
    for name, group in groups.items():
        base = merged.get(name) or (optional[name].model_dump() if name in optional else None)
        merged[name] = base | in_python(cast("dict[str, Any]", group)) if base and isinstance(group, dict) else group
    return merged


def in_python(given: dict[str, Any]) -> dict[str, Any]:
    """What was read from JSON as pydantic takes it from Python: there, a list is no tuple."""
    return {key: tuple(cast("list[Any]", value)) if isinstance(value, list) else value for key, value in given.items()}

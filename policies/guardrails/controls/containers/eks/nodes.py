"""EKS nodes: subnets, number, instance types, volumes and AMIs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from aws_facts.ec2_instance_types import vcpus
from guardrails.controls.containers.eks.clusters import CLUSTER, NODE_GROUP
from guardrails.controls.containers.eks.node_groups import disk_sizes, instance_types
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import capacity, continuity, network_boundary
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.network.topology import topology_of
from guardrails.network.zones import minimum_zones, too_few_zones
from guardrails.services.instances import INSTANCES, LAUNCH_TEMPLATES

_FARGATE = "aws:eks/fargateProfile:FargateProfile"
_SUBNETS = {CLUSTER: "vpcConfig.subnetIds", NODE_GROUP: "subnetIds", _FARGATE: "subnetIds"}
_FEWEST = "scalingConfig.minSize"
_AT_ONCE = "updateConfig.maxUnavailable"
_MOST = 1_000_000


def _whole(name: str, default: int, description: str) -> Mapping[str, Mapping[str, Any]]:
    return {name: {"type": "integer", "minimum": 0, "default": default, "description": description}}


@control(
    id="LP-EKS-009",
    title="Nodes and control planes are in private subnets",
    why="A node in a public subnet is one wrong rule away from the internet.",
    fix="Name subnets without a route to an internet gateway.",
    severity=Severity.HIGH,
    types=tuple(_SUBNETS),
    scope=Scope.STACK,
    references=network_boundary(security_hub=("EC2.9",)),
)
def subnets_are_private(resource: Resource, context: Context) -> Findings:
    """Subnets of another stack are judged there."""
    path = _SUBNETS[resource.type]
    topology = topology_of(context.everything)
    subnets = all_named(context.everything, resource, path, (SUBNET,))

    def judge(subnet: Resource) -> Findings:
        if subnet.raw("mapPublicIpOnLaunch") is True:
            yield Violation(f"subnet {subnet.name} assigns public IP addresses", path)
        elif topology.has_vpc(subnet) and topology.is_public(subnet):
            yield Violation(f"subnet {subnet.name} has a route to an internet gateway", path)

    yield from each(subnets, judge)
    if not subnets and UNKNOWN in values_at(resource, path):
        yield UndeterminedError(path)


@control(
    id="RSL-EKS-003",
    title="Clusters and node groups span enough Availability Zones",
    why="Workloads in too few Availability Zones fail with one of them.",
    fix="Name a subnet of each zone (ap-southeast-3a, b and c), or lower minimumZones for this stack.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(CLUSTER, NODE_GROUP),
    scope=Scope.STACK,
    parameters=minimum_zones(3),
    references=continuity(),
)
def subnets_span_zones(resource: Resource, context: Context) -> Findings:
    return too_few_zones(resource, _SUBNETS[resource.type], context)


@control(
    id="RSL-EKS-004",
    title="Node groups have enough nodes and an update configuration",
    why="With one node, or with most of them updated at once, there is no place for what ran on the others.",
    fix="Set scalingConfig.minSize to minimumNodes or more, and updateConfig.maxUnavailablePercentage to 33 or less.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(NODE_GROUP,),
    parameters={
        **_whole("minimumNodes", 2, "The fewest nodes that a group may shrink to."),
        **_whole("maximumUnavailablePercentage", 34, "How much of a group may be replaced at once, in percent."),
    },
    references=continuity(),
)
def group_outlives_a_node(group: Resource, context: Context) -> Findings:
    yield from each((_size, _update), lambda faults: faults(group, context))


def _size(group: Resource, context: Context) -> Findings:
    nodes, least = group.number(_FEWEST, 0), context.parameters["minimumNodes"]
    if nodes < least:
        yield Violation(f"{nodes} nodes, expected {least} or more", _FEWEST)


def _update(group: Resource, context: Context) -> Findings:
    """One node at a time, which is also EKS's own choice, is always in bounds."""
    most = context.parameters["maximumUnavailablePercentage"]
    share, nodes = group.number(f"{_AT_ONCE}Percentage", 0), group.number(_AT_ONCE, 1)
    if share > most:
        yield Violation(f"{share} %, at most {most} expected", f"{_AT_ONCE}Percentage")
    if nodes > 1 and nodes > group.number(_FEWEST, 0) * most // 100:
        yield Violation(f"{nodes} nodes are more than {most} % of the smallest group", _AT_ONCE)


_AL2 = re.compile(r"(?:^|/)(?:amzn2-ami|amazon-linux-2/|amazon-eks-node-\d)|ami-amazon-linux-latest/amzn2-")


@control(
    id="RSL-EKS-008",
    title="No node or instance runs Amazon Linux 2",
    why="Its support ended on 30 June 2026, EKS's images of it on 26 November 2025: flaws stay open.",
    fix="Set amiType to AL2023_x86_64_STANDARD (or a Bottlerocket type); as an image, use one of Amazon Linux 2023.",
    severity=Severity.HIGH,
    types=(NODE_GROUP, *INSTANCES, *LAUNCH_TEMPLATES),
    references=References(soc2=("CC7.1",), iso27001=("A.8.8",)),
)
def image_is_not_amazon_linux_2(resource: Resource, _: Context) -> Findings:
    """By the type, or by the parameter's name with which an image is looked up; an image's id doesn't tell."""
    if resource.type == NODE_GROUP:
        kind = resource.text("amiType")
        if kind.startswith("AL2_"):
            yield Violation(f"{kind} is Amazon Linux 2", "amiType")
        return
    path = "ami" if resource.type in INSTANCES else "imageId"
    image = resource.raw(path)
    if isinstance(image, str) and _AL2.search(image):
        yield Violation("the image is Amazon Linux 2", path)


@control(
    id="RSL-EKS-009",
    title="Nodes have an allowed instance type",
    why="Cost, bandwidth and what fits on a node follow from its type; another type is a decision, not an edit.",
    fix="Use one of allowedInstanceTypes with minimumVcpus to maximumVcpus.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(NODE_GROUP,),
    scope=Scope.STACK,
    parameters={
        "allowedInstanceTypes": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": ["*"],
            "description": "The instance types of nodes, with * for any characters.",
        },
        **_whole("minimumVcpus", 0, "The fewest vCPUs of a node."),
        **_whole("maximumVcpus", _MOST, "The most vCPUs of a node."),
    },
    references=capacity(),
)
def nodes_are_as_planned(group: Resource, context: Context) -> Findings:
    allowed = context.parameters["allowedInstanceTypes"]
    least, most = context.parameters["minimumVcpus"], context.parameters["maximumVcpus"]
    for path, kind in instance_types(group):
        size = vcpus(kind)
        if not any(fnmatchcase(kind, pattern) for pattern in allowed):
            yield Violation(f"{kind} is not one of {', '.join(allowed)}", path)
        elif size is None and (least, most) != (0, _MOST):
            yield Violation(f"nothing tells how many vCPUs {kind} has, expected {least} to {most}", path)
        elif size is not None and not least <= size <= most:
            yield Violation(f"{kind} has {size} vCPUs, expected {least} to {most}", path)


@control(
    id="RSL-EKS-010",
    title="Node volumes have an allowed size",
    why="On a full disk, a node drops its pods; what is never used is paid for on every node.",
    fix="Set the volume size of the launch template, or diskSize, to minimumGib to maximumGib.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(NODE_GROUP,),
    scope=Scope.STACK,
    parameters={
        **_whole("minimumGib", 20, "The smallest disk of a node, GiB."),
        **_whole("maximumGib", 16_384, "The largest disk of a node, GiB."),
    },
    references=capacity(),
)
def node_disks_fit(group: Resource, context: Context) -> Findings:
    least, most = context.parameters["minimumGib"], context.parameters["maximumGib"]
    for path, size in disk_sizes(group):
        if not least <= size <= most:
            yield Violation(f"{size} GiB, expected {least} to {most}", path)

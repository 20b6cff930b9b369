"""How many vCPUs the nodes of clusters take, as the account's EC2 quotas count them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from aws_facts.ec2_instance_types import vcpus
from components.cluster.node_group import MOST_UNAVAILABLE_PERCENT
from components.cluster.node_group_settings import NodeGroup
from components.cluster.settings import Cluster

STANDARD, STANDARD_SPOT = "L-1216C47A", "L-34B43A08"
"""Families A, C, D, H, I, M, R, T, Z, on demand and spot
(https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html)."""
GRAPHICS, GRAPHICS_SPOT = "L-DB2E81BA", "L-3819A6DF"
"""Families G and VT."""


class Vcpus(NamedTuple):
    """vCPUs at the smallest and at the largest size."""

    fewest: int
    most: int


def quota(instance_type: str, *, spot: bool = False) -> str:
    """Code of the quota, of the service ``ec2``, that an instance counts towards."""
    if instance_type.startswith(("g", "vt")):
        return GRAPHICS_SPOT if spot else GRAPHICS
    return STANDARD_SPOT if spot else STANDARD


def node_vcpus(clusters: Iterable[Cluster], zones: int) -> dict[str, Vcpus]:
    """Code of a quota -> what the nodes of these clusters take of it.

    Args:
        clusters: those that there are.
        zones: how many each group is spread over.
    """
    fewest, most = Counter[str](), Counter[str]()
    for cluster in clusters:
        for group in cluster.groups.values():
            code = quota(group.instance_types[0], spot=group.capacity == "SPOT")
            each = max(vcpus(each) or 0 for each in group.instance_types)
            fewest[code] += group.min_nodes * each
            most[code] += (group.max_nodes + surge(group, zones)) * each
    return {code: Vcpus(fewest[code], most[code]) for code in sorted(most)}


def surge(group: NodeGroup, zones: int) -> int:
    """How many nodes more a group has while EKS replaces them: it launches new ones before it ends old ones.

    https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html
    """
    return max(2 * zones, ceil(group.max_nodes * MOST_UNAVAILABLE_PERCENT / 100))

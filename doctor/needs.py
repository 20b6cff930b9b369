"""What a stack asks of its account, computed from its settings: quotas, service-linked roles.

`tests/engine/test_needs.py` compares it with what the stacks really make.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from aws_facts.ec2_instance_types import vcpus
from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES, ServiceLinkedRole
from components.network.flows import Flow
from layers.base import network_flows
from settings.stack import Settings

CLOUDFRONT_RULES = 55
"""What CloudFront's prefix list counts for in a security group
(https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html)."""
UNRESERVED = 100
"""Lambda keeps as many for functions without reserved concurrency
(https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html)."""
ELSEWHERE = frozenset({"ecs.amazonaws.com", "ecs.application-autoscaling.amazonaws.com"})
"""Of components that SMILE doesn't use."""
SPOT = "spot.amazonaws.com"


@dataclass(frozen=True)
class Quota:
    """A quota of Service Quotas.

    Attributes:
        service: as Service Quotas calls it.
        code: of the quota.
        what: it counts.
    """

    service: str
    code: str
    what: str


STANDARD = Quota("ec2", "L-1216C47A", "vCPUs of On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances")
STANDARD_SPOT = Quota("ec2", "L-34B43A08", "vCPUs of Standard Spot instances")
ADDRESSES = Quota("ec2", "L-0263D0A3", "Elastic IP addresses")
VPCS = Quota("vpc", "L-F678F1CE", "VPCs in the Region")
RULES = Quota("vpc", "L-0EA8095F", "rules in one direction of a security group")
ENDPOINTS = Quota("vpc", "L-29B6F2EB", "interface endpoints of a VPC")
CONCURRENCY = Quota("lambda", "L-B99A9384", "concurrent executions of Lambda functions")
OTHER_FAMILIES: Mapping[str, Quota] = {
    "f": Quota("ec2", "L-74FC7D96", "vCPUs of On-Demand F instances"),
    "g": Quota("ec2", "L-DB2E81BA", "vCPUs of On-Demand G and VT instances"),
    "vt": Quota("ec2", "L-DB2E81BA", "vCPUs of On-Demand G and VT instances"),
    "inf": Quota("ec2", "L-1945791B", "vCPUs of On-Demand Inf instances"),
    "p": Quota("ec2", "L-417A185B", "vCPUs of On-Demand P instances"),
    "x": Quota("ec2", "L-7295265B", "vCPUs of On-Demand X instances"),
}
"""First letters of an instance type -> its quota, where it has one of its own
(https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html)."""


@dataclass(frozen=True)
class Need:
    """How much of a quota a stack takes.

    Attributes:
        quota: which.
        least: to come up.
        most: at its largest, as far as its settings let it grow.
    """

    quota: Quota
    least: int
    most: int


def needs(settings: Settings) -> Iterator[Need]:
    """Every quota that a stack could meet."""
    yield from vcpu_needs(settings)
    network = settings.network
    for quota, count in (
        (ADDRESSES, len(network.nat_zones)),
        (VPCS, 1),
        (RULES, most_rules(settings)),
        (ENDPOINTS, len(network.interface_endpoints)),
    ):
        yield Need(quota, count, count)
    concurrency = reserved_concurrency(settings) + UNRESERVED
    yield Need(CONCURRENCY, concurrency, concurrency)


def vcpu_needs(settings: Settings) -> Iterator[Need]:
    """The vCPUs of nodes and bastion, by quota: at the fewest nodes, and at the most."""
    least, most = Counter[Quota](), Counter[Quota]()
    for cluster in settings.enabled_clusters.values():
        for group in cluster.groups.values():
            # Of several types AWS takes any: the largest counts.
            size, kind = max((vcpus(each) or 0, each) for each in group.instance_types)
            quota = quota_of(kind, spot=group.capacity == "SPOT")
            least[quota] += size * group.min_nodes
            most[quota] += size * group.max_nodes
    if settings.bastion.enabled:
        size = vcpus(settings.bastion.instance_type) or 0
        least[STANDARD] += size
        most[STANDARD] += size
    for quota in most:
        yield Need(quota, least[quota], most[quota])


def quota_of(instance_type: str, *, spot: bool) -> Quota:
    """The quota that an instance counts against. Spot instances of other families than Standard aren't told apart."""
    if spot:
        return STANDARD_SPOT
    family = re.match(r"[a-z]+", instance_type)
    return OTHER_FAMILIES.get(family[0] if family else "", STANDARD)


def most_rules(settings: Settings) -> int:
    """Rules of the security group that has the most in one direction."""
    return max(rules_by_group(network_flows(settings)).values())


def rules_by_group(table: tuple[Flow, ...]) -> Counter[tuple[str, str]]:
    """Group and direction -> how much of the quota its rules take."""
    counted = Counter[tuple[str, str]]()
    for flow in table:
        weight = CLOUDFRONT_RULES if "cloudfront" in (flow.source, flow.target) else 1
        counted[flow.source, "egress"] += weight
        counted[flow.target, "ingress"] += weight
    return counted


def reserved_concurrency(settings: Settings) -> int:
    """Executions that functions reserve: the application's, and those that rotate, export and take snapshots."""
    rotated = len(settings.database.users)
    rotated += sum(user.authentication == "password" for user in settings.cache.users.values())
    operations = [
        settings.cache.periodic_snapshots.enabled,
        settings.backup.enabled and settings.backup.archive.enabled,
    ]
    own = sum(function.concurrency for function in settings.functions.application.values())
    return own + rotated + sum(operations)


def service_linked_roles(settings: Settings) -> list[ServiceLinkedRole]:
    """The roles that services keep in the account and that the stack's resources need."""
    clusters = settings.enabled_clusters.values()
    spot = any(group.capacity == "SPOT" for cluster in clusters for group in cluster.groups.values())
    spot |= any(cluster.autoscaler == "karpenter" for cluster in clusters)
    left_out = ELSEWHERE if spot else ELSEWHERE | {SPOT}
    return [role for role in SERVICE_LINKED_ROLES if role.service not in left_out]


def rounded(need: Need) -> int:
    """What to ask AWS for: room for the largest size, and for the surge of an update of the nodes."""
    return ceil(need.most * 1.1)

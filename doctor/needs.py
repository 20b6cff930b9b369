"""What a stack asks of its account, computed from its settings: quotas, service-linked roles.

`tests/engine/test_needs.py` compares it with what the stacks really make.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES, ServiceLinkedRole
from components.cluster import capacity
from components.functions.settings import UNRESERVED
from components.network.flows import Flow
from layers.base import network_flows
from settings.quotas import vcpus
from settings.stack import Settings

CLOUDFRONT_RULES = 55
"""What CloudFront's prefix list counts for in a security group
(https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html)."""
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


STANDARD = Quota("ec2", capacity.STANDARD, "vCPUs of On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances")
VCPUS = (
    STANDARD,
    Quota("ec2", capacity.STANDARD_SPOT, "vCPUs of Standard Spot instances"),
    Quota("ec2", capacity.GRAPHICS, "vCPUs of On-Demand G and VT instances"),
    Quota("ec2", capacity.GRAPHICS_SPOT, "vCPUs of G and VT Spot instances"),
)
ADDRESSES = Quota("ec2", "L-0263D0A3", "Elastic IP addresses")
VPCS = Quota("vpc", "L-F678F1CE", "VPCs in the Region")
RULES = Quota("vpc", "L-0EA8095F", "rules in one direction of a security group")
ENDPOINTS = Quota("vpc", "L-29B6F2EB", "interface endpoints of a VPC")
CONCURRENCY = Quota("lambda", "L-B99A9384", "concurrent executions of Lambda functions")


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
    taken = vcpus(settings)
    for quota in VCPUS:
        if quota.code in taken:
            yield Need(quota, taken[quota.code].fewest, taken[quota.code].most)
    network = settings.network
    for quota, count in (
        (ADDRESSES, len(network.nat_zones)),
        (VPCS, 1),
        (RULES, most_rules(settings)),
        (ENDPOINTS, len(settings.interface_endpoints)),
    ):
        yield Need(quota, count, count)
    running = concurrency(settings)
    reserved = running + UNRESERVED if settings.functions.reserve_concurrency else 0
    yield Need(CONCURRENCY, reserved, max(reserved, running))


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


def concurrency(settings: Settings) -> int:
    """Executions at once at most: the application's functions, and those that rotate, export and take snapshots."""
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

"""Load balancers: spread over zones, protected, and logged."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold
from guardrails.model.references import continuity
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.services.buckets import BUCKETS
from guardrails.services.load_balancers import (
    CLASSIC,
    EVERY_LOAD_BALANCER,
    LOAD_BALANCERS,
    TARGET_GROUPS,
    is_application,
    is_gateway,
)
from guardrails.services.log_delivery import delivers_logs
from guardrails.shapes.destinations import keep
from guardrails.shapes.properties import require_value

require_value(
    "enableDeletionProtection",
    (True,),
    default=False,
    id="RSL-ALB-001",
    title="Load balancers have deletion protection",
    why="Deleting a load balancer takes its DNS name away from every client.",
    fix="Set enableDeletionProtection to true.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=LOAD_BALANCERS,
    references=continuity(checkov=("CKV_AWS_150",), security_hub=("ELB.6",)),
)


@control(
    id="RSL-ALB-002",
    title="Load balancers span enough Availability Zones",
    why="A load balancer in too few Availability Zones fails with one of them.",
    fix="Name a subnet of each of minimumZones zones in subnets or subnetMappings.",
    severity=Severity.MEDIUM,
    types=EVERY_LOAD_BALANCER,
    scope=Scope.STACK,
    parameters={
        "minimumZones": {
            "type": "integer",
            "minimum": 1,
            "default": 2,
            "description": "The number of availability zones that a load balancer spans at least.",
        }
    },
    references=continuity(security_hub=("ELB.13", "ELB.10")),
)
def balancer_spans_zones(balancer: Resource, context: Context) -> Findings:
    """AWS takes one subnet of a zone only, so that subnets count as zones."""
    least = context.parameters["minimumZones"]
    paths = ("subnets", "subnetMappings", "availabilityZones")
    path = next((path for path in paths if balancer.raw(path) not in (None, [])), paths[0])
    zones = _count(balancer, path, context.everything)
    if zones < least:
        yield Violation(f"it spans {zones} zones, at least {least} are expected", path)


def _count(balancer: Resource, path: str, stack: Stack) -> int:
    stated = balancer.raw(path)
    if stated is not UNKNOWN:
        known = [str(value) for value in stated or () if value is not UNKNOWN]
        return len(set(known)) + len(stated or ()) - len(known)
    subnets = all_named(stack, balancer, path, (SUBNET,))
    if not subnets:
        raise UndeterminedError(path)
    return len(subnets)


@control(
    id="RSL-ALB-003",
    title="Network, Gateway and Classic Load Balancers have cross-zone load balancing",
    why="Otherwise a zone with few healthy targets gets as much traffic as one with many. Application Load Balancers "
    "always do.",
    fix="Set enableCrossZoneLoadBalancing (of Classic Load Balancers: crossZoneLoadBalancing) to true.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=EVERY_LOAD_BALANCER,
    references=continuity(checkov=("CKV_AWS_152", "CKV_AWS_138"), security_hub=("ELB.9",)),
)
def zones_share_requests(balancer: Resource, _: Context) -> Findings:
    """The provider switches it on for Classic Load Balancers unless told."""
    is_classic = balancer.type in CLASSIC
    path = "crossZoneLoadBalancing" if is_classic else "enableCrossZoneLoadBalancing"
    if all_hold(lambda: not balancer.get(path, is_classic), lambda: not is_application(balancer)):
        yield Violation("false, expected true", path)


@control(
    id="RSL-ALB-004",
    title="Target groups have health checks with a path of their own",
    why="A check of the path / passes even where the page is an error message.",
    fix="Set healthCheck.path to a path that answers for the service, and leave healthCheck.enabled out.",
    severity=Severity.MEDIUM,
    types=TARGET_GROUPS,
    references=continuity(checkov=("CKV_AWS_261",)),
)
def targets_are_checked(group: Resource, _: Context) -> Findings:
    """Functions need no check; connections are checked by making one."""
    if group.get("targetType") == "lambda" or group.get("protocol") not in ("HTTP", "HTTPS"):
        return
    if group.get("healthCheck.enabled") is False:
        yield Violation("the check is off", "healthCheck.enabled")
    elif not group.has("healthCheck.path"):
        yield Violation("no health check path is set", "healthCheck.path")


@control(
    id="RSL-ALB-005",
    title="Load balancers have access logs",
    why="After an incident, access logs show who requested what.",
    fix="Set accessLogs.bucket, and accessLogs.enabled to true.",
    severity=Severity.MEDIUM,
    types=EVERY_LOAD_BALANCER,
    scope=Scope.STACK,
    references=References(
        checkov=("CKV_AWS_91", "CKV_AWS_92"), security_hub=("ELB.5",), soc2=("CC7.2",), iso27001=("A.8.15",)
    ),
)
def balancer_logs_access(balancer: Resource, context: Context) -> Findings:
    """Gateway load balancers have no such log."""
    on_by_default = balancer.type in CLASSIC
    if all_hold(
        lambda: not is_gateway(balancer),
        lambda: not (balancer.has("accessLogs.bucket") and balancer.get("accessLogs.enabled", on_by_default)),
        lambda: not delivers_logs(balancer, context.everything),
    ):
        yield Violation("it writes no access log", "accessLogs")


keep(
    "RES-ALB-001",
    "Load balancer logs stay in allowed regions",
    EVERY_LOAD_BALANCER,
    "accessLogs.bucket",
    "connectionLogs.bucket",
    "healthCheckLogs.bucket",
    targets=BUCKETS,
)

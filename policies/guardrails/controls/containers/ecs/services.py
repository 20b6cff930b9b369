"""Services of ECS: where their tasks are, and what becomes of a deployment that fails."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold
from guardrails.model.references import continuity, network_boundary
from guardrails.model.resource import Resource
from guardrails.network.zones import minimum_zones, too_few_zones
from guardrails.shapes.properties import require_value

_SERVICE = "aws:ecs/service:Service"
_CIRCUIT_BREAKER = "deploymentCircuitBreaker"
_SWITCHES = ("enable", "rollback")


@control(
    id="LP-ECS-004",
    title="Services assign no public IP addresses to their tasks",
    why="A task with one can be reached from the internet past the load balancer and its web ACL.",
    fix="Set networkConfiguration.assignPublicIp to false, and give tasks a way out by NAT or by endpoints.",
    severity=Severity.HIGH,
    types=(_SERVICE,),
    references=network_boundary(),
)
def tasks_have_no_public_address(service: Resource, _: Context) -> Findings:
    if service.get("networkConfiguration.assignPublicIp"):
        yield Violation("tasks get one", "networkConfiguration.assignPublicIp")


@control(
    id="RSL-ECS-001",
    title="Services roll back a deployment that fails",
    why="ECS otherwise starts tasks that can't become healthy again and again, and the last release is gone.",
    fix="Set deploymentCircuitBreaker, or alarms, to enable true and rollback true.",
    severity=Severity.MEDIUM,
    types=(_SERVICE,),
    references=continuity(),
)
def failed_deployment_goes_back(service: Resource, _: Context) -> Findings:
    if service.get("deploymentController.type", "ECS") != "ECS":
        return  # whoever controls it goes back itself
    off = [path for switch in _SWITCHES if not service.get(path := f"{_CIRCUIT_BREAKER}.{switch}")]
    if off and not all_hold(*(lambda switch=switch: bool(service.get(f"alarms.{switch}")) for switch in _SWITCHES)):
        yield from (Violation("it is off", path) for path in off)


@control(
    id="RSL-ECS-002",
    title="Services span several Availability Zones",
    why="Tasks in one zone are gone with it.",
    fix="Name a subnet of each zone in networkConfiguration.subnets.",
    severity=Severity.MEDIUM,
    types=(_SERVICE,),
    scope=Scope.STACK,
    parameters=minimum_zones(2),
    references=continuity(),
)
def tasks_span_zones(service: Resource, context: Context) -> Findings:
    """On instances of one's own, tasks are where these are, unless each has an interface of its own."""
    if service.has("networkConfiguration"):
        yield from too_few_zones(service, "networkConfiguration.subnets", context)


require_value(
    "platformVersion",
    ("LATEST", "1.4.0", "1.0.0"),
    default="LATEST",
    id="RSL-ECS-006",
    title="Services run on the latest platform version of Fargate",
    why="An older version gets no fixes of its kernel and its container runtime any more.",
    fix="Leave platformVersion out, or set it to LATEST.",
    severity=Severity.MEDIUM,
    types=(_SERVICE,),
    references=References(checkov=("CKV_AWS_332",), security_hub=("ECS.10",), soc2=("CC7.1",), iso27001=("A.8.8",)),
)

"""Services of ECS: where their tasks are, and what becomes of a deployment that fails."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import continuity, network_boundary
from guardrails.model.resource import Resource

_SERVICE = "aws:ecs/service:Service"
_CIRCUIT_BREAKER = "deploymentCircuitBreaker"


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
    fix="Set deploymentCircuitBreaker to enable true and rollback true.",
    severity=Severity.MEDIUM,
    types=(_SERVICE,),
    references=continuity(),
)
def failed_deployment_goes_back(service: Resource, _: Context) -> Findings:
    if service.get("deploymentController.type", "ECS") != "ECS":
        return  # whoever controls it goes back itself
    for switch in ("enable", "rollback"):
        if not service.get(f"{_CIRCUIT_BREAKER}.{switch}", default=False):
            yield Violation("it is off", f"{_CIRCUIT_BREAKER}.{switch}")


@control(
    id="RSL-ECS-002",
    title="Services span several subnets",
    why="Tasks in one subnet are in one zone, and gone with it.",
    fix="Name a subnet of each zone in networkConfiguration.subnets.",
    severity=Severity.MEDIUM,
    types=(_SERVICE,),
    references=continuity(),
)
def tasks_span_zones(service: Resource, _: Context) -> Findings:
    if service.has("networkConfiguration") and len(service.get("networkConfiguration.subnets", ())) < 2:
        yield Violation("it names one", "networkConfiguration.subnets")

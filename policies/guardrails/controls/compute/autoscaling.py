"""Auto Scaling groups: Availability Zones, launch templates, health checks."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.references import continuity
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.zones import minimum_zones, too_few_zones

GROUP = "aws:autoscaling/group:Group"
_ATTACHMENTS = (
    "aws:autoscaling/attachment:Attachment",
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment",
)
_BALANCED = ("loadBalancers", "targetGroupArns", "trafficSources")
_OF_LATTICE = "VPC_LATTICE"


@control(
    id="RSL-AUTOSCALING-001",
    title="Auto Scaling groups span several Availability Zones",
    why="A group in one Availability Zone fails with it.",
    fix="Name subnets of several zones in vpcZoneIdentifiers.",
    severity=Severity.MEDIUM,
    types=(GROUP,),
    scope=Scope.STACK,
    parameters=minimum_zones(2),
    references=continuity(security_hub=("AutoScaling.2",)),
)
def group_spans_zones(group: Resource, context: Context) -> Findings:
    stated, least = group.items("availabilityZones"), context.parameters["minimumZones"]
    zones = {zone for zone in stated if isinstance(zone, str)}
    most = len(zones) + stated.count(UNKNOWN)
    if not stated:
        yield from too_few_zones(group, "vpcZoneIdentifiers", context)
    elif most < least:
        yield Violation(f"it spans {most} of {least} zones", "availabilityZones")
    elif len(zones) < least:
        yield UndeterminedError("availabilityZones")


@control(
    id="RSL-AUTOSCALING-002",
    title="Auto Scaling groups use launch templates",
    why="Launch configurations have no versions, get no new features, and can't be created in new accounts.",
    fix="Replace launchConfiguration by launchTemplate, or by mixedInstancesPolicy with one.",
    severity=Severity.MEDIUM,
    types=(GROUP,),
    references=References(checkov=("CKV_AWS_315",), security_hub=("AutoScaling.9",), iso27001=("A.8.9",)),
)
def group_uses_template(group: Resource, _: Context) -> Findings:
    if group.has("launchTemplate") or group.has("mixedInstancesPolicy"):
        return
    configuration = group.raw("launchConfiguration")
    yield Violation("it uses a launch configuration" if configuration else "no template is named", "launchTemplate")


@control(
    id="RSL-AUTOSCALING-003",
    title="Auto Scaling groups behind a load balancer have ELB health checks",
    why="An instance that runs but no longer responds is replaced only on the load balancer's health check.",
    fix="Set healthCheckType to ELB.",
    severity=Severity.MEDIUM,
    types=(GROUP,),
    scope=Scope.STACK,
    references=continuity(checkov=("CKV2_AWS_15",), security_hub=("AutoScaling.1",)),
)
def group_uses_balancer_checks(group: Resource, context: Context) -> Findings:
    """Behind a service of VPC Lattice, the target group's checks have a type of their own."""
    path = "healthCheckType"
    kinds = group.raw(path)
    checks = set() if kinds is UNKNOWN else set(str(kinds or "").upper().replace(" ", "").split(","))
    if "ELB" in checks or (_OF_LATTICE in checks and "vpc-lattice" in values_at(group, "trafficSources[*].type")):
        return
    if any(group.raw(name) for name in _BALANCED) or _is_attached(group, context):
        group.get(path)
        yield Violation(f"{kinds or 'not set'}, expected ELB", path)


def _is_attached(group: Resource, context: Context) -> bool:
    return bool(named_by(group, context.everything, _ATTACHMENTS, "autoscalingGroupName", (GROUP,)))

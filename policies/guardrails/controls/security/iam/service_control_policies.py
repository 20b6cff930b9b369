"""Service control policies of AWS Organizations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrails.iam.denials import Suits, denies, is_on_everything_but_for_some, is_outside
from guardrails.iam.document import MalformedPolicyError
from guardrails.iam.sources import Source
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.shapes.destinations import LAW

ORGANIZATION = "aws:organizations/organization:Organization"
POLICY = "aws:organizations/policy:Policy"
_SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
_PEERING = (
    "ec2:CreateVpcPeeringConnection",
    "ec2:AcceptVpcPeeringConnection",
    "ec2:CreateTransitGatewayPeeringAttachment",
    "ec2:AcceptTransitGatewayPeeringAttachment",
)


def _deny(what: str, actions: tuple[str, ...], suiting: Callable[[Context], Suits], **about: Any) -> None:
    """A control that one of the stack's service control policies denies ``actions``; judged once in a stack."""

    def check(resource: Resource, context: Context) -> Findings:
        policies = _service_control_policies(context.everything)
        judged = (context.everything.of_type(ORGANIZATION) or policies)[:1]
        if resource in judged and not _any_denies(policies, actions, suiting(context)):
            yield Violation(f"no service control policy of this stack denies {what}")

    control(
        severity=Severity.HIGH,
        level=Level.ADVISORY,  # another stack may have it
        types=(ORGANIZATION, POLICY),
        scope=Scope.STACK,
        references=LAW,
        **about,
    )(check)


def _service_control_policies(stack: Stack) -> list[Resource]:
    return [policy for policy in stack.of_type(POLICY) if policy.get("type", _SERVICE_CONTROL) == _SERVICE_CONTROL]


def _any_denies(policies: list[Resource], actions: tuple[str, ...], suits: Suits) -> bool:
    unknown: UndeterminedError | None = None
    for policy in policies:
        try:
            if denies(Source("content", policy.raw("content")).document, actions, suits):
                return True
        except MalformedPolicyError:
            continue  # AWS refuses it
        except UndeterminedError as error:
            unknown = error
    if unknown:
        raise unknown
    return False


def _outside(context: Context) -> Suits:
    allowed = context.parameters["allowedRegions"]
    return lambda statement: bool(statement.not_actions) and is_outside(statement, allowed)


def _everywhere(_: Context) -> Suits:
    return is_on_everything_but_for_some


_deny(
    "requests to other regions",
    ("ec2:RunInstances", "rds:CreateDBInstance", "s3:CreateBucket"),
    _outside,
    id="RES-IAM-001",
    title="Service control policies deny other regions",
    why="What no account can do elsewhere, no mistake in one account can do.",
    fix="Add a service control policy with Effect Deny, a NotAction list of the global services (iam:*, "
    "organizations:*, route53:*, cloudfront:* ...), Resource * and StringNotEquals aws:RequestedRegion.",
)
_deny(
    "replication of buckets",
    ("s3:PutReplicationConfiguration",),
    _everywhere,
    id="RES-IAM-003",
    title="Service control policies deny bucket replication",
    why="Replication copies all data of a bucket to wherever its destination is.",
    fix="Add a service control policy that denies s3:PutReplicationConfiguration on *.",
)
_deny(
    "peering of networks",
    _PEERING,
    _everywhere,
    id="RES-IAM-004",
    title="Service control policies deny network peering",
    why="A peering connection leads to a network of any region or account.",
    fix=f"Add a service control policy that denies {', '.join(_PEERING)} on *.",
)

"""Resource policies of any type: public ones, those for other accounts, and those that let services in for anybody."""

from __future__ import annotations

from guardrails.iam.sharing import not_public, not_shared, services_act_for_us
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.shapes.every_service import of_every_service

_references = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 35", "UU PDP 39"))
_GRANTS = {
    "aws:cloudwatch/eventPermission:EventPermission": ("principal", "condition"),
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": ("principalArn", None),
}
"""Types that let somebody in by a property: where it says whom, and what may limit it."""


of_every_service(
    id_="LP-AWS-004",
    title="Resource policies of every service are not public",
    why="Anyone on the internet with an AWS account could use the resource.",
    fix="Name principals in each Allow statement, or tie it to aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn.",
    severity=Severity.CRITICAL,
    references=_references(),
)(not_public)
of_every_service(
    id_="LP-AWS-005",
    title="Resource policies of every service grant access to allowed accounts only",
    why="Another account's administrators decide who uses the access that it is given.",
    fix="Remove the principal, or list its account in allowedAccounts.",
    severity=Severity.HIGH,
    references=_references(),
)(not_shared)
of_every_service(
    id_="LP-AWS-006",
    title="Resource policies of every service let services act for named accounts only",
    why="Without it, the service can be made to act for somebody else's resource: the confused deputy.",
    fix="Add a condition on aws:SourceAccount or aws:SourceArn.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=_references(),
)(services_act_for_us)


@control(
    id="LP-AWS-007",
    title="Permissions without a policy document are not for everybody",
    why="Anyone on the internet with an AWS account could use the resource.",
    fix="Name an account in principal, or limit it by a condition on aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=tuple(_GRANTS),
    references=_references(),
)
def grant_is_not_public(permission: Resource, _: Context) -> Findings:
    path, condition = _GRANTS[permission.type]
    if permission.get(path) == "*" and not (condition and permission.has(condition)):
        yield Violation("everybody is let in", path)

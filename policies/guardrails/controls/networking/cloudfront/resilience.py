"""Distributions: origin failover and access logs."""

from __future__ import annotations

from guardrails.controls.networking.cloudfront.distributions import DISTRIBUTION, DISTRIBUTIONS
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.resource import Resource, paths_at
from guardrails.services.log_delivery import delivers_logs
from guardrails.shapes.properties import require_value


@control(
    id="RSL-CLOUDFRONT-001",
    title="Distributions have origin failover",
    why="When the only origin fails, every request that isn't cached fails.",
    fix="Add originGroups with two members, both in an allowed region, and failoverCriteria.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=DISTRIBUTIONS,
    references=References(
        checkov=("CKV_AWS_310",), security_hub=("CloudFront.4",), soc2=("A1.2",), iso27001=("A.8.14",)
    ),
)
def distribution_fails_over(distribution: Resource, _: Context) -> Findings:
    def judge(group: str) -> Findings:
        members = distribution.get(f"{group}.members", [])
        if len(members) < 2:
            yield Violation("it has fewer than two members", f"{group}.members")

    groups = paths_at(distribution, "originGroups[*]")
    if not groups:
        yield Violation("it has no origin group", "originGroups")
    yield from each(groups, judge)


require_value(
    "enabled",
    (True,),
    id="RSL-CLOUDFRONT-002",
    title="Distributions are enabled",
    why="A disabled distribution serves nobody, and is what retainOnDelete leaves behind.",
    fix="Set enabled to true, or remove the distribution.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=DISTRIBUTIONS,
    references=References(checkov=("CKV_AWS_216",), soc2=("A1.2",), iso27001=("A.8.14",)),
)


@control(
    id="RSL-CLOUDFRONT-003",
    title="Distributions have access logs",
    why="After an incident, access logs show who requested what.",
    fix="Add aws.cloudwatch.LogDeliverySource, LogDeliveryDestination and LogDelivery, which can write to a bucket in "
    "Jakarta; loggingConfig can't.",
    severity=Severity.MEDIUM,
    types=(DISTRIBUTION,),
    scope=Scope.STACK,
    references=References(
        checkov=("CKV_AWS_86",), security_hub=("CloudFront.5",), soc2=("CC7.2",), iso27001=("A.8.15",)
    ),
)
def distribution_is_logged(distribution: Resource, context: Context) -> Findings:
    if not distribution.has("loggingConfig.bucket") and not delivers_logs(distribution, context.everything):
        yield Violation("nothing logs it", "loggingConfig")

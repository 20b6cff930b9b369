"""Security groups: descriptions, use, one form of rules, and the default group."""

from __future__ import annotations

from functools import lru_cache

from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import network_segregation
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack
from guardrails.network.firewall_rules import Direction, Rule, known
from guardrails.network.firewall_syntax import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    GROUP_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    rules_of,
)
from guardrails.network.subnet_tiers import VPC, VPCS

SEPARATE = (GROUP_RULE, INGRESS_RULE, EGRESS_RULE)
_NAMED_BY_RULES = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, VPC)
_SAYS_NOTHING = ("Managed by Pulumi", "Managed by Terraform")


@control(
    id="LP-SG-009",
    title="Every security group and rule has a description",
    why="Nobody dares to close a port of which nobody knows why it was opened.",
    fix="Say in description who connects to what, and why. On a group this replaces it: plan it.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(SECURITY_GROUP, *SEPARATE),
    references=References(checkov=("CKV_AWS_23",), soc2=("CC8.1",), iso27001=("A.8.9",)),
)
def groups_and_rules_are_described(resource: Resource, _: Context) -> Findings:
    if resource.type == SECURITY_GROUP and resource.get("description") in (None, "", *_SAYS_NOTHING):
        yield Violation("the group has no description", "description")

    def judge(rule: Rule) -> Findings:
        if known(rule.description) in (None, "", *_SAYS_NOTHING):
            yield Violation("the rule has no description", f"{rule.path}.description".lstrip("."))

    yield from each(rules_of(resource), judge)


@control(
    id="LP-SG-010",
    title="The default security group of a VPC has no rules",
    why="What is created without a group gets this one, and as AWS makes it, it admits itself and reaches everything.",
    fix="Declare an aws.ec2.DefaultSecurityGroup for the VPC, without ingress and egress.",
    severity=Severity.HIGH,
    types=(VPC, DEFAULT_SECURITY_GROUP),
    scope=Scope.STACK,
    references=network_segregation(checkov=("CKV2_AWS_12",), security_hub=("EC2.2",)),
)
def default_group_is_empty(resource: Resource, context: Context) -> Findings:
    stack = context.everything
    if resource.type == VPC and not named_by(resource, stack, (DEFAULT_SECURITY_GROUP,), "vpcId", VPCS):
        yield Violation("its default security group is left as AWS makes it")
    if resource.type == DEFAULT_SECURITY_GROUP:
        for direction in Direction:
            if resource.get(direction.value):
                yield Violation(f"it has {direction.value} rules", direction.value)
    # A VPC's defaultSecurityGroupId in a separate rule is known by the VPC it comes from.
    for rule in named_by(resource, stack, SEPARATE, "securityGroupId", _NAMED_BY_RULES):
        yield Violation(f"the separate rule {rule.name} adds to its default security group")


@control(
    id="LP-SG-011",
    title="Every security group is in use",
    why="An unused group is a set of open ports that waits for the wrong resource.",
    fix="Attach the group to the resource that needs it, or remove it.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(SECURITY_GROUP,),
    scope=Scope.STACK,
    references=network_segregation(checkov=("CKV2_AWS_5",)),
)
def group_is_attached(group: Resource, context: Context) -> Findings:
    used = _used_names(context.everything)
    if group.urn not in used and group.outputs.get("id") not in used:
        yield Violation("no resource of this stack uses it")


@lru_cache(maxsize=1)
def _used_names(stack: Stack) -> frozenset[str]:
    """The URN and id of whatever another resource than a group or its rules refers to."""
    ids = {group.outputs.get("id") for group in stack.of_type(SECURITY_GROUP)}
    found: set[str] = set()
    for resource in stack:
        if resource.type in (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, *SEPARATE):
            continue
        found.update(urn for urns in resource.dependencies.values() for urn in urns)
        found.update(value for _, value in resource.walk() if isinstance(value, str) and value in ids)
    return frozenset(found)


@control(
    id="LP-SG-012",
    title="A security group's rules are inline or separate, not both",
    why="The provider removes separate rules that it doesn't find inline, and adds them again: ports flap.",
    fix="Move the inline ingress and egress to separate ingress and egress rules (aws.vpc).",
    severity=Severity.MEDIUM,
    types=(SECURITY_GROUP,),
    scope=Scope.STACK,
    references=References(soc2=("CC8.1",), iso27001=("A.8.9",)),
)
def rules_are_written_in_one_way(group: Resource, context: Context) -> Findings:
    def judge(rule: Resource) -> Findings:
        for direction in {known(written.direction) for written in rules_of(rule)}:
            if group.get(direction.value):
                yield Violation(f"{direction.value} is inline, and {rule.name} adds a separate rule", direction.value)

    if any(group.raw(direction.value) for direction in Direction):
        yield from each(named_by(group, context.everything, SEPARATE, "securityGroupId", _NAMED_BY_RULES), judge)

"""Client VPN: who gets where."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource
from guardrails.network.addresses import is_wide, parse_network


@control(
    id="LP-CLIENTVPN-001",
    title="Authorization rules name a group and a network",
    why="Whoever has any login of the VPN, one that was stolen included, reaches everything that the rule names.",
    fix="Set accessGroupId instead of authorizeAllGroups, and targetNetworkCidr to the subnets that the group needs.",
    severity=Severity.HIGH,
    types=("aws:ec2clientvpn/authorizationRule:AuthorizationRule",),
    references=network_boundary(),
)
def rule_is_for_a_group(rule: Resource, _: Context) -> Findings:
    network = parse_network(rule.raw("targetNetworkCidr"))
    if network and is_wide(network):
        yield Violation(f"{network} is every network", "targetNetworkCidr")
    if rule.get("authorizeAllGroups"):
        yield Violation("every user is let in", "authorizeAllGroups")
    rule.get("targetNetworkCidr")

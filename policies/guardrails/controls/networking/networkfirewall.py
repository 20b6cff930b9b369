"""Network Firewall: what its policies do with packets that no rule names."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.references import continuity, logging, network_boundary
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, paths_at, values_at
from guardrails.shapes.properties import require_value

_POLICY = "aws:networkfirewall/firewallPolicy:FirewallPolicy"
_FIREWALL = "aws:networkfirewall/firewall:Firewall"
_ACTIONS = ("statelessDefaultActions", "statelessFragmentDefaultActions")


@control(
    id="LP-NETWORKFIREWALL-001",
    title="Firewall policies drop packets or inspect them by default",
    why="With aws:pass, what no stateless rule names goes through without any inspection, fragments included.",
    fix="Set statelessDefaultActions and statelessFragmentDefaultActions to aws:drop or aws:forward_to_sfe.",
    severity=Severity.HIGH,
    types=(_POLICY,),
    references=network_boundary(security_hub=("NetworkFirewall.4", "NetworkFirewall.5")),
)
def nothing_passes_by_default(policy: Resource, _: Context) -> Findings:
    for name in _ACTIONS:
        for path in paths_at(policy, f"firewallPolicy.{name}[*]"):
            if policy.get(path) == "aws:pass":
                yield Violation("aws:pass, expected aws:drop or aws:forward_to_sfe", path)


@control(
    id="LP-NETWORKFIREWALL-002",
    title="Firewall policies have rules for what they inspect",
    why="What is handed to the stateful engine without a rule passes: it looks like a firewall and stops nothing.",
    fix="Add statefulRuleGroupReferences, or statefulDefaultActions that drop, such as aws:drop_strict.",
    severity=Severity.HIGH,
    types=(_POLICY,),
    references=network_boundary(security_hub=("NetworkFirewall.3",)),
)
def inspection_has_rules(policy: Resource, _: Context) -> Findings:
    groups = "firewallPolicy.statefulRuleGroupReferences"
    inspected = [values_at(policy, f"firewallPolicy.{name}") for name in _ACTIONS]
    drops = any(str(each).startswith("aws:drop") for each in values_at(policy, "firewallPolicy.statefulDefaultActions"))
    if any("aws:forward_to_sfe" in each for each in inspected) and not drops and not policy.get(groups):
        yield Violation("no rule group is named, so all that is inspected passes", groups)
    policy.known("firewallPolicy.statefulDefaultActions")


@control(
    id="RSL-NETWORKFIREWALL-001",
    title="Firewalls have logging",
    why="Without its log, nobody knows what a firewall let through, or whom it stopped.",
    fix="Add an aws:networkfirewall/loggingConfiguration:LoggingConfiguration with its ARN as firewallArn.",
    severity=Severity.MEDIUM,
    types=(_FIREWALL,),
    scope=Scope.STACK,
    references=logging(security_hub=("NetworkFirewall.2",)),
)
def firewall_is_logged(firewall: Resource, context: Context) -> Findings:
    logs = ("aws:networkfirewall/loggingConfiguration:LoggingConfiguration",)
    if not named_by(firewall, context.everything, logs, "firewallArn", (_FIREWALL,)):
        yield Violation("nothing logs it")


require_value(
    "deleteProtection",
    (True,),
    default=False,
    id="RSL-NETWORKFIREWALL-002",
    title="Firewalls have deletion protection",
    why="Deleting a firewall by mistake stops all traffic that is routed through it, or lets it pass unseen.",
    fix="Set deleteProtection to true.",
    severity=Severity.MEDIUM,
    types=(_FIREWALL,),
    references=continuity(checkov=("CKV_AWS_344",), security_hub=("NetworkFirewall.9",)),
)

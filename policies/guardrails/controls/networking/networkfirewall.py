"""Network Firewall: what its policies do with packets that no rule names."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource, paths_at

_ACTIONS = ("statelessDefaultActions", "statelessFragmentDefaultActions")


@control(
    id="LP-NETWORKFIREWALL-001",
    title="Firewall policies drop packets or inspect them by default",
    why="With aws:pass, what no stateless rule names goes through without any inspection, fragments included.",
    fix="Set statelessDefaultActions and statelessFragmentDefaultActions to aws:drop or aws:forward_to_sfe.",
    severity=Severity.HIGH,
    types=("aws:networkfirewall/firewallPolicy:FirewallPolicy",),
    references=network_boundary(security_hub=("NetworkFirewall.4", "NetworkFirewall.5")),
)
def nothing_passes_by_default(policy: Resource, _: Context) -> Findings:
    for name in _ACTIONS:
        for path in paths_at(policy, f"firewallPolicy.{name}[*]"):
            if policy.get(path) == "aws:pass":
                yield Violation("aws:pass, expected aws:drop or aws:forward_to_sfe", path)

"""Rules over several settings, and those that differ by stack: one module per section."""

from settings.rules import network, stack
from settings.rules.finding import Finding, Rule

RULES: tuple[Rule, ...] = (*network.RULES, *stack.RULES)

__all__ = ["RULES", "Finding", "Rule"]

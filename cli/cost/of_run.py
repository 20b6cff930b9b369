"""What a run of the engine does to the cost of a stack, from its event log alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from cli.cost.estimate import Estimate, estimate
from cli.cost.prices import read_prices
from cli.cost.report import changes, number
from cli.cost.resources import Stack, stack_of
from cli.cost.usage import read_usage
from report.run import Cost, Run, Step

NEEDED = {
    "launchTemplate": "aws:ec2/launchTemplate:LaunchTemplate",
    "replicateSourceDb": "aws:rds/instance:Instance",
}
"""Input -> type of what it comes from, where that says what something costs: an event log doesn't tell which it is."""


def cost_of(run: Run, kind: str) -> Cost:
    """What it does to the cost of its stack.

    Args:
        run: which came to its end.
        kind: of the stack's environment; says how much use is assumed.

    Raises:
        CostError: prices or assumptions can't be read.
    """
    before = [(step, step.before) for step in run.steps if step.before is not None]
    after = [(step, step.after) for step in run.steps if step.after is not None]
    sides = old, new = estimated(run.stack, before, kind), estimated(run.stack, after, kind)
    unpriced = [
        f"{each['item']} {number(each['from'])} → {number(each['to'])}"
        for each in changes(*sides)
        if each["usd"] is None
    ]
    return Cost(before=old.known_usd, after=new.known_usd, unpriced=tuple(unpriced))


def estimated(stack: str, resources: Sequence[tuple[Step, Mapping[str, Any]]], kind: str) -> Estimate:
    """Of resources with their inputs."""
    steps = [step for step, _ in resources]
    states = [
        {
            "urn": step.urn,
            "type": step.type,
            "parent": step.parent,
            "inputs": inputs,
            "propertyDependencies": dict(needs(step, inputs, steps)),
        }
        for step, inputs in resources
    ]
    found = stack_of(states, "event log") if states else Stack(stack, {})
    return estimate(found, read_usage(kind), read_prices())


def needs(step: Step, inputs: Mapping[str, Any], others: Sequence[Step]) -> Iterator[tuple[str, list[str]]]:
    """The resources that inputs come from: those whose id they hold, else the only one of the same component."""
    for name, kind in NEEDED.items():
        if (value := inputs.get(name)) is None:
            continue
        named = cast("dict[str, Any]", value).get("id") if isinstance(value, dict) else value
        of_kind = [each for each in others if each.type == kind and each.urn != step.urn]
        found = [each for each in of_kind if each.id and each.id == named]
        if len(found := found or [each for each in of_kind if each.parent == step.parent]) == 1:
            yield name, [found[0].urn]

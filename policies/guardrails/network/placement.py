"""What is put into subnets that a route to an internet gateway makes public."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Violation
from guardrails.model.logic import each
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.network.topology import topology_of


def not_in_public_subnets(resource: Resource, context: Context, path: str) -> Findings:
    """What is wrong with the subnets that ``path`` lists; undetermined where none of them is of the stack."""
    topology = topology_of(context.everything)

    def judge(subnet: Resource) -> Findings:
        if topology.is_public(subnet):
            yield Violation(f"{subnet.name} has a route to an internet gateway", path)

    subnets = all_named(context.everything, resource, path, (SUBNET,))
    yield from each(subnets, judge)
    if not subnets:
        yield UndeterminedError(path)

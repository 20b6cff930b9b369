"""How a statement about one AWS service is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components.core.environment import Environment
from components.core.iam import ANY, Statement
from components.delivery.services import Work


def works(environment: Environment, wanted: Sequence[Work]) -> list[Statement]:
    """A statement for each entry of a table."""
    return [work_statement(environment, number, work) for number, work in enumerate(wanted, 1)]


def work_statement(environment: Environment, number: int, work: Work) -> Statement:
    """Changes to one service, in the Region: by ARN where there is one."""
    sid, actions = f"{work.service.title().replace('-', '')}{number}", spelled(work.service, work.actions)
    if work.resources == ANY:
        return unnamed(environment, sid, actions)
    names = work.resources.format(prefix=environment.prefix, project=environment.project).split()
    arns = [environment.arn(work.service, name) for name in names]
    return Statement(sid=sid, actions=actions, resources=arns, conditions=own(environment) if work.tagged else {})


def own(environment: Environment) -> Mapping[str, Mapping[str, str]]:
    """Of resources that AWS gives an id: only those with the stack's tag."""
    return {"StringEquals": {"aws:ResourceTag/Environment": environment.name}}


def spelled(service: str, actions: str) -> list[str]:
    """The actions as IAM spells them."""
    return [f"{service}:{name}" for name in actions.split()]


def unnamed(environment: Environment, sid: str, actions: Sequence[str], *regions: str) -> Statement:
    """Changes to what has no ARN before it is made, or none at all: only the Region limits them."""
    return Statement(
        sid=sid,
        actions=actions,
        resources=[ANY],
        conditions={"StringEquals": {"aws:RequestedRegion": regions or [environment.region]}},
        allow_any="there is no ARN to name",
    )

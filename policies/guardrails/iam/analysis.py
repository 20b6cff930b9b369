"""What a policy document lets its holder do.

Which actions exist, their levels and the known escalation methods come from policy_sentry and cloudsplaining; what
they leave out is here: resource patterns that cover everything of a kind, NotAction, denials, and several documents
taken together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache

from guardrails.iam import further_actions
from guardrails.iam.actions import Action, every_action, expand
from guardrails.iam.conditions import chooses_resources, is_narrowed
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import covers_format, fits_format, has_wildcard, is_any_arn
from guardrails.model.values import UndeterminedError


@lru_cache(maxsize=4096)
def named_actions(statement: Statement) -> frozenset[Action]:
    """The known actions under Action, or all but those under NotAction."""
    if statement.not_actions:
        left_out: frozenset[Action] = frozenset().union(*map(expand, statement.not_actions))
        return every_action() - left_out
    return frozenset[Action]().union(*map(expand, statement.actions))


def is_on_everything(statement: Statement) -> bool:
    """Whether Resource covers every ARN."""
    return any(is_any_arn(resource) for resource in statement.resources)


def covers_every_resource(statement: Statement, action: Action) -> bool:
    """Whether the statement reaches every resource that the action works on, as ``*`` or as ``role/*``."""
    if statement.not_resources or is_on_everything(statement):
        return True
    return any(covers_format(resource, arn) for arn in action.arn_formats for resource in statement.resources)


@lru_cache(maxsize=4096)
def denied_actions(document: Document) -> frozenset[Action]:
    """The actions that the document denies on everything, without a condition."""
    return frozenset[Action]().union(
        *(
            named_actions(statement)
            for statement in document.statements
            if statement.denies and not statement.conditions and is_on_everything(statement)
        )
    )


@lru_cache(maxsize=4096)
def unconstrained_actions(statement: Statement, document: Document) -> frozenset[Action]:
    """The actions that an Allow statement grants on every resource they work on, without a condition that narrows.

    Actions that can't be limited to an ARN count too; `restrictable` leaves them out.
    """
    return frozenset() if is_narrowed(statement) else actions_on_all(statement, document)


@lru_cache(maxsize=4096)
def actions_on_any_resource(statement: Statement, document: Document) -> frozenset[Action]:
    """As `unconstrained_actions`; a condition on the network, the region or a second factor makes no difference."""
    return frozenset() if chooses_resources(statement) else actions_on_all(statement, document)


@lru_cache(maxsize=4096)
def actions_on_all(statement: Statement, document: Document) -> frozenset[Action]:
    """The actions that an Allow statement grants on every resource they work on, whatever its conditions."""
    if not statement.allows:
        return frozenset()
    allowed = named_actions(statement)
    if not is_on_everything(statement):
        allowed = frozenset(action for action in allowed if covers_every_resource(statement, action))
    return allowed - denied_actions(document)


def restrictable(actions: Collection[Action]) -> list[Action]:
    """The actions that could have been limited to an ARN, by name."""
    return sorted((action for action in actions if action.arn_formats), key=lambda action: action.lower)


@lru_cache(maxsize=4096)
def unconstrained_grants(document: Document) -> tuple[frozenset[str], tuple[UndeterminedError, ...]]:
    """Lower-case names of all actions the document grants without constraint, and what of it is unknown."""
    granted: set[str] = set()
    unknown: list[UndeterminedError] = []
    for statement in document.statements:
        try:
            granted.update(action.lower for action in unconstrained_actions(statement, document))
        except UndeterminedError as error:
            unknown.append(error)
    return frozenset(granted), tuple(unknown)


@cache
def escalation_methods() -> Mapping[str, frozenset[str]]:
    """The published ways from these actions to more permissions: lower-case action names by method."""
    from cloudsplaining.shared.constants import (
        PRIVILEGE_ESCALATION_METHODS,
    )

    return {
        name: frozenset(needs) for name, needs in {**PRIVILEGE_ESCALATION_METHODS, **further_actions.METHODS}.items()
    }


def escalations(granted: frozenset[str]) -> dict[str, frozenset[str]]:
    """The escalation methods that these actions (lower-case names) make possible.

    A method that another one's actions already include is left out: one line for each distinct danger.
    """
    possible = {name: needs for name, needs in escalation_methods().items() if needs <= granted}
    return {
        name: needs for name, needs in possible.items() if not any(smaller < needs for smaller in possible.values())
    }


@cache
def credential_actions() -> frozenset[str]:
    """Lower-case names of the actions whose answer holds credentials."""
    from cloudsplaining.shared.constants import ACTIONS_THAT_RETURN_CREDENTIALS

    return frozenset(ACTIONS_THAT_RETURN_CREDENTIALS) | further_actions.CREDENTIALS


@cache
def exfiltration_actions() -> frozenset[str]:
    """Lower-case names of the actions that read data stores."""
    from cloudsplaining.shared.constants import READ_ONLY_DATA_EXFILTRATION_ACTIONS

    return frozenset(name.lower() for name in READ_ONLY_DATA_EXFILTRATION_ACTIONS) | further_actions.DATA


def mismatched_actions(statement: Statement) -> Iterator[str]:
    """The written actions that work on none of the statement's resources, so that they grant nothing."""
    if statement.not_resources or not statement.resources or is_on_everything(statement):
        return
    for written in statement.actions:
        actions = expand(written)
        if actions and not any(
            fits_format(resource, arn)
            for action in actions
            for arn in action.arn_formats
            for resource in statement.resources
        ):
            yield written


def wide_write_patterns(statement: Statement, width: int) -> Iterator[tuple[str, int]]:
    """The partial wildcards that cover more than ``width`` actions which change something, and how many."""
    for pattern in statement.actions:
        _, _, name = pattern.partition(":")
        if not has_wildcard(name) or not name.strip("*"):
            continue
        changing = sum(action.level not in {"Read", "List"} for action in expand(pattern))
        if changing > width:
            yield pattern, changing

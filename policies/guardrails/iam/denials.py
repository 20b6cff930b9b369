"""What a policy document denies, to everybody and whatever the request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from functools import partial

from guardrails.iam.condition_operators import Condition
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_arn, matches_action
from guardrails.model.logic import all_hold, first_that

Suits = Callable[[Statement], bool]

REGION = "aws:requestedregion"
EXCEPT = frozenset({"stringnotequals", "stringnotequalsignorecase", "stringnotlike"})
"""Operators by which a denial names whom or what it leaves out."""
_BY_SERVICE = ("aws:viaawsservice", "aws:principalisawsservice")
_WHO = ("aws:userid", "aws:username")


def denies(document: Document, actions: Iterable[str], suits: Suits) -> bool:
    """Whether each of ``actions`` is denied by a statement that ``suits``.

    Raises:
        UndeterminedError: one isn't as far as is known, and a statement holds unknown values.
    """
    return all_hold(*(partial(_denies, document, action, suits) for action in actions))


def _denies(document: Document, action: str, suits: Suits) -> bool:
    def holds(statement: Statement) -> bool:
        return statement.denies and reaches(statement, action) and suits(statement)

    return first_that(document.statements, holds) is not None


def reaches(statement: Statement, action: str) -> bool:
    """Whether the statement speaks of the action, by Action or by NotAction."""
    if statement.not_actions:
        return not any(matches_action(pattern, action) for pattern in statement.not_actions)
    return any(matches_action(pattern, action) for pattern in statement.actions)


def is_for_everyone(statement: Statement) -> bool:
    """Whether its principal is ``*``."""
    return any(principal.name == "*" for principal in statement.principals)


def is_on_every_object(statement: Statement) -> bool:
    """Whether it reaches all objects of a bucket: ``*``, ``arn:aws:s3:::BUCKET/*``, ``arn:aws:s3:::BUCKET*``."""
    return any(
        is_any_arn(resource) or resource.partition("/")[2] == "*" or ("/" not in resource and resource.endswith("*"))
        for resource in statement.resources
    )


def is_on_a_bucket(statement: Statement) -> bool:
    """Whether it reaches a bucket itself, and not its objects only: ``*``, ``arn:aws:s3:::BUCKET``."""
    return any(is_any_arn(resource) or "/" not in resource for resource in statement.resources)


def is_on_everything_but_for_some(statement: Statement) -> bool:
    """Whether it reaches every resource, and spares at most certain principals."""
    return any(map(is_any_arn, statement.resources)) and all(map(spares_principals, statement.conditions))


def spares_principals(condition: Condition) -> bool:
    """Whether all it does is to leave some principals out of a denial: a deployment role, or AWS's own services.

    One that leaves everybody out, or that names whom alone to deny something, is another.
    """
    if condition.key in _BY_SERVICE and condition.operator == "bool":
        return condition.values == ("false",)
    if not condition.key.startswith("aws:principal") and condition.key not in _WHO:
        return False
    if condition.operator == "null":
        return condition.values == ("true",)
    return (
        "not" in condition.operator
        and not condition._replace(operator=condition.operator.replace("not", "")).is_vacuous
    )


def is_outside(statement: Statement, allowed: Collection[str]) -> bool:
    """Whether it reaches every resource in all regions but the allowed ones, and spares at most certain principals."""
    elsewhere = [each for each in statement.conditions if each.key == REGION and each.operator in EXCEPT]
    others = [each for each in statement.conditions if each not in elsewhere]
    return (
        bool(elsewhere)
        and all(set(each.values) <= set(allowed) for each in elsewhere)
        and all(map(spares_principals, others))
        and any(map(is_any_arn, statement.resources))
    )

"""Whether a policy refuses a request that is described by its condition keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guardrails.iam.condition_operators import Condition
from guardrails.iam.denials import denies, is_for_everyone, is_on_every_object, spares_principals
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import matches

Request = Mapping[str, str | None]
"""Condition keys in lower case, and the value that the request has for each; None when it hasn't the key."""


def _same(pattern: str, text: str) -> bool:
    return pattern.lower() == text.lower()


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "stringequals": str.__eq__,
    "stringequalsignorecase": _same,
    "stringlike": matches,
    "arnequals": matches,
    "arnlike": matches,
    "bool": _same,
}


def refuses_upload(document: Document, request: Request) -> bool:
    """Whether the policy of a bucket denies everybody to put any object by ``request``.

    Args:
        document: the policy.
        request: the upload; its other condition keys may have any value, so that a denial which looks at them is none.
            One that spares certain principals is one nevertheless.

    Raises:
        UndeterminedError: no statement does as far as is known, and one holds unknown values.
    """

    def suits(statement: Statement) -> bool:
        if not (is_for_everyone(statement) and is_on_every_object(statement)):
            return False
        return all(spares_principals(each) or holds(each, request) for each in statement.conditions)

    return denies(document, ("s3:PutObject",), suits)


def holds(condition: Condition, request: Request) -> bool:
    """Whether a condition holds for a request, whatever its other keys; False for other than texts and ARNs."""
    if condition.key not in request:
        return False
    value = request[condition.key]
    if condition.operator == "null":
        return (value is None) == ("true" in condition.values)
    negated = "not" in condition.operator
    test = _TESTS.get(condition.operator.replace("not", ""))
    if test is None:
        return False
    if value is None:  # AWS: a negated operator holds for a request without the key
        return negated or condition.if_exists or condition.quantifier == "forallvalues"
    return any(test(pattern, value) for pattern in condition.values) != negated

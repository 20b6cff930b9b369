"""What the conditions of a statement demand of a request."""

from __future__ import annotations

import re

from guardrails.iam.condition_operators import Condition
from guardrails.iam.document import Statement

_PINNING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"})
"""Operators that hold only for the values that are listed."""

_NARROW_NOTHING = frozenset(
    {
        "aws:securetransport", "aws:useragent", "aws:referer", "aws:currenttime", "aws:epochtime", "aws:tokenissuetime",
        "s3:tlsversion", "s3:signatureversion", "s3:signatureage", "s3:authtype",
    }
)  # fmt: skip
"""Keys that say how or when a request is made; any holder of the permission can meet them."""

_ALWAYS_THERE = frozenset(
    {
        "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:requestedregion",
        "aws:resourceaccount",
    }
)  # fmt: skip
"""Keys that every request of an identity has: a condition that lets requests without the key pass still holds."""

_OF_THE_HOLDER = re.compile(r"aws:(principal.*|userid|username|resourceaccount|resourceorg.*)|kms:calleraccount")
"""Keys that are the same for every request of an identity in its own account, and so for all that it can reach."""

_OF_THE_PLACE = re.compile(
    r"aws:(requestedregion|source(ip|vpc|vpce|vpcarn)|vpc.*|multifactorauth.*|ec2instancesource.*)|ec2:sourceinstancearn"
)
"""Keys that say where and how a request is made, and nothing of what it is for."""

_NARROWEST_COMMON = 8
"""A range with a shorter prefix holds more than a 256th of all addresses, and tells nobody apart."""

ACCOUNT_KEYS = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
)
"""Keys that tie a request to an account or an organisation."""

NETWORK_KEYS = ("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:sourceip", "s3:dataaccesspointarn")
"""Keys that tie a request to a place."""


_IDENTITY = re.compile(r"(A[A-Z]{3}[A-Z0-9]{12,}|\d{12})(:.*)?")
"""An ``aws:userid`` of one user, role or account; the name of a session may follow, and be anything."""


def is_narrowed(statement: Statement) -> bool:
    """Whether any condition limits what the statement's holder can reach, or from where."""
    return any(map(_narrows, statement.conditions))


def chooses_resources(statement: Statement) -> bool:
    """Whether any condition limits which resources the statement's holder can reach, from wherever it is."""
    return any(
        _narrows(each) and not _OF_THE_PLACE.fullmatch(each.key) and not each.operator.startswith(("numeric", "date"))
        for each in statement.conditions
    )


def _narrows(condition: Condition) -> bool:
    if condition.key in _NARROW_NOTHING or condition.is_vacuous or not _is_network(condition):
        return False
    if "not" in condition.operator:  # everything but what is listed
        return False
    if _OF_THE_HOLDER.fullmatch(condition.key) and not any("${" in value for value in condition.values):
        return False
    return condition.demands_key or condition.key in _ALWAYS_THERE


def _is_network(condition: Condition) -> bool:
    """Whether a test of addresses keeps most of them out; true of any other test."""
    return condition.operator != "ipaddress" or all(each.prefixlen >= _NARROWEST_COMMON for each in condition.networks)


def pinned(statement: Statement, key: str) -> tuple[str, ...]:
    """The values to which the statement limits ``key``, patterns included; empty when any value, or none, will do.

    A ``key`` that ends with ``/`` stands for all that begin so, such as ``aws:PrincipalTag/``.
    """
    for each in statement.conditions:
        is_it = each.key.startswith(key.lower()) if key.endswith("/") else each.key == key.lower()
        if is_it and each.operator in _PINNING and each.demands_key and not each.is_vacuous:
            return each.values
    return ()


def lists(statement: Statement, key: str) -> bool:
    """Whether the statement limits ``key`` to values that are listed; for a key that every request of its kind has."""
    return any(
        each.key == key.lower() and each.operator in _PINNING and not each.is_vacuous for each in statement.conditions
    )


def demands_second_factor(statement: Statement) -> bool:
    """Whether a request without a multi-factor authentication fails."""

    def demands(condition: Condition) -> bool:
        if condition.key == "aws:multifactorauthage":
            return condition.operator.startswith("numericless")
        present = condition.key == "aws:multifactorauthpresent" and condition.operator == "bool"
        return present and condition.values == ("true",)

    return any(each.demands_key and demands(each) for each in statement.conditions)


def pins_exactly(statement: Statement, key: str) -> bool:
    """Whether ``key`` is limited to values without a wildcard."""
    return any(
        each.key == key.lower()
        and each.operator in _PINNING
        and each.demands_key
        and (each.operator.startswith("stringequals") or not any(re.search(r"[*?]", v) for v in each.values))
        and not any(value in {"", "*"} for value in each.values)
        for each in statement.conditions
    )


def constrains_to_account(statement: Statement) -> bool:
    """Whether a condition ties every request to an account or an organisation."""
    identities = pinned(statement, "aws:userid")
    return bool(identities and all(map(_IDENTITY.fullmatch, identities))) or any(
        values and all(map(names_an_account, values)) for values in (pinned(statement, key) for key in ACCOUNT_KEYS)
    )


def names_an_account(value: str) -> bool:
    """False for an ARN of any account; those of buckets hold none, their names are unique in the world.

    Of an organisation's path the organisation itself counts.
    """
    parts = value.split(":", 5)
    if parts[0] != "arn":
        return not re.search(r"[*?]", value.partition("/")[0])
    return len(parts) == 6 and not re.search(r"[*?]", parts[4] or parts[5][:1])


def constrains_to_network(statement: Statement) -> bool:
    """Whether a condition ties every request to a VPC, an endpoint or an address range."""
    return any(
        each.key in NETWORK_KEYS
        and each.demands_key
        and not each.is_vacuous
        and "not" not in each.operator
        and _is_network(each)
        for each in statement.conditions
    )


def allows_public_principal(statement: Statement) -> bool:
    """Whether anyone on the internet may do what the statement allows.

    So it is with the principal ``*``, or NotPrincipal, unless a condition ties requests to an account, an organisation
    or a network.
    """
    if not statement.allows:
        return False
    anyone = any(name == "*" for _, name in statement.principals) or bool(statement.not_principals)
    return anyone and not (constrains_to_account(statement) or constrains_to_network(statement))

"""One condition of a statement: an operator, applied to a key, with values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

OPERATORS = frozenset(
    f"{kind}{test}".lower()
    for kind, tests in {
        "String": ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"),
        "Numeric": (
            "Equals",
            "NotEquals",
            "LessThan",
            "LessThanEquals",
            "GreaterThan",
            "GreaterThanEquals",
        ),
        "Date": ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"),
        "Arn": ("Equals", "NotEquals", "Like", "NotLike"),
        "": ("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"),
    }.items()
    for test in tests
)


class Condition(NamedTuple):
    """One operator applied to one key."""

    operator: str
    """Lower case, without set prefix and IfExists."""
    key: str
    """Lower case."""
    values: tuple[str, ...]
    if_exists: bool
    """Whether it also holds for a request that lacks the key."""
    quantifier: str
    """``forallvalues``, ``foranyvalue`` or empty."""

    @property
    def demands_key(self) -> bool:
        """Whether a request without the key fails it."""
        return not self.if_exists and self.quantifier != "forallvalues"

    @property
    def is_vacuous(self) -> bool:
        """Whether any value satisfies it."""
        if self.operator == "null":
            return True
        if self.operator in {"ipaddress", "notipaddress"}:
            return any(value.endswith("/0") for value in self.values)
        return self.operator in {"stringlike", "arnlike", "arnequals"} and any(
            not value.strip("*:") for value in self.values
        )


def parse_condition(operator: str, key: str, values: Iterable[str]) -> Condition:
    """A condition from its operator as written, such as ``ForAnyValue:StringLikeIfExists``."""
    quantifier, colon, test = operator.lower().rpartition(":")
    bare = test.removesuffix("ifexists")
    return Condition(bare, key.lower(), tuple(values), bare != test, quantifier if colon else "")

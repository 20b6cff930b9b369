"""One condition of a statement: an operator, applied to a key, with values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
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


_ACCOUNT_DIGITS = 12
_FORM = {
    "aws:principalorgid": "o-",
    "aws:sourceorgid": "o-",
    "aws:resourceorgid": "o-",
    "aws:vpceorgid": "o-",
    "aws:sourcevpc": "vpc-",
    "aws:sourcevpce": "vpce-",
    "aws:principalaccount": "",
    "aws:sourceaccount": "",
    "aws:sourceowner": "",
    "aws:resourceaccount": "",
    "aws:vpceaccount": "",
    "kms:calleraccount": "",
    "s3:dataaccesspointaccount": "",
}
"""Key -> how each of its values begins."""
_ANY = {
    "aws:principalarn": re.compile(r"arn:[^:]*:(iam|sts|\*):\*?:[*?]*:((role|user|assumed-role)/)?\*+"),
    "iam:passedtoservice": re.compile(r"[*?.]*(amazonaws\.com)?"),
}
"""Key -> the patterns that leave none of its values out."""


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
        """Whether any value that the key can have satisfies it: ``o-*``, or both halves of all addresses."""
        if self.operator == "null":
            return True
        if self.operator in {"ipaddress", "notipaddress"}:
            return any(network.prefixlen == 0 for network in self.networks)
        return self.operator in {"stringlike", "arnlike", "arnequals"} and any(map(self._is_any, self.values))

    @property
    def networks(self) -> list[IPv4Network | IPv6Network]:
        """The address ranges among its values, adjoining ones as one; what is no range is left out."""
        ranges = [found for value in self.values if (found := _network(value))]
        return [
            *collapse_addresses(each for each in ranges if isinstance(each, IPv4Network)),
            *collapse_addresses(each for each in ranges if isinstance(each, IPv6Network)),
        ]

    def _is_any(self, value: str) -> bool:
        """Whether a pattern leaves nothing of the key's values out."""
        if not value.strip("*:") or (self.key in _ANY and _ANY[self.key].fullmatch(value)):
            return True
        prefix = _FORM.get(self.key)
        rest = value.removeprefix(prefix) if prefix else value
        return prefix is not None and not rest.strip("*?") and ("*" in rest or len(rest) == _ACCOUNT_DIGITS)


def parse_condition(operator: str, key: str, values: Iterable[str]) -> Condition:
    """A condition from its operator as written, such as ``ForAnyValue:StringLikeIfExists``."""
    quantifier, colon, test = operator.lower().rpartition(":")
    bare = test.removesuffix("ifexists")
    return Condition(bare, key.lower(), tuple(values), bare != test, quantifier if colon else "")


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None

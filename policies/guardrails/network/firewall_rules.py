"""One model for every way to write a network rule, and the questions that controls ask of it.

`guardrails.rule_forms.rules_of` reads the rules of a resource: inline or separate, security group or network ACL. A
value that is not known yet is a `Pending` in the model; a question raises `UndeterminedError` only when its answer
hangs on one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from guardrails.model.logic import all_hold, first_that
from guardrails.model.values import UndeterminedError
from guardrails.network.addresses import DEFAULT_WIDTHS, Network, Widths, contains, is_wide

T = TypeVar("T")

ALL, ICMP, TCP, UDP, ICMPV6 = -1, 1, 6, 17, 58
"""IANA protocol numbers, and AWS's -1 for every protocol."""
WITH_PORTS = (TCP, UDP)
LAST_PORT = 65535


@dataclass(frozen=True)
class Pending:
    """A value that is known only after deployment, or that is not what the service accepts there."""

    path: str


class Direction(StrEnum):
    """Which way the traffic goes, seen from the group or subnet."""

    INGRESS = "ingress"
    EGRESS = "egress"


class Kind(StrEnum):
    """What stands at the other end of a rule."""

    CIDR = "CIDR"
    PREFIX_LIST = "prefix list"
    SECURITY_GROUP = "security group"
    SELF = "self"
    ANYTHING = "not known yet"


@dataclass(frozen=True)
class Source:
    """The other end of a rule: what an ingress rule admits, or where an egress rule leads.

    Attributes:
        value: the network of a CIDR, the id of a prefix list or group.
        path: the property that says so.
    """

    kind: Kind
    value: Network | str | Pending
    path: str = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule of a security group or network ACL; equal to every other spelling of the same rule.

    Attributes:
        protocol: IANA number, `ALL`, or a name that is none of those that AWS documents for groups.
        from_port: first port (0 when the rule covers all), or ICMP type (-1 for all).
        to_port: last port (65535 when the rule covers all), or ICMP code (-1 for all).
        allow: False for a network ACL's deny.
        number: place in a network ACL's order, lowest first; None in a security group.
        description: None when there is none.
        path: the property that holds the rule, empty when the rule is the resource.
    """

    direction: Direction | Pending
    protocol: int | str | Pending
    from_port: int | Pending
    to_port: int | Pending
    sources: frozenset[Source]
    allow: bool | Pending = True
    number: int | Pending | None = None
    description: str | Pending | None = field(default=None, compare=False)
    path: str = field(default="", compare=False)


def known(value: T | Pending) -> T:
    """The value itself.

    Raises:
        UndeterminedError: it is not known yet.
    """
    if isinstance(value, Pending):
        raise UndeterminedError(value.path)
    return value


def admits(rule: Rule, direction: Direction) -> bool:
    """Whether the rule lets traffic pass in ``direction``."""
    return all_hold(lambda: known(rule.direction) is direction, lambda: known(rule.allow))


def internet_source(rule: Rule, widths: Widths = DEFAULT_WIDTHS) -> Source | None:
    """The source that makes the rule open to the internet, in any spelling; None when there is none."""
    return first_that(ordered_sources(rule), lambda source: _is_internet(source, widths))


def is_open_to_internet(rule: Rule, widths: Widths = DEFAULT_WIDTHS) -> bool:
    """Whether the rule speaks of the whole internet, or of a part as wide as ``widths`` say."""
    return internet_source(rule, widths) is not None


def cidr_source(rule: Rule) -> Source | None:
    """A source that is an address range, whichever; None when the rule names groups and prefix lists only."""
    return first_that(ordered_sources(rule), lambda source: _kind(source) is Kind.CIDR)


def ordered_sources(rule: Rule) -> list[Source]:
    """The sources in a stable order."""
    return sorted(rule.sources, key=lambda source: (source.path, str(source.value)))


def transports(rule: Rule) -> tuple[int, ...]:
    """Which of TCP and UDP the rule covers."""
    protocol = known(rule.protocol)
    return tuple(one for one in WITH_PORTS if protocol in (ALL, one))


def covers_port(rule: Rule, port: int) -> bool:
    """Whether the rule covers this TCP or UDP port, alone, in a range, or because it covers all."""
    return all_hold(
        lambda: bool(transports(rule)), lambda: known(rule.from_port) <= port, lambda: port <= known(rule.to_port)
    )


def covered_port(rule: Rule, ports: Collection[int]) -> int | None:
    """The lowest of ``ports`` that the rule covers."""
    return first_that(sorted(ports), lambda port: covers_port(rule, port))


def covers_all_ports(rule: Rule) -> bool:
    """Whether the rule covers every TCP or every UDP port."""
    return all_hold(
        lambda: bool(transports(rule)), lambda: known(rule.from_port) <= 1, lambda: known(rule.to_port) >= LAST_PORT
    )


def port_beyond(rule: Rule, tcp: Collection[int], udp: Collection[int]) -> int | None:
    """The lowest port that the rule covers and that is not among ``tcp`` (or ``udp``, as far as it covers UDP)."""
    allowed = [frozenset(tcp if one == TCP else udp) for one in transports(rule)]
    if not allowed:
        return None
    ports = range(known(rule.from_port), known(rule.to_port) + 1)
    return next((port for port in ports if any(port not in these for these in allowed)), None)


def is_denied_before(rule: Rule, others: Collection[Rule], source: Source, port: int) -> bool:
    """Whether lower-numbered denies take ``port`` from ``source`` out of a network ACL's allow rule."""

    def denies(other: Rule, transport: int) -> bool:
        return all_hold(
            lambda: known(other.direction) == known(rule.direction),
            lambda: not known(other.allow),
            lambda: (known(other.number) or 0) < (known(rule.number) or 0),
            lambda: transport in transports(other),
            lambda: covers_port(other, port),
            lambda: first_that(other.sources, lambda wider: _includes(wider, source)) is not None,
        )

    return all_hold(
        *(
            lambda transport=transport: first_that(others, lambda other: denies(other, transport)) is not None
            for transport in transports(rule)
        )
    )


def _kind(source: Source) -> Kind:
    if source.kind is Kind.ANYTHING:
        raise UndeterminedError(source.path)
    return source.kind


def _is_internet(source: Source, widths: Widths) -> bool:
    if _kind(source) is not Kind.CIDR:
        return False
    network = known(source.value)
    return not isinstance(network, str) and is_wide(network, widths)


def _includes(outer: Source, inner: Source) -> bool:
    wide, narrow = known(outer.value), known(inner.value)
    return not isinstance(wide, str) and not isinstance(narrow, str) and contains(wide, narrow)

"""Event subscriptions of databases."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from guardrails.controls.database.rds.databases import CLUSTER, INSTANCE, MEMBER, PARAMETER_GROUP
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError

_SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"


@dataclass(frozen=True)
class _Subject:
    """What events are about.

    Attributes:
        source: its name as ``sourceType``.
        types: its Pulumi types.
        events: the categories that must be reported.
    """

    source: str
    types: tuple[str, ...]
    events: frozenset[str]


def _report(id_: str, what: str, subject: _Subject, security_hub: str) -> None:
    """A control that subscriptions report the subject's events, of each resource of its types.

    Where a stack has none of these, its own subscriptions are judged, by what they report of all those elsewhere.
    """

    def check(resource: Resource, context: Context) -> Findings:
        stack = context.everything
        is_database = resource.type != _SUBSCRIPTION
        if not is_database and (
            stack.of_type(*subject.types) or resource.has("sourceIds") or resource.get("sourceType") != subject.source
        ):
            return
        missing, unknown = _unreported_of_all(stack, subject)
        if missing and is_database:
            named = named_by(resource, stack, (_SUBSCRIPTION,), "sourceIds", subject.types)
            of_this, unknown_of_this = _unreported(named, subject)
            missing, unknown = missing & of_this, unknown or unknown_of_this
        if missing and unknown:
            raise unknown
        if missing:
            yield Violation(f"no subscription of this stack reports {', '.join(sorted(missing))}")

    control(
        id=id_,
        title=f"{what} have an event subscription",
        why="Without one, nobody is notified of a failover, a failed backup or a changed setting.",
        fix=f"Add an aws.rds.EventSubscription with sourceType {subject.source}, and neither sourceIds nor categories.",
        severity=Severity.LOW,
        level=Level.ADVISORY,  # another stack may have it
        types=(*subject.types, _SUBSCRIPTION),
        scope=Scope.STACK,
        references=References(security_hub=(security_hub,), soc2=("CC7.2",), iso27001=("A.8.16",)),
    )(check)


@lru_cache(maxsize=8)
def _unreported_of_all(stack: Stack, subject: _Subject) -> tuple[frozenset[str], UndeterminedError | None]:
    """As `_unreported`, by the subscriptions to whatever there is of the subject."""
    return _unreported((each for each in stack.of_type(_SUBSCRIPTION) if not each.has("sourceIds")), subject)


def _unreported(
    subscriptions: Iterable[Resource], subject: _Subject
) -> tuple[frozenset[str], UndeterminedError | None]:
    """The categories of events that none of these is known to report, and what is not known of one that may."""
    missing, unknown = subject.events, None
    for subscription in subscriptions:
        try:
            missing -= frozenset(_reported(subscription, subject))
        except UndeterminedError as error:
            unknown = error
    return missing, unknown


def _reported(subscription: Resource, subject: _Subject) -> Collection[str]:
    is_on = subscription.get("enabled", True)
    if not is_on or subscription.get("sourceType", subject.source) != subject.source:
        return ()
    return subscription.known("eventCategories", []) or subject.events


_report(
    "RSL-RDS-019",
    "Database instances",
    _Subject("db-instance", (INSTANCE, MEMBER), frozenset(["configuration change", "failure", "maintenance"])),
    "RDS.20",
)
_report(
    "RSL-RDS-020",
    "Database clusters",
    _Subject("db-cluster", (CLUSTER,), frozenset(["failure", "maintenance"])),
    "RDS.19",
)
_report(
    "RSL-RDS-021",
    "Database parameter groups",
    _Subject("db-parameter-group", (PARAMETER_GROUP,), frozenset(["configuration change"])),
    "RDS.21",
)

"""The bastion's rules."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings


@rule
def working_hours_are_in_order(settings: Settings) -> Iterator[Finding]:
    """It is started before it is stopped."""
    hours = settings.bastion.working_hours
    if hours.start >= hours.stop:
        path = ("bastion", "working_hours")
        yield Finding((*path, "stop"), f"got {hours.stop}", f"{hours.start + 1} to 23", ((*path, "start"),))


@rule
def bastion_is_there_for_the_database(settings: Settings) -> Iterator[Finding]:
    """Only a bastion that exists can be let through to the database."""
    if settings.network.database_access.bastion and not settings.bastion.enabled:
        path = ("network", "database_access", "bastion")
        yield Finding(
            path, "got true, but there is no bastion", "false, or smile:bastion.enabled: true", (("bastion",),)
        )

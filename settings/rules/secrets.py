"""The secrets' rules: long recovery in production, users that MySQL keeps apart."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.secrets.settings import CLONE, LONGEST_RECOVERY, REDIS_TAKEN
from settings.rule import rule
from settings.stack import Settings

TAKEN = ("mysql", "rdsadmin", "rdsproxyadmin", "rdsrepladmin", "root")
"""Users that MySQL and RDS keep for themselves."""


@rule
def deleted_secrets_can_be_restored(settings: Settings) -> Iterator[Finding]:
    """As long as AWS can, in production (SMILE-SECRETS-05)."""
    days = settings.secrets.recovery_days
    if settings.is_production and days != LONGEST_RECOVERY:
        yield Finding(("secrets", "recovery_days"), f"got {days}", f"{LONGEST_RECOVERY} in production")


@rule
def mysql_users_are_free(settings: Settings) -> Iterator[Finding]:
    """None is MySQL's own, or the second of another user's pair."""
    names = settings.secrets.mysql_users
    for name in names:
        path = ("secrets", "mysql_users", name)
        if name in TAKEN:
            yield Finding(path, f"{name} is taken", f"a name other than {', '.join(TAKEN)}")
        if name.endswith(CLONE):
            yield Finding(path, f"{name} would be the second user of a pair", f"a name that doesn't end with {CLONE}")


@rule
def redis_users_are_free(settings: Settings) -> Iterator[Finding]:
    """None is one that every cache has."""
    for name in settings.secrets.redis_users:
        if name in REDIS_TAKEN:
            path = ("secrets", "redis_users", name)
            yield Finding(path, f"{name} is taken", f"a name other than {', '.join(REDIS_TAKEN)}")

"""The secrets' rules: long recovery in production."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.secrets.settings import LONGEST_RECOVERY
from settings.rule import rule
from settings.stack import Settings


def secret_names(settings: Settings) -> list[str]:
    """The secrets that the stack has, as services name them: ``mysql/application``."""
    with_password = (name for name, user in settings.cache.users.items() if user.authentication == "password")
    return [
        *(f"{settings.database.engine}/{name}" for name in settings.database.users),
        *(f"redis/{name}" for name in with_password),
        *(f"external/{name}" for name in settings.secrets.external),
    ]


@rule
def deleted_secrets_can_be_restored(settings: Settings) -> Iterator[Finding]:
    """As long as AWS can, in production (SMILE-SECRETS-05)."""
    days = settings.secrets.recovery_days
    if settings.is_production and days != LONGEST_RECOVERY:
        yield Finding(("secrets", "recovery_days"), f"got {days}", f"{LONGEST_RECOVERY} in production")

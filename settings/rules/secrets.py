"""The secrets' rules: long recovery in production."""

from __future__ import annotations

from collections.abc import Iterator

from components.core.settings.finding import Finding
from components.core.settings.problems import suggestion
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


def parameter_names(settings: Settings, service: str) -> list[str]:
    """The parameters that a service or function may read: its own, and those of no service (SMILE-SSM-01)."""
    names = (*settings.secrets.parameters, *settings.secrets.secure_parameters)
    return [name for name in names if "/" not in name or name.startswith(f"{service}/")]


@rule
def parameters_are_read_by_somebody(settings: Settings) -> Iterator[Finding]:
    """The first part of a name is a service or function of the stack, and no name is both plain and secure."""
    users = [*settings.services.catalogue, *settings.functions.application]
    for field in ("parameters", "secure_parameters"):
        for name in getattr(settings.secrets, field):
            service, slash, _ = name.partition("/")
            if slash and service not in users:
                what = f"no service or function {service}{suggestion(service, users)}"
                reads = (("services", "catalogue"), ("functions", "application"))
                yield Finding(("secrets", field, name), what, ", ".join(users) or "a name without '/'", reads)
    for name in settings.secrets.secure_parameters:
        if name in settings.secrets.parameters:
            reads = (("secrets", "parameters", name),)
            yield Finding(("secrets", "secure_parameters", name), "is a plain parameter too", "one of both", reads)


@rule
def deleted_secrets_can_be_restored(settings: Settings) -> Iterator[Finding]:
    """As long as AWS can, in production (SMILE-SECRETS-05)."""
    days = settings.secrets.recovery_days
    if settings.is_production and days != LONGEST_RECOVERY:
        yield Finding(("secrets", "recovery_days"), f"got {days}", f"{LONGEST_RECOVERY} in production")

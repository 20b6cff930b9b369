"""Settings of secrets: passwords that rotate, secrets of others, and parameters that are no secret.

No value of a secret is a setting: rotation makes the passwords, people put the secrets of others into AWS themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from components.core.settings.field import About, setting
from components.core.settings.section import Section

LONGEST_RECOVERY = 30
"""Days that Secrets Manager keeps a deleted secret at most."""
SLUGS = "1 to 64 lower-case letters, digits and '-', beginning with a letter"
PARAMETER_NAMES = "lower-case letters, digits, '-' and '/', such as notifications/sender"

SECRET_LIKE = re.compile(r"passw|pwd|secret|token|credential|private.?key|api.?key|access.?key", re.IGNORECASE)
"""A name that promises a secret."""


def plain_name(name: str) -> str:
    """Let a name pass that promises no secret.

    Raises:
        ValueError: it does.
    """
    if SECRET_LIKE.search(name):
        raise ValueError("is the name of a secret: it belongs into Secrets Manager")
    return name


def check_plain_names(names: Iterable[str]) -> None:
    """Let names of parameters and environment variables pass that promise no secret.

    Raises:
        ValueError: one does.
    """
    for name in names:
        try:
            plain_name(name)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None


SecretName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
ParameterName = Annotated[
    str, StringConstraints(max_length=128, pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$"), AfterValidator(plain_name)
]
ParameterValue = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class Secrets(Section):
    """The secrets and parameters of one stack."""

    recovery_days: int = setting(
        LONGEST_RECOVERY,
        "how long a deleted secret can be restored",
        About(unit="days", valid=f"7 to {LONGEST_RECOVERY}"),
        ge=7,
        le=LONGEST_RECOVERY,
    )
    rotation_days: int = setting(
        30,
        "how often passwords are replaced",
        About(unit="days", valid="1 to 90"),
        ge=1,
        le=90,
    )
    external: dict[SecretName, str] = setting(
        {},
        "name -> what it is; a secret that others gave, whose value people put into AWS themselves",
        About(valid=f"names of {SLUGS}"),
    )
    parameters: dict[ParameterName, ParameterValue] = setting(
        {},
        "name -> value of what programs read and isn't secret",
        About(valid=f"names of {PARAMETER_NAMES}"),
    )
    secure_parameters: dict[ParameterName, str] = setting(
        {},
        "name -> what it is; configuration that is sensitive, whose value people put into AWS themselves",
        About(valid=f"names of {PARAMETER_NAMES}"),
    )

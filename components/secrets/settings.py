"""``smile:secrets``: passwords that rotate, secrets of others, and parameters that are no secret.

No value of a secret is a setting: rotation makes the passwords, people put the secrets of others into AWS themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from components.core.settings.field import About, Section, one_of, setting

LONGEST_RECOVERY = 30
"""Days that Secrets Manager keeps a deleted secret at most; prod uses them all."""
CLONE = "_clone"
"""What the name of the second of two alternating MySQL users ends with."""
USER_NAMES = "1 to 26 lower-case letters, digits and '_', beginning with a letter"
REDIS_NAMES = "1 to 20 lower-case letters, digits and '-', beginning with a letter"
"""ElastiCache takes 40 characters, and the cache's name comes before."""
SLUGS = "1 to 64 lower-case letters, digits and '-', beginning with a letter"
PARAMETER_NAMES = "lower-case letters, digits, '-' and '/', such as notifications/sender"

REDIS_TAKEN = ("default", "application")
"""Users that every cache has."""

Privilege = Literal[
    "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "SHOW VIEW", "LOCK TABLES", "CREATE TEMPORARY TABLES",
    "CREATE", "ALTER", "DROP", "INDEX", "REFERENCES", "TRIGGER", "CREATE VIEW", "CREATE ROUTINE", "ALTER ROUTINE",
    "EVENT",
]  # fmt: skip
"""What a MySQL user can be granted on one schema."""
SECRET_LIKE = re.compile(r"passw|pwd|secret|token|credential|private.?key|api.?key|access.?key", re.IGNORECASE)
"""A name that promises a secret."""
ACCESS_RULE = re.compile(r"(%(R|W|RW)?~|~|&|[+-]@?)[^\s<>#!]+|allkeys|allchannels|allcommands|nocommands")
"""One word of a Redis access string that says what is allowed; none that turns a user on or gives it a password."""


def access_string(text: str) -> str:
    """Let a Redis access string pass that only says what is allowed.

    Raises:
        ValueError: names the word that does more.
    """
    for word in text.split():
        if not ACCESS_RULE.fullmatch(word):
            raise ValueError(f"{word} is no key, channel or command rule")
    return text


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


UserName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,25}$")]
SecretName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
RedisName = Annotated[str, StringConstraints(max_length=20, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Schema = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,63}$")]
AccessString = Annotated[str, StringConstraints(min_length=1, max_length=512), AfterValidator(access_string)]
ParameterName = Annotated[
    str, StringConstraints(max_length=128, pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$"), AfterValidator(plain_name)
]
ParameterValue = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class MysqlUser(Section):
    """One user of the database; its password is in a secret of its own."""

    schema_name: Schema = setting(
        "smile",
        "the schema (database) in which it may do anything at all",
        About(valid="a letter, then up to 63 letters, digits and '_'"),
    )
    privileges: tuple[Privilege, ...] = setting(
        ("SELECT", "INSERT", "UPDATE", "DELETE"),
        "what it may do there",
        one_of(get_args(Privilege)),
        min_length=1,
    )


class RedisUser(Section):
    """One user of the cache that logs in with a password, for clients that can't use IAM."""

    access: AccessString = setting(
        "~* &* +@all -@admin -@dangerous",
        "what it may do, as a Redis access string",
        About(valid="rules such as ~orders:* +@read -@dangerous; no on, off or password"),
    )


class Secrets(Section):
    """The secrets and parameters of one stack."""

    recovery_days: int = setting(
        LONGEST_RECOVERY,
        "how long a deleted secret can be restored",
        About(unit="days", valid=f"7 to {LONGEST_RECOVERY}; {LONGEST_RECOVERY} in prod"),
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
    mysql_users: dict[UserName, MysqlUser] = setting(
        {"application": MysqlUser()},
        "name -> user of the database; rotation makes it, with a second one that takes turns",
        About(valid=f"names of {USER_NAMES}"),
    )
    redis_users: dict[RedisName, RedisUser] = setting(
        {},
        "name -> user of the cache that logs in with a password",
        About(valid=f"names of {REDIS_NAMES}, but not {' or '.join(REDIS_TAKEN)}"),
    )
    external: dict[SecretName, str] = setting(
        {},
        "name -> what it is; a secret that others gave, whose value people put into AWS themselves",
        About(valid=f"names of {SLUGS}"),
    )
    parameters: dict[ParameterName, ParameterValue] = setting(
        {"time-zone": "Asia/Jakarta"},
        "name -> value of what programs read and isn't secret",
        About(valid=f"names of {PARAMETER_NAMES}"),
    )

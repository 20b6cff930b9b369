"""Users of a database: those that programs log in as, and the name of the master user."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, StringConstraints

from aws_facts.rds_versions import Engine
from components.core.settings.field import About, setting
from components.core.settings.section import Section

Privilege = Literal[
    "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "SHOW VIEW", "LOCK TABLES", "CREATE TEMPORARY TABLES",
    "CREATE", "ALTER", "DROP", "INDEX", "REFERENCES", "TRIGGER", "CREATE VIEW", "CREATE ROUTINE", "ALTER ROUTINE",
    "EVENT", "TRUNCATE", "TEMPORARY",
]  # fmt: skip
"""What a user can be granted in one database."""
POSTGRES_PRIVILEGES: tuple[Privilege, ...] = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "CREATE", "TEMPORARY",
)  # fmt: skip
PRIVILEGES: dict[Engine, tuple[Privilege, ...]] = {
    "mysql": tuple(each for each in get_args(Privilege) if each not in {"TRUNCATE", "TEMPORARY"}),
    "postgres": POSTGRES_PRIVILEGES,
}
"""Those that an engine knows. In PostgreSQL, whoever may create a table may do everything with it."""

CLONE = "_clone"
"""What the name of the second of two alternating users ends with."""
TAKEN = ("admin", "administrator", "mysql", "postgres", "root", "rds...", "pg_...")
USER_NAMES = (
    "1 to 26 lower-case letters, digits and '_', beginning with a letter; none of "
    f"{', '.join(TAKEN)}, and a name that doesn't end with {CLONE}"
)


def free_user_name(name: str) -> str:
    """Let a user's name pass that neither RDS nor an engine has taken nor an attacker tries first.

    Raises:
        ValueError: the name is taken or easily guessed.
    """
    if name in TAKEN or name.startswith(("rds", "pg_")):
        raise ValueError("is taken: reserved, or what an attacker tries first")
    if name.endswith(CLONE):
        raise ValueError("would be the second user of a pair")
    return name


AdminName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=16), AfterValidator(free_user_name)
]
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,25}$"), AfterValidator(free_user_name)]
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]


class User(Section):
    """One user that a program logs in as; its password is in a secret of its own, and rotates."""

    database: DatabaseName = setting(
        "application",
        "the database (MySQL's schema) in which it may do anything at all; made where it isn't there",
        About(valid="a letter, then up to 62 letters, digits and '_'"),
    )
    privileges: tuple[Privilege, ...] = setting(
        ("SELECT", "INSERT", "UPDATE", "DELETE"),
        "what it may do there",
        About(
            valid="; ".join(f"{engine}: {', '.join(known)}" for engine, known in PRIVILEGES.items()),
            choices=get_args(Privilege),
        ),
        min_length=1,
    )

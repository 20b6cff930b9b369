"""Replaces the passwords of PostgreSQL users: two users take turns, so that a program's open password works on.

Both are members of one group role and work as it, so that what one makes belongs to the other too. The group has
exactly the privileges of the settings, on the tables of today and of tomorrow, and everything on those that it makes
itself; users, group and database are made where they aren't there. The master user does that, with the password that
RDS keeps and rotates itself. Logging in takes TLS, with a certificate of RDS for the database's own name.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection, identifier, literal

from rds_authorities import CA_FILE
from rotation import RotationError, Value, rotate

CLONE, GROUP = "_clone", "_group"
ANSWER_SECONDS = 20
MAINTENANCE = "postgres"
"""The database that every server has."""
ON_SCHEMA, ON_DATABASE = ("CREATE",), ("TEMPORARY",)
"""Privileges that are not on tables."""
OTHERS = """
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND strpos(:kinds, c.relkind::text) > 0
AND pg_has_role(c.relowner, 'USAGE') AND pg_get_userbyid(c.relowner) <> :own
"""
"""What others than a group have made and the master user may grant."""
NUMBERED = ("INSERT", "UPDATE")
"""Privileges that are of no use without those on the sequences that number rows."""


def handle(event: Mapping[str, str], _context: object) -> None:
    """Do the step that Secrets Manager asks for."""
    store = boto3.client("secretsmanager")
    server, users = json.loads(os.environ["SERVER"]), json.loads(os.environ["USERS"])
    made = {
        secret: PostgresUser(store=store, server=server, users=list(users.values()), **user)
        for secret, user in users.items()
    }
    rotate(event, made, store)


@dataclass(frozen=True, kw_only=True)
class PostgresUser:
    """A pair of PostgreSQL users, of which one is in use.

    Attributes:
        store: a client of Secrets Manager.
        server: ``host``, ``port`` and ``master``: the ARN of the master user's secret.
        users: all pairs of the server: each is given what the settings say on the tables that others make.
        username: of the first; the second has ``_clone`` after it.
        schema: the database in which it may do anything.
        privileges: what it may do there.
    """

    store: Any
    server: Mapping[str, Any]
    users: list[Mapping[str, Any]]
    username: str
    schema: str
    privileges: list[str]

    def next(self, current: Value | None) -> Value:
        """The other user of the pair, in the form that AWS's drivers and tools read."""
        in_use = current["username"] if current else None
        return {
            "engine": "postgres",
            "host": self.server["host"],
            "port": self.server["port"],
            "dbname": self.schema,
            "username": f"{self.username}{CLONE}" if in_use == self.username else self.username,
            "masterarn": self.server["master"],
        }

    def set(self, pending: Value, current: Value | None) -> None:
        """Make users, group and database where need be, and give the user its password and the group its privileges."""
        user, password = pending["username"], pending["password"]
        if current and user == current["username"]:
            raise RotationError(f"{user} is in use: its password must stay")
        master = json.loads(self.store.get_secret_value(SecretId=self.server["master"])["SecretString"])
        login = master["username"], master["password"]
        own, database = identifier(group(self.username)), identifier(self.schema)
        with self.login(*login, MAINTENANCE) as run:
            for each in self.neighbours():
                make_role(run, group(each), "NOLOGIN")
                run(f"GRANT {identifier(group(each))} TO CURRENT_USER")
            make_role(run, user, "LOGIN")
            run(f"ALTER ROLE {identifier(user)} LOGIN NOCREATEDB NOCREATEROLE PASSWORD {literal(password)}")
            run(f"GRANT {own} TO {identifier(user)}")
            run(f"ALTER ROLE {identifier(user)} SET role = {literal(group(self.username))}")
            if not run("SELECT 1 FROM pg_database WHERE datname = :name", name=self.schema):
                run(f"CREATE DATABASE {database}")
        with self.login(*login, self.schema) as run:
            run("BEGIN")  # the user in use has no moment without privileges
            run(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {own}")
            run(f"GRANT {', '.join(['CONNECT', *self.among(ON_DATABASE)])} ON DATABASE {database} TO {own}")
            run(f"REVOKE ALL ON SCHEMA public FROM {own}")
            run(f"GRANT {', '.join(['USAGE', *self.among(ON_SCHEMA)])} ON SCHEMA public TO {own}")
            tables = [each for each in self.privileges if each not in (*ON_SCHEMA, *ON_DATABASE)]
            self.allow(run, "TABLE", "rpvmf", tables)
            self.allow(run, "SEQUENCE", "S", ["USAGE", "SELECT"] if self.among(NUMBERED) else [])
            run("COMMIT")

    def neighbours(self) -> list[str]:
        """The users of the same database, itself among them."""
        return [each["username"] for each in self.users if each["schema"] == self.schema]

    def among(self, privileges: tuple[str, ...]) -> list[str]:
        """Which of these it has."""
        return [each for each in self.privileges if each in privileges]

    def allow(self, run: Any, kind: str, letters: str, privileges: list[str]) -> None:
        """Give the group exactly these privileges on what others have made and will make.

        Args:
            run: runs statements of the master user.
            kind: TABLE or SEQUENCE.
            letters: by which PostgreSQL's catalogue knows that kind (``relkind``).
            privileges: none or more.
        """
        own = identifier(group(self.username))
        granted = f"GRANT {', '.join(privileges)} ON" if privileges else ""
        for (there,) in run(OTHERS, kinds=letters, own=group(self.username)):
            run(f"REVOKE ALL ON {kind} {there} FROM {own}")
            if granted:
                run(f"{granted} {kind} {there} TO {own}")
        others = (identifier(group(each)) for each in self.neighbours() if each != self.username)
        for maker in ("CURRENT_USER", *others):
            future = f"ALTER DEFAULT PRIVILEGES FOR ROLE {maker} IN SCHEMA public"
            run(f"{future} REVOKE ALL ON {kind}S FROM {own}")
            if granted:
                run(f"{future} {granted} {kind}S TO {own}")

    def test(self, pending: Value) -> None:
        """Log in as the user."""
        with self.login(pending["username"], pending["password"], self.schema) as run:
            run("SELECT 1")

    @contextmanager
    def login(self, user: str, password: str, database: str) -> Generator[Any]:
        """What runs statements of ``user``, each for itself.

        Raises:
            RotationError: PostgreSQL refuses the login or a statement. Either is told by its code alone: a message may
                quote the statement, and with it a password.
        """
        host, port = self.server["host"], self.server["port"]
        try:
            connection = Connection(
                user,
                password=password,
                host=host,
                port=port,
                database=database,
                timeout=ANSWER_SECONDS,
                ssl_context=ssl.create_default_context(cafile=str(CA_FILE)),  # verifies chain and host name
            )
        except (DatabaseError, InterfaceError, OSError) as error:
            raise RotationError(f"no login to {host}:{port} as {user}: {code(error)}") from None
        try:
            yield connection.run
        except (DatabaseError, InterfaceError) as error:
            raise RotationError(
                f"{host}:{port} refuses a statement of {user}: PostgreSQL error {code(error)}"
            ) from None
        finally:
            connection.close()


def group(user: str) -> str:
    """The role that both users of a pair work as."""
    return f"{user}{GROUP}"


def make_role(run: Any, role: str, how: str) -> None:
    """A role, where it isn't there."""
    if not run("SELECT 1 FROM pg_roles WHERE rolname = :role", role=role):
        run(f"CREATE ROLE {identifier(role)} {how}")


def code(error: Exception) -> str:
    """What went wrong: PostgreSQL's code, or what the network said."""
    fields = error.args[0] if error.args and isinstance(error.args[0], dict) else None
    return str(fields.get("C")) if fields else str(error)

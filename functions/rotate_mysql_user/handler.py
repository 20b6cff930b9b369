"""Replaces the passwords of MySQL users: two users take turns, so that a program's open password works on.

The user whose turn it is gets a new password and exactly the privileges of the settings; user and schema are made where
they aren't there. The master user does that, with the password that RDS keeps and rotates itself. Logging in takes TLS,
with a certificate of RDS for the database's own name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pymysql

from rds_authorities import CA_FILE
from rotation import RotationError, Value, rotate

CLONE = "_clone"
CONNECT_SECONDS, ANSWER_SECONDS = 5, 20


def handle(event: Mapping[str, str], _context: object) -> None:
    """Do the step that Secrets Manager asks for."""
    store = boto3.client("secretsmanager")
    database, users = json.loads(os.environ["SERVER"]), json.loads(os.environ["USERS"])
    rotate(event, {secret: MysqlUser(store=store, database=database, **user) for secret, user in users.items()}, store)


@dataclass(frozen=True, kw_only=True)
class MysqlUser:
    """A pair of MySQL users, of which one is in use.

    Attributes:
        store: a client of Secrets Manager.
        database: ``host``, ``port`` and ``master``: the ARN of the master user's secret.
        username: of the first; the second has ``_clone`` after it.
        schema: where it may do anything.
        privileges: what it may do there.
    """

    store: Any
    database: Mapping[str, Any]
    username: str
    schema: str
    privileges: list[str]

    def next(self, current: Value | None) -> Value:
        """The other user of the pair, in the form that AWS's drivers and tools read."""
        in_use = current["username"] if current else None
        return {
            "engine": "mysql",
            "host": self.database["host"],
            "port": self.database["port"],
            "dbname": self.schema,
            "username": f"{self.username}{CLONE}" if in_use == self.username else self.username,
            "masterarn": self.database["master"],
        }

    def set(self, pending: Value, current: Value | None) -> None:
        """Make user and schema where need be, and give the user the password and its privileges."""
        user, password = pending["username"], pending["password"]
        if current and user == current["username"]:
            raise RotationError(f"{user} is in use: its password must stay")
        schema = self.schema.replace("_", r"\_")  # else it would stand for any character
        master = json.loads(self.store.get_secret_value(SecretId=self.database["master"])["SecretString"])
        with self.login(master["username"], master["password"]) as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{self.schema}` CHARACTER SET utf8mb4")
            cursor.execute("CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY %s REQUIRE SSL", (user, password))
            cursor.execute("ALTER USER %s@'%%' IDENTIFIED BY %s REQUIRE SSL", (user, password))
            cursor.execute("REVOKE ALL PRIVILEGES, GRANT OPTION FROM %s@'%%'", (user,))
            cursor.execute(f"GRANT {', '.join(self.privileges)} ON `{schema}`.* TO %s@'%%'", (user,))

    def test(self, pending: Value) -> None:
        """Log in as the user."""
        with self.login(pending["username"], pending["password"]) as cursor:
            cursor.execute("SELECT 1")

    @contextmanager
    def login(self, user: str, password: str) -> Generator[Any]:
        """A cursor for statements of ``user``.

        Raises:
            RotationError: MySQL refuses the login or a statement. A statement's own error is told by its number alone:
                its message quotes the statement, and with it a password.
        """
        host, port = self.database["host"], self.database["port"]
        try:
            connection = pymysql.connect(
                host=host,
                port=port,
                user=user,
                password=password,
                ssl={"ca": str(CA_FILE)},  # with it, chain and host name are verified
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                autocommit=True,
            )
        except pymysql.MySQLError as error:
            raise RotationError(f"no login to {host}:{port} as {user}: {error}") from None
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        except pymysql.MySQLError as error:
            raise RotationError(f"{host}:{port} refuses a statement of {user}: MySQL error {error.args[0]}") from None

"""Replaces the passwords of Redis users: the new one and the current one both work until the next rotation.

A user is born switched off and without rights; its first rotation gives it a password and what it may do.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import redis

from rotation import RotationError, Value, rotate

WAIT_SECONDS, PAUSE_SECONDS = 240, 5
"""How long ElastiCache may take to bring a password to all nodes, and between two looks."""
CONNECT_SECONDS = 5


def handle(event: Mapping[str, str], _context: object) -> None:
    """Do the step that Secrets Manager asks for."""
    service = boto3.client("elasticache")
    cache, users = json.loads(os.environ["SERVER"]), json.loads(os.environ["USERS"])
    accounts = {secret: RedisUser(service=service, cache=cache, **user) for secret, user in users.items()}
    rotate(event, accounts, boto3.client("secretsmanager"))


@dataclass(frozen=True, kw_only=True)
class RedisUser:
    """A user of the cache.

    Attributes:
        service: a client of ElastiCache.
        cache: ``host`` and ``port``.
        user_id: by which ElastiCache knows the user.
        username: by which the user logs in.
        access_string: what it may do, such as ``on ~* +@read``.
    """

    service: Any
    cache: Mapping[str, Any]
    user_id: str
    username: str
    access_string: str

    def next(self, current: Value | None) -> Value:  # noqa: ARG002 - the same user every time
        """Where and as whom to log in."""
        return {"host": self.cache["host"], "port": self.cache["port"], "username": self.username}

    def set(self, pending: Value, current: Value | None) -> None:
        """Give the user both passwords, and switch it on."""
        self.wait()
        passwords = [pending["password"], *([current["password"]] if current else [])]
        self.service.modify_user(
            UserId=self.user_id,
            AccessString=self.access_string,
            AuthenticationMode={"Type": "password", "Passwords": passwords},
        )

    def test(self, pending: Value) -> None:
        """Log in as the user, once every node knows the password."""
        self.wait()
        host, port = self.cache["host"], self.cache["port"]
        connection = redis.SSLConnection(
            host=host,
            port=port,
            username=self.username,
            password=pending["password"],
            protocol=2,
            socket_timeout=CONNECT_SECONDS,
        )
        try:
            connection.connect()  # is to log in; a command might be one that the user may not give
        except redis.RedisError as error:
            raise RotationError(f"no login to {host}:{port} as {self.username}: {error}") from None
        finally:
            connection.disconnect()

    def wait(self) -> None:
        """Until ElastiCache has finished an earlier change of the user.

        Raises:
            RotationError: it takes too long.
        """
        end = time.monotonic() + WAIT_SECONDS
        while (status := self.status()) != "active":
            if time.monotonic() > end:
                raise RotationError(f"user {self.user_id} is {status}, not active, after {WAIT_SECONDS} seconds")
            time.sleep(PAUSE_SECONDS)

    def status(self) -> str:
        """What ElastiCache is doing with the user."""
        (user,) = self.service.describe_users(UserId=self.user_id)["Users"]
        return user["Status"]

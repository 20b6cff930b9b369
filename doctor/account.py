"""The account as checks see it: the stack's settings, and clients of AWS that wait neither long nor for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from aws_facts.regions import GLOBAL_REGION
from aws_facts.service_linked_roles import ServiceLinkedRole
from components.core.environment import Environment
from components.delivery.state import State

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 5, 20, 6
"""Of one request, and how often a throttled one is made at most: botocore waits longer each time, up to 20 s
(https://docs.aws.amazon.com/boto3/latest/guide/retries.html)."""
GLOBAL_SERVICES = ("account", "iam", "route53", "sts")
"""Answered in a Region that every account has, so that they say something before Jakarta is enabled."""

ClientOf = Callable[[str, str], Any]
"""Service, Region -> client of botocore."""


def clients() -> ClientOf:
    """Clients with the operator's own credentials, as the AWS command line finds them."""
    import boto3
    from botocore.config import Config

    session, lock = boto3.Session(), threading.Lock()  # a session's clients can't be made in two threads at once
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        user_agent_extra="smile",
    )

    def client(service: str, region: str) -> Any:
        with lock:
            return cast("Any", session).client(service, region_name=region, config=config)

    return client


@dataclass(frozen=True, kw_only=True)
class Account:
    """What every check is given.

    Attributes:
        settings: of the stack; each check names what it reads of them.
        root: folder of the repository.
        environment: names and ARNs of the stack, and where it is.
        options: how a command is told of the stack's program.
        linked_roles: the roles that services keep in the account and that the stack's resources need.
        client_of: makes clients.
    """

    settings: Any
    root: Path
    environment: Environment
    options: Sequence[str] = ()
    linked_roles: Callable[[], Sequence[ServiceLinkedRole]] = tuple
    client_of: ClientOf = field(default_factory=clients)

    @property
    def stack(self) -> str:
        """Its name."""
        return self.environment.name

    @property
    def id(self) -> str:
        """The account that the stack's file names."""
        return self.environment.account_id

    @property
    def region(self) -> str:
        """Where the stack lives."""
        return self.environment.region

    @property
    def bootstrap(self) -> str:
        """The command that makes what an account needs before the stack."""
        return " ".join(["smile bootstrap", *self.options, "--stack", self.stack])

    @property
    def state(self) -> State:
        """Where Pulumi's state is."""
        return State(self.environment)

    def client(self, service: str) -> Any:
        """A client of a service, in the stack's Region, or the one for what has no Region."""
        return self.client_of(service, GLOBAL_REGION if service in GLOBAL_SERVICES else self.region)

    def pages(self, service: str, operation: str, key: str, **parameters: object) -> Iterator[Any]:
        """What all pages of an answer list under ``key``."""
        for page in self.client(service).get_paginator(operation).paginate(**parameters):
            yield from page.get(key, ())

    def owns(self, tags: Sequence[dict[str, str]]) -> bool:
        """Whether the tags of something are those that this stack gives."""
        given = {tag["Key"]: tag["Value"] for tag in tags}
        own = {"Project": self.environment.project} | getattr(self.settings, "default_tags", {})
        return {"Project": own["Project"], "Environment": self.stack}.items() <= given.items()

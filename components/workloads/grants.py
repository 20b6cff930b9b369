"""What a microservice's own role may do: use the queues, buckets, secrets and cache that its settings name."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi

from components.cache.redis_cache import RedisCache
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.iam import Statement
from components.functions.settings import ApplicationFunction
from components.queues.message_queues import MessageQueues
from components.secrets.secrets import Secrets
from components.storage.object_storage import ObjectStorage
from components.workloads.services_settings import Service


@dataclass(frozen=True, kw_only=True)
class DataTier:
    """What holds the data that services use.

    Attributes:
        context: of the stack.
        queues: message queues.
        storage: buckets.
        secrets: logins of database and cache, and those of others.
        cache: the cache; services log in with their role.
    """

    context: StackContext
    queues: MessageQueues
    storage: ObjectStorage
    secrets: Secrets
    cache: RedisCache

    @property
    def environment(self) -> Environment:
        """Account, Region and names."""
        return self.context.environment

    def statements(self, service: Service | ApplicationFunction) -> list[Statement]:
        """What the role of one service may do, and nothing else.

        Files are not among it: their driver mounts with a role of its own, and the pod sees what is mounted.

        Raises:
            ValueError: it uses a queue or a secret that isn't there.
        """
        return [
            *self.queues.grant_send(*service.sends),
            *self.queues.grant_receive(*service.receives),
            *self.secrets.grant_read(*service.secrets),
            *(self.cache.grant_connect("application") if service.cache else ()),
            *self.storage.grant_read(*service.reads),
            *self.storage.grant_write(*service.writes),
        ]

    def variables(self, service: Service | ApplicationFunction) -> dict[str, pulumi.Input[str]]:
        """Environment variables that tell a service where what it uses is; no secret is among them.

        Such as ``QUEUE_STOCK_MOVEMENTS_FIFO: smile-prod-stock-movements.fifo``.
        """
        queues = dict.fromkeys((*service.sends, *service.receives))
        variables: dict[str, pulumi.Input[str]] = {
            variable("queue", queue): self.queues.physical_name(queue) for queue in queues
        }
        for purpose in dict.fromkeys((*service.reads, *service.writes)):
            variables[variable("bucket", purpose)] = self.storage.bucket_name(purpose)
        if service.cache:
            variables |= {"CACHE_HOST": self.cache.endpoint, "CACHE_USER": self.cache.users["application"]}
        return variables


def variable(kind: str, name: str) -> str:
    """Name of an environment variable."""
    return re.sub("[^A-Z0-9]", "_", f"{kind}_{name}".upper())

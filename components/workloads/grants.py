"""What a microservice's own role may do: use the queues, buckets, secrets and cache that its settings name."""

from __future__ import annotations

import re
from collections.abc import Sequence
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

READ_OBJECTS = ("s3:GetObject",)
WRITE_OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
"""What is deleted stays as an older version for a while, and for good where the bucket is locked."""


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
        statements: list[Statement] = []
        if service.sends:
            statements += self.queues.send_statements(service.sends)
        if service.receives:
            statements += self.queues.receive_statements(service.receives)
        if service.secrets:
            statements += self.secrets.read_statements(service.secrets)
        if service.cache:
            statements.append(self.cache.connect_statement())
        return [*statements, *self.objects(service)]

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
            variables |= {"CACHE_HOST": self.cache.endpoint, "CACHE_USER": self.cache.application_user}
        return variables

    def objects(self, service: Service | ApplicationFunction) -> list[Statement]:
        """The buckets' part."""
        reads = [self.storage.arns[purpose] for purpose in service.reads]
        writes = [self.storage.arns[purpose] for purpose in service.writes]
        statements: list[Statement] = []
        if reads:
            statements.append(Statement(sid="ListObjects", actions=["s3:ListBucket"], resources=reads))
            statements += self.in_buckets("ReadObjects", READ_OBJECTS, reads, ["kms:Decrypt"])
        if writes:
            # An upload in parts decrypts what it has encrypted before.
            statements += self.in_buckets("WriteObjects", WRITE_OBJECTS, writes, ["kms:Decrypt", "kms:GenerateDataKey"])
        return statements

    def in_buckets(
        self, sid: str, actions: Sequence[str], buckets: Sequence[str], key_actions: Sequence[str]
    ) -> list[Statement]:
        """Actions on all objects of these buckets, and on their key for these buckets alone."""
        return [
            Statement(sid=sid, actions=actions, resources=[f"{bucket}/*" for bucket in buckets]),
            Statement(
                sid=f"{sid}WithKey",
                actions=key_actions,
                resources=[self.context.keys["objects"]],
                conditions={
                    "StringEquals": {
                        "kms:ViaService": self.environment.service("s3"),
                        # With a bucket key, that is what S3 encrypts for.
                        "kms:EncryptionContext:aws:s3:arn": list(buckets),
                    }
                },
            ),
        ]


def variable(kind: str, name: str) -> str:
    """Name of an environment variable."""
    return re.sub("[^A-Z0-9]", "_", f"{kind}_{name}".upper())

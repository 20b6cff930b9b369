"""What Django may do, and what it is told of its surroundings; no secret is among it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from components.cache.redis_cache import RedisCache
from components.core.context import StackContext
from components.core.iam import Statement
from components.database.database import Database
from components.images.image_registry import ImageRegistry
from components.queues.message_queues import MessageQueues
from components.secrets.secrets import Secrets
from components.storage.object_storage import ObjectStorage
from components.tracing import sidecar
from platforms.epicvibe.rules import EXTERNAL, USER
from platforms.epicvibe.settings import COLLECTOR, Settings

SECRETS = (f"postgres/{USER}", *(f"external/{name}" for name in EXTERNAL))


@dataclass(frozen=True, kw_only=True)
class Application:
    """Web and worker run one image: what a request asks for may be done now or later."""

    settings: Settings
    context: StackContext
    storage: ObjectStorage
    database: Database
    cache: RedisCache
    queues: MessageQueues
    secrets: Secrets
    images: ImageRegistry

    def statements(self, role: str) -> list[Statement]:
        """What its code may do; the worker, which nobody reaches, also puts a release's static files into their bucket.

        Args:
            role: ``web`` or ``worker``.
        """
        written = ["media", "static"] if role == "worker" else ["media"]
        return [
            *self.storage.grant_read("media"),
            *self.storage.grant_write(*written),
            *self.cache.grant_connect(USER),
            *self.queues.grant_send("tasks"),
            *self.queues.grant_receive("tasks"),
            *self.secrets.grant_read(*SECRETS),
            *([sidecar.write_traces()] if self.settings.tracing.collector else []),
        ]

    def variables(self) -> Mapping[str, pulumi.Input[str]]:
        """Where everything is. CloudFront calls the load balancer by its own name, so Django takes both hosts."""
        login, key, gateway = (self.secrets.secrets[path].physical_name for path in SECRETS)
        public, origin = self.settings.dns.public or "", self.settings.dns.origin or ""
        tracing, environment = self.settings.tracing, self.context.environment
        return {
            "ALLOWED_HOSTS": f"{public},{origin}",
            "CSRF_TRUSTED_ORIGINS": f"https://{public}",
            "DATABASE_HOST": self.database.address,
            "DATABASE_READERS": pulumi.Output.all(*self.database.replica_addresses.values()).apply(",".join),
            "DATABASE_LOGIN": login,
            "CACHE_HOST": self.cache.endpoint,
            "CACHE_USER": self.cache.users[USER],
            "TASK_QUEUE_URL": self.queues.urls["tasks"],
            "MEDIA_BUCKET": self.storage.bucket_name("media"),
            "STATIC_BUCKET": self.storage.bucket_name("static"),
            "SECRET_KEY_NAME": key,
            "PAYMENT_GATEWAY_NAME": gateway,
            **(sidecar.variables(environment, tracing.sampling_percent) if tracing.collector else {}),
        }

    def sidecars(self, role: str) -> list[dict[str, Any]]:
        """The collector of traces, where there is any tracing.

        Args:
            role: ``web`` or ``worker``.
        """
        environment, tag = self.context.environment, self.settings.tracing.collector
        log = {
            "awslogs-group": f"/{environment.project}/{environment.name}/{role}",
            "awslogs-region": environment.region,
        }
        return [sidecar.collector(environment, f"{self.images.urls[COLLECTOR]}:{tag}", log)] if tag else []

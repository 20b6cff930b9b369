"""What Django may do, and what it is told of its surroundings; no secret is among it."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from components.cache.redis_cache import RedisCache
from components.core.iam import Statement
from components.database.database import Database
from components.queues.message_queues import MessageQueues
from components.secrets.secrets import Secrets
from components.storage.object_storage import ObjectStorage
from platforms.epicvibe.settings import Settings

SECRETS = ("postgres/application", "external/django-secret-key", "external/payment-gateway")


def statements(storage: ObjectStorage, cache: RedisCache, queues: MessageQueues, secrets: Secrets) -> list[Statement]:
    """The same for web and worker, which run one image: a request may be answered now or later."""
    return [
        *storage.grant_read("media"),
        *storage.grant_write("media"),
        *cache.grant_connect("application"),
        *queues.grant_send("tasks"),
        *queues.grant_receive("tasks"),
        *secrets.grant_read(*SECRETS),
    ]


def variables(  # noqa: PLR0913 - its surroundings
    settings: Settings,
    database: Database,
    cache: RedisCache,
    queues: MessageQueues,
    secrets: Secrets,
    storage: ObjectStorage,
) -> Mapping[str, pulumi.Input[str]]:
    """Where everything is. CloudFront calls the load balancer by its own name, so Django takes both hosts."""
    login, key, gateway = (secrets.secrets[path].physical_name for path in SECRETS)
    public, origin = settings.dns.public or "", settings.dns.origin or ""
    return {
        "ALLOWED_HOSTS": f"{public},{origin}",
        "CSRF_TRUSTED_ORIGINS": f"https://{public}",
        "DATABASE_HOST": database.address,
        "DATABASE_READERS": pulumi.Output.all(*database.replica_addresses.values()).apply(",".join),
        "DATABASE_LOGIN": login,
        "CACHE_HOST": cache.endpoint,
        "CACHE_USER": cache.users["application"],
        "TASK_QUEUE_URL": queues.urls["tasks"],
        "MEDIA_BUCKET": storage.bucket_name("media"),
        "SECRET_KEY_NAME": key,
        "PAYMENT_GATEWAY_NAME": gateway,
    }

"""What keeps data: PostgreSQL with its reader, Redis, RabbitMQ, buckets, secrets and parameters, images."""

from __future__ import annotations

from dataclasses import dataclass

from components.broker.broker import Broker, BrokerArgs
from components.broker.declaration import Declaration, DeclarationArgs
from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.database.database import Database, DatabaseArgs
from components.events.event_bus import EventBus, EventBusArgs
from components.functions.function import Placement
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from platforms.learning_hub.base import Base
from platforms.learning_hub.settings import NAME


@dataclass(frozen=True, kw_only=True)
class Data:
    """What keeps data, and carries it between services."""

    storage: ObjectStorage
    database: Database
    cache: RedisCache
    broker: Broker
    queues: MessageQueues
    events: EventBus
    secrets: Secrets
    parameters: Parameters
    images: ImageRegistry


def storage_of(base: Base) -> ObjectStorage:
    """The buckets; CloudFront's are let in where the distribution is made."""
    served = [bucket for bucket in ("static", "media") if bucket in base.settings.storage.buckets]
    args = ObjectStorageArgs(context=base.context, settings=base.settings.storage, policy_later=served)
    return ObjectStorage(NAME, args, base.options())


def images_of(base: Base) -> ImageRegistry:
    """A repository for each service."""
    args = ImageRegistryArgs(
        context=base.context, settings=base.settings.images, services=list(base.settings.services.catalogue)
    )
    return ImageRegistry(f"{NAME}-images", args, base.options())


def data_of(base: Base) -> Data:
    """Stores in the subnets that have no way out, then what services are told of them."""
    settings, groups, context = base.settings, base.network.security_group_ids, base.context
    database = Database(
        f"{NAME}-database",
        DatabaseArgs(
            context=context,
            settings=settings.database,
            subnet_ids=base.subnet_ids("data"),
            security_group_id=groups["database"],
        ),
        base.options(),
    )
    cache = RedisCache(
        f"{NAME}-cache",
        RedisCacheArgs(
            context=context,
            cache=settings.cache,
            subnet_ids=base.subnet_ids("data"),
            security_group_id=groups["cache"],
        ),
        base.options(),
    )
    broker = Broker(
        f"{NAME}-broker",
        BrokerArgs(
            context=context,
            settings=settings.broker,
            subnet_ids=base.subnet_ids("data"),
            security_group_id=groups["broker"],
            recovery_days=settings.secrets.recovery_days,
        ),
        base.options(),
    )
    Declaration(
        f"{NAME}-broker-definitions",
        DeclarationArgs(
            context=context,
            broker=broker,
            placement=Placement(subnet_ids=base.subnet_ids("private"), security_group_ids=[groups["declaration"]]),
        ),
        # It is called at once: it needs the network's endpoints.
        base.options(base.network),
    )
    queues = MessageQueues(NAME, MessageQueuesArgs(context=context, queues=settings.queues), base.options())
    events = EventBus(
        NAME,
        EventBusArgs(
            context=context,
            settings=settings.events,
            queue_arns=queues.arns,
            dead_letter_arns=queues.dead_letter_arns,
        ),
        base.options(),
    )
    secrets = Secrets(
        NAME,
        SecretsArgs(
            context=context,
            secrets=settings.secrets,
            placement=Placement(subnet_ids=base.subnet_ids("private"), security_group_ids=[groups["rotation"]]),
            database=DatabaseLogin.of(database),
        ),
        # The first rotation runs at once: it needs the network's endpoints and ways out.
        base.options(base.network),
    )
    parameters = Parameters(
        NAME,
        ParametersArgs(
            context=context,
            values=settings.secrets.parameters,
            secure=settings.secrets.secure_parameters,
        ),
        base.options(),
    )
    return Data(
        storage=storage_of(base),
        database=database,
        cache=cache,
        broker=broker,
        queues=queues,
        events=events,
        secrets=secrets,
        parameters=parameters,
        images=images_of(base),
    )

"""What keeps data: database, queues, cache, secrets, files, buckets, images."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.core.context import StackContext
from components.core.environment import Environment
from components.database.database import Database, DatabaseArgs
from components.database.support import warn_of_support
from components.files.shared_file_system import SharedFileSystem, SharedFileSystemArgs
from components.functions.code_signing import CodeSigning, CodeSigningArgs
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.parameters import Parameters, ParametersArgs
from components.secrets.secrets import CacheLogin, DatabaseLogin, Secrets, SecretsArgs
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from components.storage.settings import Storage
from components.streams.data_streams import DataStreams, DataStreamsArgs
from layers.base import NAME, Base


@dataclass(frozen=True, kw_only=True)
class Data:
    """What keeps data.

    Attributes:
        context: of the stack, with what signs the code of functions.
        database: MySQL or PostgreSQL.
        queues: message queues.
        streams: data streams; none where the settings have none.
        storage: buckets.
        secrets: logins of database and cache, and those of others.
        parameters: how services are configured.
        cache: the cache; services log in with their role.
        files: the shared file system.
        images: the repositories of the services' images.
    """

    context: StackContext
    database: Database
    queues: MessageQueues
    streams: DataStreams
    storage: ObjectStorage
    secrets: Secrets
    parameters: Parameters
    cache: RedisCache
    files: SharedFileSystem
    images: ImageRegistry


def data_layer(base: Base) -> Data:
    """Everything that keeps data."""
    settings, network = base.settings, base.network
    warn_of_support(settings.database, datetime.now(UTC).date())
    # The front end writes the policy of the assets, which names its distribution.
    storage = ObjectStorage(
        NAME,
        ObjectStorageArgs(context=base.context, settings=settings.storage, policy_later=["assets"]),
        base.options(),
    )
    context = with_signed_code(base, storage)
    database = Database(
        f"{NAME}-database",
        DatabaseArgs(
            context=context,
            settings=settings.database,
            subnet_ids=base.subnet_ids("database"),
            security_group_id=network.security_group_ids["database"],
        ),
        base.options(),
    )
    queues = MessageQueues(NAME, MessageQueuesArgs(context=context, queues=settings.queues), base.options())
    streams = DataStreams(NAME, DataStreamsArgs(context=context, settings=settings.streams), base.options())
    cache = RedisCache(
        f"{NAME}-cache",
        RedisCacheArgs(
            context=context,
            cache=settings.cache,
            subnet_ids=base.subnet_ids("private"),
            security_group_id=network.security_group_ids["cache"],
            placement=base.operations,
        ),
        base.options(),
    )
    secrets = Secrets(
        NAME,
        SecretsArgs(
            context=context,
            secrets=settings.secrets,
            placement=base.placement,
            database=DatabaseLogin.of(database),
            cache=CacheLogin(host=cache.endpoint, users=cache.password_users),
        ),
        # The first rotations run at once: they need the network's endpoints and ways out.
        base.options(network),
    )
    parameters = Parameters(
        NAME,
        ParametersArgs(
            context=context,
            values=settings.secrets.parameters,
            secure=settings.secrets.secure_parameters,
            root=settings.parameter_root,
        ),
        base.options(),
    )
    files = SharedFileSystem(
        f"{NAME}-files",
        SharedFileSystemArgs(
            context=context,
            files=settings.files,
            subnet_ids=network.subnet_ids["private"],
            security_group_id=network.security_group_ids["files"],
        ),
        base.options(),
    )
    images = ImageRegistry(
        f"{NAME}-images",
        ImageRegistryArgs(context=context, settings=settings.images, services=list(settings.services.catalogue)),
        base.options(),
    )
    return Data(
        context=context,
        database=database,
        queues=queues,
        streams=streams,
        storage=storage,
        secrets=secrets,
        parameters=parameters,
        cache=cache,
        files=files,
        images=images,
    )


def with_signed_code(base: Base, storage: ObjectStorage) -> StackContext:
    """The context, with what signs the code of functions where the settings say so."""
    settings, context = base.settings.functions, base.context
    if settings.signing == "off":
        return context
    args = CodeSigningArgs(
        context=context,
        settings=settings,
        bucket_name=code_bucket(base.environment, base.settings.storage),
        access_logs=storage.buckets["access-logs"],
    )
    return replace(context, code_signing=CodeSigning(NAME, args, base.options()).value)


def code_bucket(environment: Environment, storage: Storage) -> str:
    """Name of the bucket that signed code of functions is uploaded to, whether there is one or not."""
    return f"{storage.root(environment.project)}-code-{environment.name}-{environment.account_id}"

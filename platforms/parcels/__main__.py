"""Parcels: a network, PostgreSQL, Redis and an API in containers, on the components that SMILE is made of as well."""

import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1]))  # where the library isn't installed, it lies beside

import pulumi

from aws_facts.regions import REGIONS, zones_of
from components.cache.redis_cache import PORT, RedisCache, RedisCacheArgs
from components.cache.settings import Cache
from components.core.boundary import PermissionsBoundary
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.protection import Protection
from components.core.provider import aws_provider
from components.core.settings.field import About, setting
from components.core.settings.load import Loader, StackSettings
from components.core.settings.section import Section
from components.database.database import Database, DatabaseArgs
from components.database.settings import Database as DatabaseSettings
from components.encryption.encryption_keys import CLASSES, EncryptionKeys, EncryptionKeysArgs
from components.encryption.settings import Encryption
from components.functions.function import Placement
from components.network.flows import Flow
from components.network.network import Network, NetworkArgs
from components.network.network_acls import isolated
from components.network.settings import Network as NetworkSettings
from components.observability.alarm_topics import AlarmTopics, AlarmTopicsArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.secrets.settings import Secrets as SecretsSettings
from components.service.container_service import ContainerService, ContainerServiceArgs
from components.service.settings import ContainerService as ServiceSettings

NAME = "parcels"
POSTGRES = 5432


class Account(Section):
    """Where the stack lives."""

    id: str = setting(..., "the only account that the program may touch", About(valid="12 digits in quotes"))


class Settings(StackSettings):
    """``parcels:<section>`` in Pulumi.<stack>.yaml."""

    account: Account
    network: NetworkSettings
    api: ServiceSettings
    database: DatabaseSettings = DatabaseSettings()
    cache: Cache = Cache()
    secrets: SecretsSettings = SecretsSettings()
    encryption: Encryption = Encryption()
    protection: Protection = Protection()


region = pulumi.Config("aws").require("region")
if region not in REGIONS:
    raise pulumi.RunError(f"aws:region: got {region}; valid: {', '.join(REGIONS)}")
settings = Loader(
    project=NAME,
    settings=Settings,
    root=HERE,
    provider=lambda _: {"aws:region": region},
    defaults=lambda _: {"network": {"zones": zones_of(region)[:3]}},
).for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region=region, project=NAME)
tags = {"Project": NAME, "Environment": settings.stack, "ManagedBy": "pulumi", "Owner": "parcels-platform"}
options = pulumi.ResourceOptions(provider=aws_provider(environment, tags))
environment = replace(environment, boundary=PermissionsBoundary(NAME, environment, options).arn)

keys = EncryptionKeys(
    NAME,
    EncryptionKeysArgs(
        environment=environment,
        classes={data: CLASSES[data] for data in ("cache", "database", "functions", "logs", "queues", "secrets")},
        deletion_window_days=settings.encryption.deletion_window_days,
        protect=settings.protection.protect,
        retain_on_delete=settings.protection.retain_on_delete,
    ),
    options,
)
topics = AlarmTopics(
    NAME, AlarmTopicsArgs(environment=environment, key_arn=keys.arns["queues"], recipients={}), options
)
context = StackContext(
    environment=environment, keys=keys.arns, protection=settings.protection, log_retention_days=90, topics=topics.arns
)

network = Network(
    NAME,
    NetworkArgs(
        context=context,
        settings=settings.network,
        acls={"database": isolated({POSTGRES: "PostgreSQL"}, clients="private")},
        security_groups={
            "api": "Tasks of the API",
            "rotation": "Functions that replace passwords",
            "database": "PostgreSQL",
            "cache": "Redis",
            "endpoints": "Interface endpoints of AWS services",
        },
        flows=[
            Flow("api", "database", POSTGRES, "PostgreSQL over TLS"),
            Flow("api", "cache", PORT, "Redis over TLS"),
            Flow("api", "internet", 443, "Images, and AWS services without an endpoint"),
            Flow("rotation", "database", POSTGRES, "PostgreSQL over TLS"),
            Flow("rotation", "endpoints", 443, "AWS services by private address"),
            Flow("vpc", "endpoints", 443, "AWS services by private address"),
        ],
    ),
    options,
)
private, groups = list(network.subnet_ids["private"].values()), network.security_group_ids

database = Database(
    f"{NAME}-database",
    DatabaseArgs(
        context=context,
        settings=settings.database,
        subnet_ids=list(network.subnet_ids["database"].values()),
        security_group_id=groups["database"],
    ),
    options,
)
cache = RedisCache(
    f"{NAME}-cache",
    RedisCacheArgs(context=context, cache=settings.cache, subnet_ids=private, security_group_id=groups["cache"]),
    options,
)
secrets = Secrets(
    NAME,
    SecretsArgs(
        context=context,
        secrets=settings.secrets,
        placement=Placement(subnet_ids=private, security_group_ids=[groups["rotation"]]),
        database=DatabaseLogin(
            engine="postgres",
            users=settings.database.users,
            host=database.address,
            port=database.port,
            master_arn=database.master_secret_arn,
        ),
    ),
    pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[network])),
)
api = ContainerService(
    f"{NAME}-api",
    ContainerServiceArgs(
        context=context,
        settings=settings.api,
        subnet_ids=private,
        security_group_ids=[groups["api"]],
        statements=[*secrets.grant_read("postgres/application"), *cache.grant_connect("application")],
        variables={
            "DATABASE_HOST": database.address,
            "DATABASE_LOGIN": secrets.secrets["postgres/application"].physical_name,
            "CACHE_HOST": cache.endpoint,
            "CACHE_USER": cache.users["application"],
        },
    ),
    pulumi.ResourceOptions.merge(options, pulumi.ResourceOptions(depends_on=[network])),
)

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("database_endpoint", database.endpoint)
pulumi.export("cache_endpoint", cache.endpoint)
pulumi.export("api_cluster", api.cluster_name)

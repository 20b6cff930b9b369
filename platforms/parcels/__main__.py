"""Parcels: a network, PostgreSQL, Redis and an API in containers, on the components that SMILE is made of as well."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1]))  # where the library isn't installed, it lies beside

import pulumi

from aws_facts.regions import zones_of
from components.cache.redis_cache import PORT, RedisCache, RedisCacheArgs
from components.cache.settings import Cache
from components.core.settings.load import Loader
from components.database.database import Database, DatabaseArgs
from components.database.settings import Database as DatabaseSettings
from components.functions.function import Placement
from components.network.flows import Flow
from components.network.network import Network, NetworkArgs
from components.network.network_acls import isolated
from components.network.settings import Network as NetworkSettings
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.secrets.settings import Secrets as SecretsSettings
from components.service.container_service import ContainerService, ContainerServiceArgs
from components.service.settings import ContainerService as ServiceSettings
from components.stack.settings import ProgramSettings
from components.stack.stack import configured_region, stack_of

NAME = "parcels"
POSTGRES = 5432


class Settings(ProgramSettings):
    """``parcels:<section>`` in Pulumi.<stack>.yaml."""

    network: NetworkSettings
    api: ServiceSettings
    database: DatabaseSettings = DatabaseSettings()
    cache: Cache = Cache()
    secrets: SecretsSettings = SecretsSettings()


region = configured_region()
settings = Loader(
    project=NAME,
    settings=Settings,
    root=HERE,
    provider=lambda _: {"aws:region": region},
    defaults=lambda _: {"network": {"zones": zones_of(region)[:3]}},
).for_program()
keys = ("cache", "database", "functions", "logs", "queues", "secrets")
stack = stack_of(NAME, settings, region=region, keys=keys)

network = Network(
    NAME,
    NetworkArgs(
        context=stack.context,
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
    stack.options(),
)
private, groups = list(network.subnet_ids["private"].values()), network.security_group_ids

database = Database(
    f"{NAME}-database",
    DatabaseArgs(
        context=stack.context,
        settings=settings.database,
        subnet_ids=list(network.subnet_ids["database"].values()),
        security_group_id=groups["database"],
    ),
    stack.options(),
)
cache = RedisCache(
    f"{NAME}-cache",
    RedisCacheArgs(context=stack.context, cache=settings.cache, subnet_ids=private, security_group_id=groups["cache"]),
    stack.options(),
)
secrets = Secrets(
    NAME,
    SecretsArgs(
        context=stack.context,
        secrets=settings.secrets,
        placement=Placement(subnet_ids=private, security_group_ids=[groups["rotation"]]),
        database=DatabaseLogin.of(database),
    ),
    stack.options(network),
)
api = ContainerService(
    f"{NAME}-api",
    ContainerServiceArgs(
        context=stack.context,
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
    stack.options(network),
)

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("database_endpoint", database.endpoint)
pulumi.export("cache_endpoint", cache.endpoint)
pulumi.export("api_cluster", api.cluster_name)

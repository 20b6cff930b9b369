"""EpicVibe Organizer: CloudFront has the static files, and asks Django, in containers, for all else."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where the library isn't installed, it lies beside

import pulumi

from components.core import sdk_performance

sdk_performance.apply()  # before SDKs are imported

from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.database.database import Database, DatabaseArgs
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.frontend import ApiOrigin, Frontend, FrontendArgs
from components.edge.ingress import Ingress, IngressArgs
from components.functions.function import Placement
from components.images.image_registry import ImageRegistry, ImageRegistryArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.secrets import DatabaseLogin, Secrets, SecretsArgs
from components.service.cluster import ContainerCluster, ContainerClusterArgs
from components.service.container_service import ContainerService, ContainerServiceArgs
from components.service.target import Listener
from components.site.amplify_site import AmplifySite, AmplifySiteArgs
from components.stack.stack import stack_of
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from platforms.epicvibe.application import Application
from platforms.epicvibe.loader import loader
from platforms.epicvibe.network import network_of
from platforms.epicvibe.operations import operations
from platforms.epicvibe.settings import IMAGE, NAME, REGION

settings = loader.for_program()
stack = stack_of(NAME, settings, region=REGION, keys=settings.keys, time_zone="Asia/Jakarta")
context, environment = stack.context, stack.context.environment

# The network: public subnets for load balancer and NAT, private ones for containers and cache, isolated ones for data.
network = network_of(stack, settings)
groups = network.security_group_ids
public, private, isolated = ([*network.subnet_ids[tier].values()] for tier in ("public", "private", "database"))

# What keeps data.
storage = ObjectStorage(
    NAME, ObjectStorageArgs(context=context, settings=settings.storage, policy_later=["static"]), stack.options()
)
database = Database(
    f"{NAME}-database",
    DatabaseArgs(
        context=context, settings=settings.database, subnet_ids=isolated, security_group_id=groups["database"]
    ),
    stack.options(),
)
cache = RedisCache(
    f"{NAME}-cache",
    RedisCacheArgs(context=context, cache=settings.cache, subnet_ids=private, security_group_id=groups["cache"]),
    stack.options(),
)
queues = MessageQueues(NAME, MessageQueuesArgs(context=context, queues=settings.queues), stack.options())
secrets = Secrets(
    NAME,
    SecretsArgs(
        context=context,
        secrets=settings.secrets,
        placement=Placement(subnet_ids=private, security_group_ids=[groups["rotation"]]),
        database=DatabaseLogin.of(database),
    ),
    stack.options(network),
)
images = ImageRegistry(
    f"{NAME}-images",
    ImageRegistryArgs(context=context, settings=settings.images, services=settings.repositories),
    stack.options(),
)

# The way in: CloudFront; static files from the bucket, all else from the load balancer, which knows CloudFront.
names = DnsNames(NAME, DnsNamesArgs(context=context, dns=settings.dns), stack.options())
ingress = Ingress(
    f"{NAME}-ingress",
    IngressArgs(
        context=context,
        settings=settings.ingress,
        targets={},
        direct=True,
        vpc_id=network.vpc_id,
        subnet_ids=public,
        security_group_ids=[groups["load-balancer"], groups["load-balancer-http"]],
        logs=storage.buckets["access-logs"],
        names=names,
        host=settings.dns.origin or "",
    ),
    stack.options(),
)
site = None
if settings.site.enabled:
    site = AmplifySite(f"{NAME}-site", AmplifySiteArgs(context=context, settings=settings.site), stack.options())
frontend = Frontend(
    f"{NAME}-frontend",
    FrontendArgs(
        context=context,
        settings=settings.frontend,
        firewall=settings.ingress.firewall,
        assets=storage.buckets["static"],
        documents_bucket=storage.bucket_name("media"),
        logs=storage.buckets["logs"],
        firewall_logs=storage.buckets["firewall-logs"],
        api=ApiOrigin(host=ingress.host, path="", secret=ingress.origin_secret.current, paths=()),
        names=names,
        host=settings.dns.public,
        renders_pages=True,
        site_host=site.host if site else None,
    ),
    stack.options(),
)

# Django: the web service behind the load balancer, and the worker that takes its tasks from a queue.
cluster = ContainerCluster(
    NAME, ContainerClusterArgs(context=context, name=environment.prefix, vpc_id=network.vpc_id), stack.options()
)
application = Application(
    settings=settings,
    context=context,
    storage=storage,
    database=database,
    cache=cache,
    queues=queues,
    secrets=secrets,
    images=images,
)
for role, section in (("web", settings.web), ("worker", settings.worker)):
    listener = Listener(
        arn=ingress.listener_arn,
        load_balancer_suffix=ingress.metric_name,
        vpc_id=network.vpc_id,
        priority=1,
        paths=["/*"],
    )
    ContainerService(
        f"{NAME}-{role}",
        ContainerServiceArgs(
            context=context,
            settings=section,
            subnet_ids=private,
            security_group_ids=[groups[role]],
            statements=application.statements(role),
            variables=application.variables(),
            repository_arns=list(images.repository_arns.values()),
            sidecars=application.sidecars(role),
            cluster=cluster,
            is_found_by_name=role == "web",
            listener=listener if role == "web" else None,
        ),
        stack.options(network, images),
    )

operations(stack, settings, network=network, storage=storage, database=database, images=images)

pulumi.export("url", pulumi.Output.concat("https://", frontend.host))
pulumi.export("distribution_id", frontend.distribution_id)
pulumi.export("name_servers", names.name_servers)
pulumi.export("cluster", cluster.cluster_name)
pulumi.export("image", images.urls[IMAGE])
pulumi.export("database_endpoint", database.endpoint)
pulumi.export("media_bucket", storage.bucket_name("media"))
pulumi.export("static_bucket", storage.bucket_name("static"))

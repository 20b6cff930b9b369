"""Educounsel: a load balancer in front of Laravel on EC2 instances, CloudFront in front of its files."""

import json
import sys
from dataclasses import replace
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))  # where the library isn't installed, it lies beside

import pulumi

from components.core import sdk_performance

sdk_performance.apply()  # before SDKs are imported

from pulumi_aws import ssm

from components.cache.redis_cache import RedisCache, RedisCacheArgs
from components.core.boundary import within
from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.database.database import Database, DatabaseArgs
from components.edge.dns import DnsNames, DnsNamesArgs
from components.edge.file_distribution import INVALIDATE, FileDistribution, FileDistributionArgs
from components.edge.ingress import Ingress, IngressArgs
from components.fleet.fleet import IMAGE, Fleet, FleetArgs
from components.functions.function import Placement
from components.functions.schedule import Schedule, ScheduleArgs, Target
from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.network.network import Network, NetworkArgs
from components.network.network_acls import isolated
from components.notifications.notification_topic import NotificationTopic, NotificationTopicArgs
from components.observability.dashboards import Dashboards, DashboardsArgs
from components.queues.message_queues import MessageQueues, MessageQueuesArgs
from components.secrets.secrets import CacheLogin, DatabaseLogin, Secrets, SecretsArgs
from components.service.target import Listener
from components.stack.stack import stack_of
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from platforms.educounsel.application import Application
from platforms.educounsel.dashboard import Shown, graphs
from platforms.educounsel.instance import REMIND, first_boot
from platforms.educounsel.loader import loader
from platforms.educounsel.logs import METRICS, Logs
from platforms.educounsel.network import MYSQL, SECURITY_GROUPS, flows
from platforms.educounsel.pipeline import pipeline_roles
from platforms.educounsel.settings import KEYS, NAME, REGION

settings = loader.for_program()
stack = stack_of(
    NAME,
    settings,
    region=REGION,
    keys=KEYS,
    time_zone="Asia/Jakarta",
    beyond=[within("RefreshEdges", INVALIDATE)],
)
context, environment = stack.context, stack.context.environment

# The network: the load balancer in public subnets, instances and cache in private ones, the database in isolated ones.
network = Network(
    NAME,
    NetworkArgs(
        context=context,
        settings=settings.network,
        acls={"database": isolated({MYSQL: "MySQL"}, clients="private")},
        security_groups=SECURITY_GROUPS,
        flows=flows(settings.web.tls_port),
    ),
    stack.options(),
)
groups = network.security_group_ids
public, private, isolated_ = ([*network.subnet_ids[tier].values()] for tier in ("public", "private", "database"))

# What keeps data.
storage = ObjectStorage(
    NAME, ObjectStorageArgs(context=context, settings=settings.storage, policy_later=["files"]), stack.options()
)
FlowLogArchive(
    NAME,
    FlowLogArchiveArgs(environment=environment, vpc_id=network.vpc_id, bucket=storage.buckets["logs"]),
    stack.options(),
)
DnsQueryLog(
    NAME,
    DnsQueryLogArgs(environment=environment, vpc_id=network.vpc_id, bucket=storage.buckets["logs"]),
    stack.options(),
)
database = Database(
    f"{NAME}-database",
    DatabaseArgs(
        context=context, settings=settings.database, subnet_ids=isolated_, security_group_id=groups["database"]
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
        cache=CacheLogin(host=cache.endpoint, users=cache.password_users),
    ),
    stack.options(network),
)

# The ways in: the load balancer for pages, CloudFront for files.
names = DnsNames(NAME, DnsNamesArgs(context=context, dns=settings.dns), stack.options())
ingress = Ingress(
    f"{NAME}-ingress",
    IngressArgs(
        context=context,
        settings=settings.ingress,
        targets={},
        direct=True,
        entry=True,
        vpc_id=network.vpc_id,
        subnet_ids=public,
        security_group_ids=[groups["load-balancer"]],
        logs=storage.buckets["access-logs"],
        names=names,
        host=settings.dns.public or "",
    ),
    stack.options(),
)
files = FileDistribution(
    f"{NAME}-files",
    FileDistributionArgs(
        context=context,
        settings=settings.files,
        firewall=settings.ingress.firewall,
        bucket=storage.buckets["files"],
        framed_by=(f"https://{settings.dns.public}",),
        logs=storage.buckets["logs"],
        firewall_logs=storage.buckets["firewall-logs"],
        names=names,
        host=settings.files_host,
    ),
    stack.options(),
)

# Laravel: web instances behind the load balancer, and workers that take jobs from Redis; or both on the same.
topic = NotificationTopic(
    f"{NAME}-notifications",
    NotificationTopicArgs(context=context, settings=settings.notifications),
    stack.options(),
)
logs = Logs(context, database, stack.options())
application = Application(
    settings=settings,
    context=context,
    storage=storage,
    database=database,
    cache=cache,
    queues=queues,
    secrets=secrets,
    files=files,
    topic=topic,
    logs=logs,
)
listener = Listener(
    arn=ingress.listener_arn,
    load_balancer_suffix=ingress.metric_name,
    vpc_id=network.vpc_id,
    priority=1,
    paths=["/*"],
)
combined = settings.worker.combined
image = ssm.get_parameter_output(name=IMAGE, opts=pulumi.InvokeOutputOptions(provider=stack.provider)).insecure_value
fleets = {
    role: Fleet(
        f"{NAME}-{role}",
        FleetArgs(
            context=context,
            settings=section,
            subnet_ids=private,
            security_group_ids=[groups[role]],
            first_boot=first_boot(
                settings,
                f"{environment.prefix}-{role}",
                application.variables(),
                storage.bucket_name("releases"),
                logs.files,
                serves=role == "web",
                works=role == "worker" or combined,
            ),
            image_id=image,
            metrics=METRICS,
            statements=application.statements(works=role == "worker" or combined),
            listener=listener if role == "web" else None,
        ),
        stack.options(network),
    )
    for role, section in (("web", settings.web), *(() if combined else (("worker", settings.worker),)))
}
send, send_with_key = queues.grant_send("schedule")
Schedule(
    f"{NAME}-reminders",
    ScheduleArgs(
        context=context,
        target=Target(
            arn=queues.arns["schedule"],
            statements=[replace(send, actions=["sqs:SendMessage"]), send_with_key],
            input=json.dumps({"command": REMIND}),
        ),
        expression=f"cron(0 {settings.reminders.hour} * * ? *)",
        description="Reminders of the appointments of the next 24 hours",
        component="reminders",
    ),
    stack.options(),
)

# What watches over it, and who deploys it.
CostMonitoring(
    f"{NAME}-cost", CostMonitoringArgs(context=context, settings=settings.cost, project=NAME), stack.options()
)
shown = Shown(
    groups=[fleet.group_name for fleet in fleets.values()],
    load_balancer=ingress.metric_name,
    database=database.identifier,
    bucket=storage.bucket_name("files"),
)
Dashboards(
    NAME,
    DashboardsArgs(context=context, layers={}, signals={}, graphs=graphs(shown), source="platforms/educounsel"),
    stack.options(),
)

if settings.deployment.enabled:
    pipeline_roles(stack, settings.deployment)

pulumi.export("url", f"https://{settings.dns.public}")
pulumi.export("files_url", f"https://{files.host}")
pulumi.export("distribution_id", files.distribution_id)
pulumi.export("name_servers", names.name_servers)
pulumi.export("files_bucket", storage.bucket_name("files"))
pulumi.export("releases_bucket", storage.bucket_name("releases"))
pulumi.export("database_endpoint", database.endpoint)

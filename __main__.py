"""SMILE on AWS: settings in, components wired, outputs out."""

from datetime import UTC, datetime

import pulumi
import pulumi_kubernetes
from pulumi_aws import ec2, ssm

from components.alarms import AlarmTopics, AlarmTopicsArgs
from components.api import ApiGateway, ApiGatewayArgs
from components.audit import AuditTrail, AuditTrailArgs
from components.backup import Backup, BackupArgs, ProtectedDatabase
from components.bastion import IMAGE, Bastion, BastionArgs
from components.cache import RedisCache, RedisCacheArgs
from components.cluster import Cluster, ClusterArgs, cluster_name
from components.cluster_support import warn_of_kubernetes_support
from components.database import MysqlDatabase, MysqlDatabaseArgs
from components.database_support import warn_of_support
from components.dns import DnsNames, DnsNamesArgs
from components.encryption import DataKey, EncryptionKeys, EncryptionKeysArgs
from components.environment import Environment
from components.files import SharedFileSystem, SharedFileSystemArgs
from components.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.flows import DatabaseClient
from components.foundation import Foundation
from components.frontend import ApiOrigin, Frontend, FrontendArgs
from components.function import Placement
from components.functions import Functions, FunctionsArgs
from components.images import ImageRegistry, ImageRegistryArgs
from components.ingress import Ingress, IngressArgs
from components.network import Network, NetworkArgs
from components.parameters import Parameters, ParametersArgs
from components.provider import aws_provider
from components.queues import MessageQueues, MessageQueuesArgs
from components.secrets import CacheLogin, DatabaseLogin, Secrets, SecretsArgs
from components.storage import ObjectStorage, ObjectStorageArgs
from components.workload_grants import DataTier
from components.workload_identity import WorkloadIdentities, WorkloadIdentitiesArgs
from components.workloads import Workloads, WorkloadsArgs
from settings import REGION, load_for_program, namespace_name

NAME = "smile"
"""Root of every logical name. Changing it replaces everything."""
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""
S3 = f"com.amazonaws.{REGION}.s3"
"""AWS's list of the addresses of S3 in the Region."""

settings = load_for_program()
environment = Environment(
    name=settings.stack, account_id=settings.account.id, region=settings.account.region, project=NAME
)
provider = aws_provider(environment, settings.default_tags)
in_account = pulumi.ResourceOptions(provider=provider)

keys = EncryptionKeys(
    NAME,
    EncryptionKeysArgs(
        environment=environment,
        rotation_days=settings.encryption.rotation_days,
        deletion_window_days=settings.encryption.deletion_window_days,
        protect=settings.protection.protect,
        retain_on_delete=settings.protection.retain_on_delete,
    ),
    in_account,
)

in_region = pulumi.InvokeOutputOptions(provider=provider)
cloudfront = s3 = None
if settings.network.ingress == "cloudfront":
    cloudfront = ec2.get_managed_prefix_list_output(name=CLOUDFRONT, opts=in_region).id
if settings.bastion.enabled:
    s3 = ec2.get_managed_prefix_list_output(name=S3, opts=in_region).id

access = settings.network.database_access
database_clients: dict[DatabaseClient, bool] = {"bastion": access.bastion, "data-nodes": access.data_nodes}

network = Network(
    NAME,
    NetworkArgs(
        environment=environment,
        cidr=str(settings.network.cidr),
        subnets={
            tier: {zone: str(cidr) for zone, cidr in zones.items()} for tier, zones in settings.network.subnets.items()
        },
        nat_zones=settings.network.nat_zones,
        flow_log_key_arn=keys.arns[DataKey.LOGS],
        flow_log_retention_days=settings.network.flow_log_retention_days,
        interface_endpoints=settings.network.interface_endpoints,
        ingress=settings.network.ingress,
        cloudfront_prefix_list_id=cloudfront,
        service_port=settings.network.service_port,
        database_clients=[client for client, allowed in database_clients.items() if allowed],
        s3_prefix_list_id=s3,
        cluster_names=[cluster_name(environment.prefix, purpose) for purpose in settings.clusters.enabled],
        data_cluster="data" in settings.clusters.enabled,
    ),
    in_account,
)

topics = AlarmTopics(
    NAME,
    AlarmTopicsArgs(
        environment=environment,
        key_arn=keys.arns[DataKey.QUEUES],
        recipients={
            "critical": settings.observability.recipients.critical,
            "warning": settings.observability.recipients.warning,
        },
    ),
    in_account,
)

foundation = Foundation(
    environment=environment,
    keys=keys.arns,
    protection=settings.protection,
    log_retention_days=settings.observability.log_retention_days,
    topics=topics.arns,
)

warn_of_support(settings.database, datetime.now(UTC).date())
database = MysqlDatabase(
    f"{NAME}-database",
    MysqlDatabaseArgs(
        foundation=foundation,
        database=settings.database,
        subnet_ids=list(network.subnet_ids["database"].values()),
        security_group_id=network.security_group_ids["database"],
    ),
    in_account,
)

queues = MessageQueues(NAME, MessageQueuesArgs(foundation=foundation, queues=settings.queues), in_account)

cache = RedisCache(
    f"{NAME}-cache",
    RedisCacheArgs(
        foundation=foundation,
        cache=settings.cache,
        subnet_ids=list(network.subnet_ids["private"].values()),
        security_group_id=network.security_group_ids["cache"],
        password_users={name: user.access for name, user in settings.secrets.redis_users.items()},
    ),
    in_account,
)

placement = Placement(
    subnet_ids=list(network.subnet_ids["private"].values()),
    security_group_ids=[network.security_group_ids["application"]],
)
secrets = Secrets(
    NAME,
    SecretsArgs(
        foundation=foundation,
        secrets=settings.secrets,
        placement=placement,
        database=DatabaseLogin(host=database.address, port=database.port, master_arn=database.master_secret_arn),
        cache=CacheLogin(host=cache.endpoint, users=cache.password_users),
    ),
    # The first rotations run at once: they need the network's endpoints and ways out.
    pulumi.ResourceOptions(provider=provider, depends_on=[network]),
)
Parameters(NAME, ParametersArgs(environment=environment, values=settings.secrets.parameters), in_account)

files = SharedFileSystem(
    f"{NAME}-files",
    SharedFileSystemArgs(
        foundation=foundation,
        files=settings.files,
        subnet_ids=network.subnet_ids["private"],
        security_group_id=network.security_group_ids["files"],
    ),
    in_account,
)

storage = ObjectStorage(NAME, ObjectStorageArgs(foundation=foundation, settings=settings.storage), in_account)
audit = AuditTrailArgs(foundation=foundation, bucket_name=storage.buckets["audit"].name)
AuditTrail(NAME, audit, pulumi.ResourceOptions(provider=provider, depends_on=[storage]))
FlowLogArchive(
    NAME,
    FlowLogArchiveArgs(environment=environment, vpc_id=network.vpc_id, bucket=storage.buckets["logs"]),
    in_account,
)

if settings.bastion.enabled:
    bastion = Bastion(
        NAME,
        BastionArgs(
            foundation=foundation,
            settings=settings.bastion,
            subnet_id=network.subnet_ids["private"][settings.network.zones[0]],
            security_group_ids=[network.security_group_ids["bastion"]],
            image_id=ssm.get_parameter_output(name=IMAGE, opts=in_region).insecure_value,
            log_bucket=storage.bucket_name("audit"),
        ),
        # It fetches patches in its first minutes, and its sessions are recorded from the first one on.
        pulumi.ResourceOptions(provider=provider, depends_on=[network, storage]),
    )
    pulumi.export("bastion_instance_id", bastion.instance_id)
    pulumi.export("bastion_operator_policy_arn", bastion.operator_policy_arn)

images = ImageRegistry(
    f"{NAME}-images",
    ImageRegistryArgs(foundation=foundation, settings=settings.images, services=list(settings.services.catalogue)),
    in_account,
)

names = None
if settings.dns.domain:
    names = DnsNames(NAME, DnsNamesArgs(foundation=foundation, dns=settings.dns), in_account)
    pulumi.export("name_servers", names.name_servers)

direct = settings.network.ingress == "cloudfront"
balancer_groups = ["load-balancer", "load-balancer-http"] if direct else ["load-balancer"]
ingress = Ingress(
    f"{NAME}-ingress",
    IngressArgs(
        foundation=foundation,
        settings=settings.ingress,
        release=settings.release,
        services=settings.services.catalogue,
        service_port=settings.network.service_port,
        direct=direct,
        vpc_id=network.vpc_id,
        subnet_ids=list(network.subnet_ids["public" if direct else "private"].values()),
        security_group_ids=[group for name, group in network.security_group_ids.items() if name in balancer_groups],
        logs=storage.buckets["access-logs"],
        names=names,
        host=settings.dns.origin or f"{environment.prefix}.internal",
    ),
    in_account,
)
called: tuple[pulumi.Input[str], str] = (ingress.host, "")
if not direct:
    api = ApiGateway(
        f"{NAME}-api",
        ApiGatewayArgs(
            foundation=foundation,
            settings=settings.api,
            firewall=settings.ingress.firewall,
            ingress=ingress,
            subnet_ids=list(network.subnet_ids["private"].values()),
            security_group_id=network.security_group_ids["vpc-link"],
            names=names,
        ),
        in_account,
    )
    pulumi.export("api_domain", api.invoke_domain)
    called = api.invoke_domain, api.origin_path
pulumi.export("target_group_arns", ingress.target_group_arns)

frontend = Frontend(
    f"{NAME}-frontend",
    FrontendArgs(
        foundation=foundation,
        settings=settings.frontend,
        firewall=settings.ingress.firewall,
        assets=storage.buckets["assets"],
        documents_bucket=storage.bucket_name("documents"),
        logs=storage.buckets["logs"],
        firewall_logs=storage.buckets["firewall-logs"],
        api=ApiOrigin(
            host=called[0],
            path=called[1],
            secret=ingress.origin_secret.current,
            paths=settings.services.public.values(),
        ),
        names=names,
        host=settings.dns.public,
    ),
    in_account,
)
pulumi.export("distribution_id", frontend.distribution_id)
pulumi.export("public_host", frontend.host)

clusters: dict[str, Cluster] = {}
for purpose, tier in settings.clusters.enabled.items():
    warn_of_kubernetes_support(tier, datetime.now(UTC).date())
    clusters[purpose] = Cluster(
        f"{NAME}-{purpose}",
        ClusterArgs(
            foundation=foundation,
            purpose=purpose,
            settings=tier,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.subnet_ids["private"].values()),
            security_groups=network.security_groups,
            namespaces=[namespace_name(environment.name)],
            node_tags=settings.default_tags,
            mounts=[files.mount_statement(list(files.access_points))] if purpose == "application" else [],
        ),
        # Nodes join through the network's endpoints and ways out.
        pulumi.ResourceOptions(provider=provider, depends_on=[network]),
    )

data = DataTier(foundation=foundation, queues=queues, storage=storage, secrets=secrets, cache=cache)
functions = Functions(
    NAME,
    FunctionsArgs(settings=settings.functions, data=data, placement=placement),
    pulumi.ResourceOptions(provider=provider, depends_on=[network]),
)
if "application" in clusters:
    cluster = clusters["application"]
    identities = WorkloadIdentities(
        NAME,
        WorkloadIdentitiesArgs(
            data=data,
            services=settings.services.catalogue,
            cluster=cluster.physical,
            cluster_name=cluster.name,
        ),
        in_account,
    )
    pulumi.export("workload_role_arns", identities.role_arns)
    if settings.workloads.enabled:
        in_cluster = pulumi_kubernetes.Provider(f"{NAME}-kubernetes", kubeconfig=cluster.kubeconfig_json)
        workloads = Workloads(
            f"{NAME}-workloads",
            WorkloadsArgs(
                settings=settings.workloads,
                services=settings.services.catalogue,
                data=data,
                files=files,
                images=images,
                cluster=cluster.physical,
                cluster_settings=settings.clusters.application,
                network=settings.network,
                vpc_id=network.vpc_id,
                health_path=settings.ingress.health_path,
                target_groups=ingress.target_group_arns,
            ),
            # Pods get their credentials, nodes and add-ons as they start.
            pulumi.ResourceOptions(provider=in_cluster, depends_on=[cluster, identities]),
        )
        pulumi.export("namespace", workloads.namespace)

if settings.backup.enabled:
    backup = Backup(
        NAME,
        BackupArgs(
            foundation=foundation,
            settings=settings.backup,
            database=ProtectedDatabase(
                identifier=database.identifier,
                subnet_group=database.subnets.name,
                security_group_ids=[network.security_group_ids["database"]],
            ),
            documents_bucket=storage.bucket_name("documents"),
            backups_bucket=storage.bucket_name("backups"),
        ),
        in_account,
    )
    pulumi.export("restore_role_arn", backup.restore_role_arn)

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("security_group_ids", network.security_group_ids)
pulumi.export("nat_public_ips", network.nat_public_ips)
pulumi.export("key_arns", {data.slug: arn for data, arn in keys.arns.items()})
pulumi.export("database_endpoint", database.endpoint)
pulumi.export("database_master_secret_arn", database.master_secret_arn)
pulumi.export("queue_urls", queues.urls)
pulumi.export("function_arns", functions.arns)
pulumi.export("secret_arns", secrets.arns)
pulumi.export("cache_endpoint", cache.endpoint)
pulumi.export("file_system_id", files.id)
pulumi.export("bucket_names", {purpose: bucket.name for purpose, bucket in storage.buckets.items()})
pulumi.export("bucket_arns", {purpose: bucket.arn for purpose, bucket in storage.buckets.items()})
pulumi.export("cluster_endpoints", {purpose: cluster.endpoint for purpose, cluster in clusters.items()})
pulumi.export("image_urls", images.urls)
pulumi.export("image_cache_urls", images.cache_urls)

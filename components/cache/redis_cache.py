"""The Redis cache: shards with replicas in every zone, encrypted, with users instead of one password for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
from pulumi_aws import cloudwatch, elasticache

from components.cache.alarms import cache_alarms, hit_alarms, node_alarms, shard_alarms
from components.cache.settings import Cache
from components.cache.snapshots import CacheSnapshots, CacheSnapshotsArgs
from components.cache.users import CacheUsers, CacheUsersArgs, PasswordUser
from components.core.alarms import Alarms
from components.core.context import StackContext
from components.core.final_snapshot import final_snapshot_name
from components.core.iam import Statement
from components.core.log_group import log_group
from components.functions.function import Placement

PORT = 6379
LOGS = ("slow-log", "engine-log")


@dataclass(frozen=True, kw_only=True)
class RedisCacheArgs:
    """What the cache needs.

    Attributes:
        context: keys ``cache`` and ``logs``, topics, protection.
        cache: its engine, nodes, snapshots and windows.
        subnet_ids: one in each zone; ElastiCache spreads the nodes of each shard over them.
        security_group_id: who may reach port 6379.
        placement: where the function that takes snapshots runs.
    """

    context: StackContext
    cache: Cache
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    placement: Placement | None = None


class RedisCache(pulumi.ComponentResource):
    """A cluster of shards, its users, logs and alarms, and a function that takes snapshots every few hours.

    Attributes:
        id: of the replication group, such as ``acme-prod-cache``.
        endpoint: host name from which clients learn all nodes; TLS only, port 6379.
        port: TCP port, 6379.
        users: name -> what it logs in as, such as ``acme-prod-cache-application``.
        password_users: name -> user whose password rotation sets.
        parameter_group_name: of the engine's parameters.
        log_group_names: of the slow and the engine log.
    """

    id: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    port: int
    users: Mapping[str, str]
    password_users: Mapping[str, PasswordUser]
    parameter_group_name: pulumi.Output[str]
    log_group_names: Sequence[str]

    def __init__(self, name: str, args: RedisCacheArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:cache:RedisCache", name, None, opts)
        self.name = name
        self.args = args
        self.environment = args.context.environment
        self.child = pulumi.ResourceOptions(parent=self)
        self.role = name.removeprefix(f"{self.environment.project}-")
        self.physical_name = f"{self.environment.prefix}-{self.role}"
        self.tags = self.environment.tags(component="cache", data_class="personal")

        users = self.user_group()
        parameters = self.parameter_group()
        cluster = self.cluster(users, self.subnet_group(), parameters, self.log_groups())
        if args.cache.periodic_snapshots.enabled:
            self.snapshots(cluster)
        if args.cache.alarms:
            cache_alarms(name, args.context, self.physical_name, args.cache, self)
            tags = self.environment.tags(component="cache", data_class="internal")
            made = Alarms(context=args.context, tags=tags, parent=self, runbook="cache", after=[cluster])
            node_alarms(name, made, self.physical_name, args.cache)
            shard_alarms(name, replace(made, incident="cache"), self.physical_name, args.cache)
            if args.cache.hit_percent:
                hit_alarms(name, made, self.physical_name, args.cache)

        self.id = cluster.replication_group_id
        self.endpoint = cluster.configuration_endpoint_address
        self.port = PORT
        self.users = users.ids
        self.password_users = users.with_password
        self.parameter_group_name = parameters.name
        self.log_group_names = [self.log_path(log) for log in LOGS]
        self.register_outputs(
            {
                "id": self.id,
                "endpoint": self.endpoint,
                "port": self.port,
                "users": self.users,
                "parameterGroupName": self.parameter_group_name,
                "logGroupNames": self.log_group_names,
            }
        )

    def user_group(self) -> CacheUsers:
        """Who may log in."""
        args = CacheUsersArgs(environment=self.environment, cache=self.physical_name, users=self.args.cache.users)
        return CacheUsers(self.name, args, self.child)

    def subnet_group(self) -> elasticache.SubnetGroup:
        """Where the nodes live."""
        return elasticache.SubnetGroup(
            self.name,
            name=self.physical_name,
            description="Private subnets, one in each zone",
            subnet_ids=list(self.args.subnet_ids),
            tags=self.tags(self.role),
            opts=self.child,
        )

    def parameter_group(self) -> elasticache.ParameterGroup:
        """How the engine behaves. Named after the family: another one must exist before it goes."""
        family = self.args.cache.parameter_family
        return elasticache.ParameterGroup(
            self.name,
            name=f"{self.physical_name}-{family}",
            description="Cluster mode, and what gives way when the memory is full",
            family=family,
            parameters=[
                {"name": "cluster-enabled", "value": "yes"},
                {"name": "maxmemory-policy", "value": self.args.cache.max_memory_policy},
            ],
            tags=self.tags(self.role),
            opts=self.child,
        )

    def log_groups(self) -> list[cloudwatch.LogGroup]:
        """Where the slow and the engine log go."""
        return [
            log_group(
                f"{self.name}-{log}", self.args.context, self.log_path(log), self.tags(f"{self.role}-{log}"), self
            )
            for log in LOGS
        ]

    def log_path(self, log: str) -> str:
        """Name of a log group, where one policy lets AWS deliver to all; elsewhere each would need its own."""
        return f"/aws/vendedlogs/elasticache/{self.physical_name}/{log}"

    def cluster(
        self,
        users: CacheUsers,
        subnets: elasticache.SubnetGroup,
        parameters: elasticache.ParameterGroup,
        logs: Sequence[cloudwatch.LogGroup],
    ) -> elasticache.ReplicationGroup:
        """The shards: a primary and replicas each, in different zones."""
        cache, context = self.args.cache, self.args.context
        return elasticache.ReplicationGroup(
            self.name,
            replication_group_id=self.physical_name,
            description="Cache of the platform's services",
            engine=cache.engine,
            engine_version=cache.version,
            node_type=cache.node_type,
            cluster_mode="enabled",
            num_node_groups=cache.shards,
            replicas_per_node_group=cache.replicas_per_shard,
            automatic_failover_enabled=True,
            multi_az_enabled=True,
            port=PORT,
            subnet_group_name=subnets.name,
            security_group_ids=[self.args.security_group_id],
            parameter_group_name=parameters.name,
            user_group_ids=[users.group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            at_rest_encryption_enabled=True,
            kms_key_id=context.keys["cache"],
            snapshot_retention_limit=cache.snapshot_retention_days,
            snapshot_window=cache.snapshot_window_utc if cache.snapshot_retention_days else None,
            snapshot_name=cache.restore_from or None,
            final_snapshot_identifier=self.final_snapshot(subnets) if cache.final_snapshot else None,
            maintenance_window=cache.maintenance_window_utc,
            auto_minor_version_upgrade=True,
            apply_immediately=cache.apply_immediately,
            log_delivery_configurations=[
                {
                    "log_type": log,
                    "log_format": "json",
                    "destination_type": "cloudwatch-logs",
                    "destination": self.log_path(log),
                }
                for log in LOGS
            ],
            tags=self.tags(self.role),
            opts=pulumi.ResourceOptions.merge(context.stateful(self), pulumi.ResourceOptions(depends_on=logs)),
        )

    def final_snapshot(self, subnets: elasticache.SubnetGroup) -> pulumi.Output[str]:
        """The name of what it leaves behind; another past, key or subnet group makes another cache."""
        replaced_by = {
            "key": self.args.context.keys["cache"],
            "origin": self.args.cache.restore_from,
            "subnets": subnets.name,
        }
        return final_snapshot_name(self.name, self.physical_name, replaced_by, self)

    def snapshots(self, cluster: elasticache.ReplicationGroup) -> CacheSnapshots:
        """Snapshots every few hours."""
        args = CacheSnapshotsArgs(
            context=self.args.context,
            cache=self.physical_name,
            periodic=self.args.cache.periodic_snapshots,
            placement=self.args.placement,
        )
        opts = pulumi.ResourceOptions(parent=self, depends_on=[cluster])
        return CacheSnapshots(f"{self.name}-snapshots", args, opts)

    def grant_connect(self, *users: str) -> list[Statement]:
        """What a role needs to log in as one of these users by IAM; nothing without a name.

        Raises:
            UndeclaredError: there is no such user.
        """
        if not users:
            return []
        connect = Statement(
            sid="ConnectToCache",
            actions=["elasticache:Connect"],
            resources=[
                self.environment.arn("elasticache", f"replicationgroup:{self.physical_name}"),
                *(self.environment.arn("elasticache", f"user:{self.users[name]}") for name in users),
            ],
        )
        return [connect]

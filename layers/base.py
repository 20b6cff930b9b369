"""What all else stands on: the provider, the keys, the network, who is told of alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from components.core.boundary import PermissionsBoundary
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.provider import aws_provider
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.functions.function import Placement
from components.network.flows import DatabaseClient, Group
from components.network.network import Network, NetworkArgs
from components.network.subnets import Tier
from components.observability.alarm_topics import AlarmTopics, AlarmTopicsArgs
from settings.stack import REGION, Settings

NAME = "smile"
"""Root of every logical name. Changing it replaces everything."""
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""
S3 = f"com.amazonaws.{REGION}.s3"
"""AWS's list of the addresses of S3 in the Region."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What every tier is given.

    Attributes:
        settings: of the stack.
        provider: the one AWS provider.
        keys: the encryption keys.
        network: the VPC.
        context: what every component is given.
    """

    settings: Settings
    provider: aws.Provider
    keys: EncryptionKeys
    network: Network
    context: StackContext

    @property
    def environment(self) -> Environment:
        """Account, Region and names."""
        return self.context.environment

    @property
    def placement(self) -> Placement:
        """Where functions run that reach what the application reaches."""
        return self.placement_in("application")

    @property
    def operations(self) -> Placement | None:
        """Where functions run that call AWS and nothing else; None where there are none."""
        return self.placement_in("operations") if runs_operations(self.settings) else None

    def placement_in(self, group: Group) -> Placement:
        """In the private subnets, with a security group."""
        return Placement(
            subnet_ids=self.subnet_ids("private"), security_group_ids=[self.network.security_group_ids[group]]
        )

    def subnet_ids(self, tier: Tier) -> list[pulumi.Output[str]]:
        """The subnets of a tier, one in each zone."""
        return list(self.network.subnet_ids[tier].values())

    def options(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a component: in the stack's account, after what it needs without naming it."""
        return pulumi.ResourceOptions(provider=self.provider, depends_on=list(depends_on))


def base_layer(settings: Settings) -> Base:
    """Keys, network and alarm topics of the stack, in its account."""
    environment = Environment(
        name=settings.stack, account_id=settings.account.id, region=settings.account.region, project=NAME
    )
    provider = aws_provider(environment, settings.default_tags)
    in_account = pulumi.ResourceOptions(provider=provider)
    boundary = PermissionsBoundary(NAME, environment, in_account)
    environment = replace(environment, boundary=boundary.arn)
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
    topics = AlarmTopics(
        NAME,
        AlarmTopicsArgs(
            environment=environment,
            key_arn=keys.arns["queues"],
            recipients={
                "critical": settings.observability.recipients.critical,
                "warning": settings.observability.recipients.warning,
            },
        ),
        in_account,
    )
    return Base(
        settings=settings,
        provider=provider,
        keys=keys,
        network=Network(NAME, network_args(settings, environment, keys, provider), in_account),
        context=StackContext(
            environment=environment,
            keys=keys.arns,
            protection=settings.protection,
            log_retention_days=settings.observability.log_retention_days,
            topics=topics.arns,
            time_zone="Asia/Jakarta",
        ),
    )


def network_args(
    settings: Settings, environment: Environment, keys: EncryptionKeys, provider: aws.Provider
) -> NetworkArgs:
    """The network that the settings describe, with AWS's own address lists where something needs them."""

    def prefix_list(name: str) -> pulumi.Output[str]:
        return ec2.get_managed_prefix_list_output(name=name, opts=pulumi.InvokeOutputOptions(provider=provider)).id

    network = settings.network
    access = network.database_access
    database_clients: dict[DatabaseClient, bool] = {"bastion": access.bastion, "data-nodes": access.data_nodes}
    return NetworkArgs(
        environment=environment,
        cidr=str(network.cidr),
        subnets={tier: {zone: str(cidr) for zone, cidr in zones.items()} for tier, zones in network.subnets.items()},
        nat_zones=network.nat_zones,
        flow_log_key_arn=keys.arns["logs"],
        flow_log_retention_days=network.flow_log_retention_days,
        retain_flow_logs=settings.protection.retain_on_delete,
        interface_endpoints=network.interface_endpoints,
        ingress=network.ingress,
        cloudfront_prefix_list_id=prefix_list(CLOUDFRONT) if network.ingress == "cloudfront" else None,
        service_port=network.service_port,
        database_clients=[client for client, allowed in database_clients.items() if allowed],
        s3_prefix_list_id=prefix_list(S3) if settings.bastion.enabled else None,
        cluster_names=[cluster_name(environment, name) for name in settings.enabled_clusters],
        data_cluster="data" in settings.enabled_clusters,
        operations=runs_operations(settings),
    )


def cluster_name(environment: Environment, cluster: str) -> str:
    """Physical name of a cluster of the settings: ``smile-prod`` of the application's, ``smile-prod-data`` of data."""
    return environment.prefix if cluster == "application" else f"{environment.prefix}-{cluster}"


def runs_operations(settings: Settings) -> bool:
    """Whether a function takes snapshots of the cache or exports the database to the archive."""
    backup = settings.backup
    return settings.cache.periodic_snapshots.enabled or (backup.enabled and backup.archive.enabled)

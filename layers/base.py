"""What all else stands on: the provider, the keys, the network, the topics of alarms."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from components.core.alarms import Runbook
from components.core.context import StackContext
from components.core.environment import Environment
from components.encryption.encryption_keys import CLASSES
from components.functions.function import Placement
from components.lake.settings import KEY as LAKE
from components.lake.settings import QUERY_KEY as QUERIES
from components.network.flows import Flow
from components.network.network import Network, NetworkArgs
from components.network.network_acls import AclRule, isolated
from components.pipeline.states import KEY as WORKFLOWS
from components.stack.stack import Stack, stack_of
from components.streams.data_streams import KEY as STREAMS
from components.table.table import KEY as TABLES
from layers.flows import flows, security_groups
from settings.network import Network as NetworkSettings
from settings.stack import Settings

NAME = "smile"
"""Root of every logical name. Changing it replaces everything."""
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""


@dataclass(frozen=True, kw_only=True)
class Base(Stack):
    """What every layer is given.

    Attributes:
        settings: of the stack.
        network: the VPC.
    """

    settings: Settings
    network: Network

    @property
    def environment(self) -> Environment:
        """Account, Region and names."""
        return self.context.environment

    def runbook(self, page: Runbook) -> str:
        """Where people find a page of the runbooks."""
        return f"{self.context.runbooks}/{page}.md"

    @property
    def placement(self) -> Placement:
        """Where functions run that reach what the application reaches."""
        return self.placement_in("application")

    @property
    def operations(self) -> Placement | None:
        """Where functions run that call AWS and nothing else; None where there are none."""
        return self.placement_in("operations") if runs_operations(self.settings) else None

    def placement_in(self, group: str) -> Placement:
        """In the private subnets, with a security group."""
        return Placement(
            subnet_ids=self.subnet_ids("private"), security_group_ids=[self.network.security_group_ids[group]]
        )

    def subnet_ids(self, tier: str) -> list[pulumi.Output[str]]:
        """The subnets of a tier, one in each zone; those of the database are private ones where it has none."""
        tier = self.settings.network.database_tier if tier == "database" else tier
        return list(self.network.subnet_ids[tier].values())


def base_layer(settings: Settings) -> Base:
    """Keys, network and alarm topics of the stack, in its account."""
    stack = stack_of(
        NAME,
        settings,
        region=settings.account.region,
        tags=settings.default_tags,
        keys=[each for each in CLASSES if each not in unused_keys(settings)],
        time_zone="Asia/Jakarta",
        reserve_concurrency=settings.functions.reserve_concurrency,
        pages_incidents=True,
    )
    network = Network(NAME, network_args(settings, stack.context, stack.provider), stack.options())
    return Base(settings=settings, network=network, provider=stack.provider, keys=stack.keys, context=stack.context)


def unused_keys(settings: Settings) -> list[str]:
    """Classes of data that a stack without streams or a lake has none of; no stack has TABLES or WORKFLOWS."""
    lake = dict.fromkeys((LAKE, QUERIES), settings.lake.enabled)
    there = {TABLES: False, WORKFLOWS: False, STREAMS: bool(settings.streams.streams), **lake}
    return [key for key, is_there in there.items() if not is_there]


def network_args(settings: Settings, context: StackContext, provider: aws.Provider) -> NetworkArgs:
    """The network that the settings describe, with AWS's own address lists where something needs them."""
    network = settings.network.model_copy(update={"interface_endpoints": settings.interface_endpoints})
    lists = {"cloudfront": CLOUDFRONT} if network.ingress == "cloudfront" else {}
    if settings.bastion.enabled:
        lists["s3"] = f"com.amazonaws.{context.environment.region}.s3"
    invoke = pulumi.InvokeOutputOptions(provider=provider)
    table = network_flows(settings)
    return NetworkArgs(
        context=context,
        settings=network,
        acls=acls(network),
        security_groups=security_groups(table),
        flows=table,
        peers={
            peer: {"prefix_list_id": ec2.get_managed_prefix_list_output(name=name, opts=invoke).id}
            for peer, name in lists.items()
        },
        cluster_names=[settings.cluster_name(cluster) for cluster in settings.enabled_clusters],
        registry_account=settings.images.registry_account,
    )


def network_flows(settings: Settings) -> tuple[Flow, ...]:
    """Who may talk to whom in the stack."""
    return flows(
        settings.network,
        bastion=settings.bastion.enabled,
        operations=runs_operations(settings),
        data_cluster="data" in settings.enabled_clusters,
        spark=settings.spark.enabled,
        runners=settings.deployment.enabled,
    )


def acls(network: NetworkSettings) -> dict[str, tuple[AclRule, ...]]:
    """Rules of the network ACLs that are not those of every tier with the same route."""
    return {"database": isolated({3306: "MySQL"}, clients="private")} if "database" in network.tiers else {}


def runs_operations(settings: Settings) -> bool:
    """Whether a function takes snapshots of the cache or exports the database to the archive."""
    backup = settings.backup
    return settings.cache.periodic_snapshots.enabled or (backup.enabled and backup.archive.enabled)

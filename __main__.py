"""SMILE on AWS: settings in, components wired, outputs out."""

import pulumi
from pulumi_aws import ec2

from components.alarms import AlarmTopics, AlarmTopicsArgs
from components.encryption import DataKey, EncryptionKeys, EncryptionKeysArgs
from components.environment import Environment
from components.flows import DatabaseClient
from components.foundation import Foundation
from components.network import Network, NetworkArgs
from components.provider import aws_provider
from settings import load_for_program

NAME = "smile"
"""Root of every logical name. Changing it replaces everything."""
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""

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

cloudfront = None
if settings.network.ingress == "cloudfront":
    in_region = pulumi.InvokeOutputOptions(provider=provider)
    cloudfront = ec2.get_managed_prefix_list_output(name=CLOUDFRONT, opts=in_region).id

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
        cluster_names=[environment.prefix],
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

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("subnet_ids", network.subnet_ids)
pulumi.export("security_group_ids", network.security_group_ids)
pulumi.export("nat_public_ips", network.nat_public_ips)
pulumi.export("key_arns", {data.slug: arn for data, arn in keys.arns.items()})

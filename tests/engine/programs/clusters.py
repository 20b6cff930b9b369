"""The clusters on a network, and nothing else of the platform: what `__main__.py` wires, in small."""

import pulumi

from components.cluster.cluster import Cluster, ClusterArgs
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.provider import aws_provider
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.network.network import Network, NetworkArgs
from components.observability.alarm_topics import SEVERITIES
from layers.base import acls
from layers.flows import flows, security_groups
from settings import load_for_program

settings = load_for_program()
environment = Environment(name=settings.stack, account_id=settings.account.id, region="ap-southeast-3", project="smile")
options = pulumi.ResourceOptions(provider=aws_provider(environment, settings.default_tags))
keys = EncryptionKeys(
    "smile", EncryptionKeysArgs(environment=environment, protect=False, retain_on_delete=False), options
)
context = StackContext(
    environment=environment,
    keys=keys.arns,
    protection=settings.protection,
    log_retention_days=30,
    topics=dict.fromkeys(SEVERITIES, "arn:aws:sns:ap-southeast-3:123456789012:none"),
)
table = flows(settings.network, bastion=False, data_cluster=True)
network = Network(
    "smile",
    NetworkArgs(
        context=context,
        settings=settings.network.model_copy(update={"interface_endpoints": ()}),
        acls=acls(settings.network),
        security_groups=security_groups(table),
        flows=table,
    ),
    options,
)
for purpose, tier in settings.clusters.enabled.items():
    cluster = Cluster(
        purpose,
        ClusterArgs(
            context=context,
            purpose=purpose,
            settings=tier,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.subnet_ids["private"].values()),
            security_groups=network.security_groups,
            node_tags=settings.default_tags,
        ),
        options,
    )
    pulumi.export(f"{purpose}-name", cluster.name)
    pulumi.export(f"{purpose}-kubeconfig", cluster.kubeconfig_json)

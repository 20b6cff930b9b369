"""The clusters on a network, and nothing else of the platform: what `__main__.py` wires, in small."""

import pulumi

from components.cluster.cluster import Cluster
from components.cluster.inputs import ClusterArgs
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.provider import aws_provider
from components.encryption.encryption_keys import EncryptionKeys, EncryptionKeysArgs
from components.network.network import Network, NetworkArgs
from components.observability.alarm_topics import SEVERITIES
from layers.base import acls, cluster_name
from layers.compute import SECURITY_GROUPS
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
for name, cluster_settings in settings.enabled_clusters.items():
    control_plane, nodes = SECURITY_GROUPS.get(name, (f"{name}-control-plane", f"{name}-nodes"))
    cluster = Cluster(
        name,
        ClusterArgs(
            context=context,
            name=cluster_name(environment, name),
            settings=cluster_settings,
            vpc_id=network.vpc_id,
            subnet_ids=list(network.subnet_ids["private"].values()),
            control_plane_security_group=network.security_groups[control_plane],
            node_security_group_ids=[network.security_groups[nodes].id],
            node_tags=settings.default_tags,
        ),
        options,
    )
    pulumi.export(f"{name}-name", cluster.name)
    pulumi.export(f"{name}-kubeconfig", cluster.kubeconfig_json)

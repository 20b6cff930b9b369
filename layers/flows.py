"""Who may talk to whom: SMILE's security groups, and the flows between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from components.network.flows import Flow, eks_cluster_flows
from components.spark.pods import PORTS
from settings.network import HEALTH_PORT, Ingress, Network

GROUPS: Mapping[str, str] = {
    "load-balancer": "Application load balancer",
    "load-balancer-http": "Application load balancer, for HTTP that it redirects",
    "application": "Nodes and pods of the application cluster",
    "database": "MySQL database",
    "cache": "Redis cache",
    "files": "Mount targets of the shared file system",
    "endpoints": "Interface endpoints of AWS services",
    "vpc-link": "VPC link of the API gateway",
    "control-plane": "Kubernetes control plane of the application cluster",
    "bastion": "Bastion: nothing may connect to it",
    "runner": "Runners of the pipeline: nothing may connect to them",
    "operations": "Functions that call AWS and nothing else: nothing may connect to them",
    "data-nodes": "Nodes and pods of the data cluster",
    "data-control-plane": "Kubernetes control plane of the data cluster",
}
"""Group -> its description: what carries it."""
ENTRANCES: Mapping[Ingress, tuple[Flow, ...]] = {
    "vpc_link": (Flow("vpc-link", "load-balancer", 443, "HTTPS from the API gateway"),),
    "cloudfront": (
        Flow("cloudfront", "load-balancer", 443, "HTTPS from CloudFront"),
        # In a group of its own: CloudFront's prefix list counts as 55 rules, and a group holds 60.
        Flow("cloudfront", "load-balancer-http", 80, "HTTP from CloudFront, answered with a redirect"),
    ),
}
BASTION = (
    Flow("bastion", "vpc", 443, "Session Manager, logs and keys by private address"),
    Flow("bastion", "s3", 443, "Packages of Amazon Linux, patches, records of sessions"),
)
"""It reaches no internet: packages come through the gateway endpoint of S3."""
RUNNER = (Flow("runner", "internet", 443, "HTTPS to GitHub, to AWS and to package registries"),)
"""Its instances aren't the program's; they carry this group."""
OPERATIONS = (Flow("operations", "internet", 443, "HTTPS to AWS"),)
DATA_CLUSTER = Flow("data-nodes", "internet", 443, "HTTPS to AWS")
SPARK = tuple(Flow("data-nodes", "data-nodes", port, "Drivers and executors of Spark") for port in PORTS)
DEFAULTS = Network()


def flows(  # noqa: PLR0913 - what stacks differ in
    network: Network = DEFAULTS,
    *,
    bastion: bool = True,
    operations: bool = True,
    data_cluster: bool = False,
    spark: bool = False,
    runners: bool = False,
) -> tuple[Flow, ...]:
    """The flows of one stack.

    Args:
        network: who may reach load balancer and database, and the port of services.
        bastion: whether there is one.
        operations: whether functions run that call AWS and nothing else.
        data_cluster: whether there is one.
        spark: whether jobs run there.
        runners: whether a pipeline deploys from within the VPC.
    """
    port, access = network.service_port, network.database_access
    clients = {"bastion": access.bastion, "data-nodes": access.data_nodes}
    control_planes = ["control-plane", *(["data-control-plane"] if data_cluster else [])]
    operators = [*(["bastion"] if bastion else []), *(["runner"] if runners else [])]
    return (
        *ENTRANCES[network.ingress],
        Flow("load-balancer", "application", port, "HTTPS to the pods, encrypted again"),
        Flow("load-balancer", "application", HEALTH_PORT, "Health checks of the pods"),
        *eks_cluster_flows("application", "control-plane", port),
        Flow("application", "database", 3306, "MySQL over TLS"),
        *(BASTION if bastion else ()),
        *(RUNNER if runners else ()),
        *(
            Flow(each, plane, 443, "Kubernetes API, for who operates it")
            for each in operators
            for plane in control_planes
        ),
        *(Flow(client, "database", 3306, "MySQL over TLS, by setting") for client, let in clients.items() if let),
        Flow("application", "cache", 6379, "Redis over TLS"),
        Flow("application", "files", 2049, "NFS over TLS"),
        Flow("vpc", "endpoints", 443, "AWS services by private address"),
        Flow("application", "internet", 443, "HTTPS to partners and to AWS"),
        Flow("application", "internet", 80, "HTTP, for package mirrors and certificate status"),
        *(OPERATIONS if operations else ()),
        # No way to the application's nodes, cache or files, to the database by setting only.
        *((*eks_cluster_flows("data-nodes", "data-control-plane", port), DATA_CLUSTER) if data_cluster else ()),
        *(SPARK if data_cluster and spark else ()),
    )


def security_groups(table: Iterable[Flow]) -> dict[str, str]:
    """The groups that flows name, with their descriptions."""
    named = {end for flow in table for end in (flow.source, flow.target)}
    return {group: description for group, description in GROUPS.items() if group in named}

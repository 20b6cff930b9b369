"""Who may talk to whom: the table from which every security group rule is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Group = Literal[
    "load-balancer",
    "load-balancer-http",
    "application",
    "database",
    "cache",
    "files",
    "endpoints",
    "vpc-link",
    "control-plane",
    "bastion",
    "operations",
    "data-nodes",
    "data-control-plane",
]
Place = Literal["internet", "vpc", "cloudfront", "s3"]
"""An end of a flow that is no group: an address range or a prefix list."""
Ingress = Literal["vpc_link", "cloudfront"]
DatabaseClient = Literal["bastion", "data-nodes"]
Protocol = Literal["tcp", "udp"]

GROUPS: dict[Group, str] = {
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
    "operations": "Functions that call AWS and nothing else: nothing may connect to them",
    "data-nodes": "Nodes and pods of the data cluster",
    "data-control-plane": "Kubernetes control plane of the data cluster",
}
"""Group -> its description: what carries it."""

HEALTH_PORT = 8080
KUBELET_PORT = 10250
WEBHOOK_PORTS = (4443, 8443, 9443, 10251)
"""Where admission webhooks and API extensions in the cluster listen for the control plane; 10251 is the metrics
server of the EKS add-on."""


@dataclass(frozen=True)
class Flow:
    """Traffic that ``source`` may start towards ``port`` of ``target``; replies are implied.

    It becomes an egress rule of the source and an ingress rule of the target, each where that end is a group.
    """

    source: Group | Place
    target: Group | Place
    port: int
    why: str
    protocol: Protocol = "tcp"


def flows(
    *,
    ingress: Ingress = "vpc_link",
    service_port: int = 443,
    database_clients: Sequence[DatabaseClient] = (),
    bastion: bool = True,
    data_cluster: bool = False,
) -> tuple[Flow, ...]:
    """The whole table.

    Args:
        ingress: who may reach the load balancer.
        service_port: on which pods take TLS from the load balancer.
        database_clients: who may reach the database besides the application.
        bastion: whether there is one.
        data_cluster: whether there is one.
    """
    return (
        *ENTRANCES[ingress],
        Flow("load-balancer", "application", service_port, "HTTPS to the pods, encrypted again"),
        Flow("load-balancer", "application", HEALTH_PORT, "Health checks of the pods"),
        *inside_cluster("application", "control-plane", service_port),
        Flow("application", "database", 3306, "MySQL over TLS"),
        *(BASTION if bastion else ()),
        *(Flow(client, "database", 3306, "MySQL over TLS, by setting") for client in database_clients),
        Flow("application", "cache", 6379, "Redis over TLS"),
        Flow("application", "files", 2049, "NFS over TLS"),
        Flow("vpc", "endpoints", 443, "AWS services by private address"),
        Flow("application", "internet", 443, "HTTPS to partners and to AWS"),
        Flow("application", "internet", 80, "HTTP, for package mirrors and certificate status"),
        Flow("operations", "internet", 443, "HTTPS to AWS"),
        *(data_cluster_flows(service_port) if data_cluster else ()),
    )


def inside_cluster(nodes: Group, control_plane: Group, service_port: int) -> tuple[Flow, ...]:
    """What passes between the nodes of one cluster, and between them and its control plane."""
    return (
        Flow(nodes, nodes, service_port, "HTTPS between services"),
        Flow(nodes, nodes, KUBELET_PORT, "Metrics from the kubelets of other nodes"),
        Flow(nodes, nodes, 53, "Cluster DNS", "udp"),
        Flow(nodes, nodes, 53, "Cluster DNS, long answers"),
        Flow(nodes, control_plane, 443, "Kubernetes API"),
        Flow(control_plane, nodes, KUBELET_PORT, "Logs, exec and metrics from the kubelets"),
        *(Flow(control_plane, nodes, port, "Admission webhooks and API extensions") for port in WEBHOOK_PORTS),
    )


def data_cluster_flows(service_port: int) -> tuple[Flow, ...]:
    """The data cluster: no way to the application's nodes, cache or files, to the database by setting only."""
    return (
        *inside_cluster("data-nodes", "data-control-plane", service_port),
        Flow("data-nodes", "internet", 443, "HTTPS to AWS"),
    )


BASTION = (
    Flow("bastion", "vpc", 443, "Session Manager, logs and keys by private address"),
    Flow("bastion", "s3", 443, "Packages of Amazon Linux, patches, records of sessions"),
)
"""It reaches no internet: packages come through the gateway endpoint of S3."""
ENTRANCES: dict[Ingress, tuple[Flow, ...]] = {
    "vpc_link": (Flow("vpc-link", "load-balancer", 443, "HTTPS from the API gateway"),),
    "cloudfront": (
        Flow("cloudfront", "load-balancer", 443, "HTTPS from CloudFront"),
        # In a group of its own: CloudFront's prefix list counts as 55 rules, and a group holds 60.
        Flow("cloudfront", "load-balancer-http", 80, "HTTP from CloudFront, answered with a redirect"),
    ),
}

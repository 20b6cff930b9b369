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
    "data-nodes",
]
Place = Literal["internet", "vpc", "cloudfront"]
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
    "bastion": "Bastion, for as long as it may reach the database",
    "data-nodes": "Nodes of the data cluster that read the database",
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
    *, ingress: Ingress = "vpc_link", service_port: int = 443, database_clients: Sequence[DatabaseClient] = ()
) -> tuple[Flow, ...]:
    """The whole table.

    Args:
        ingress: who may reach the load balancer (SMILE-SEC-08).
        service_port: on which pods take TLS from the load balancer (SMILE-SEC-01, OP-S-08).
        database_clients: who may reach the database besides the application (OP-S-07).
    """
    return (
        *ENTRANCES[ingress],
        Flow("load-balancer", "application", service_port, "HTTPS to the pods, encrypted again"),
        Flow("load-balancer", "application", HEALTH_PORT, "Health checks of the pods"),
        Flow("application", "application", service_port, "HTTPS between services"),
        Flow("application", "application", KUBELET_PORT, "Metrics from the kubelets of other nodes"),
        Flow("application", "application", 53, "Cluster DNS", "udp"),
        Flow("application", "application", 53, "Cluster DNS, long answers"),
        Flow("application", "control-plane", 443, "Kubernetes API"),
        Flow("control-plane", "application", KUBELET_PORT, "Logs, exec and metrics from the kubelets"),
        *(
            Flow("control-plane", "application", port, "Admission webhooks and API extensions")
            for port in WEBHOOK_PORTS
        ),
        Flow("application", "database", 3306, "MySQL over TLS"),
        *(Flow(client, "database", 3306, "MySQL over TLS, by setting") for client in database_clients),
        Flow("application", "cache", 6379, "Redis over TLS"),
        Flow("application", "files", 2049, "NFS over TLS"),
        Flow("vpc", "endpoints", 443, "AWS services by private address"),
        Flow("application", "internet", 443, "HTTPS to partners and to AWS"),
        Flow("application", "internet", 80, "HTTP, for package mirrors and certificate status"),
    )


ENTRANCES: dict[Ingress, tuple[Flow, ...]] = {
    "vpc_link": (Flow("vpc-link", "load-balancer", 443, "HTTPS from the API gateway"),),
    "cloudfront": (
        Flow("cloudfront", "load-balancer", 443, "HTTPS from CloudFront"),
        # In a group of its own: CloudFront's prefix list counts as 55 rules, and a group holds 60.
        Flow("cloudfront", "load-balancer-http", 80, "HTTP from CloudFront, answered with a redirect"),
    ),
}

"""Who may talk to whom (LH-NET-06): the one table that all security group rules are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from components.broker.broker import CONSOLE_PORT
from components.broker.broker import PORT as AMQP
from components.cache.redis_cache import PORT as REDIS
from components.hosts.jenkins import HEALTH_PORT as JENKINS_HEALTH
from components.hosts.jenkins import PORT as JENKINS
from components.network.flows import Flow, eks_cluster_flows
from components.network.network_acls import EPHEMERAL, AclRule, isolated
from platforms.learning_hub.settings import Settings

POSTGRES, HEALTH, NFS = 5432, 8080, 2049
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""
GROUPS: Mapping[str, str] = {
    "load-balancer": "Load balancer, HTTPS",
    "load-balancer-http": "Load balancer, HTTP",
    "control-plane": "Kubernetes control plane",
    "workers": "Nodes and pods",
    "rotation": "Functions that replace passwords",
    "database": "PostgreSQL",
    "cache": "Redis",
    "broker": "RabbitMQ",
    "declaration": "The function that declares exchanges and queues",
    "files": "Mount targets of the file system of Jenkins",
    "jenkins": "Jenkins",
    "compose": "The host of staging: nothing may connect to it",
    "endpoints": "Interface endpoints of AWS services",
}
"""Group -> its description: what carries it."""
DATA_ACL: tuple[AclRule, ...] = (
    *isolated(
        {POSTGRES: "PostgreSQL", REDIS: "Redis", AMQP: "AMQP over TLS", CONSOLE_PORT: "RabbitMQ's API"}, "private"
    ),
    AclRule("in", 200, "tcp", EPHEMERAL, "data", "replication between zones"),
    AclRule("out", 200, "tcp", EPHEMERAL, "data", "replication between zones"),
)
"""What reaches the subnets of the stores."""


def flows(settings: Settings) -> list[Flow]:
    """The flows of a stack."""
    if not settings.is_production:
        return [Flow("compose", "internet", 443, "HTTPS to registries and to AWS")]
    return [*entrance(settings.gateway_port), *cluster(settings.ports), *stores(), *jenkins(settings)]


def security_groups(table: Sequence[Flow]) -> dict[str, str]:
    """The groups that flows name, with their descriptions."""
    named = {end for flow in table for end in (flow.source, flow.target)}
    return {group: description for group, description in GROUPS.items() if group in named}


def entrance(port: int) -> Iterator[Flow]:
    """From CloudFront to the gateway service, and to no other."""
    yield Flow("cloudfront", "load-balancer", 443, "HTTPS from CloudFront")
    # In a group of its own: CloudFront's prefix list counts as 55 rules, and a group holds 60.
    yield Flow("cloudfront", "load-balancer-http", 80, "HTTP from CloudFront, answered with a redirect")
    yield Flow("load-balancer", "workers", port, "HTTPS to the gateway's pods, encrypted again")
    yield Flow("load-balancer", "workers", HEALTH, "Health checks of the pods")


def cluster(ports: Sequence[int]) -> Iterator[Flow]:
    """Between nodes, each service on its port; the control plane; the internet."""
    yield from eks_cluster_flows("workers", "control-plane", ports[0])
    for port in ports[1:]:
        yield Flow("workers", "workers", port, "HTTPS between services")
    yield Flow("workers", "internet", 443, "HTTPS to Stripe, Sentry and AWS")


def stores() -> Iterator[Flow]:
    """What services log in to."""
    yield Flow("workers", "database", POSTGRES, "PostgreSQL over TLS")
    yield Flow("workers", "cache", REDIS, "Redis over TLS")
    yield Flow("workers", "broker", AMQP, "AMQP over TLS")
    yield Flow("declaration", "broker", CONSOLE_PORT, "Declaring exchanges and queues")
    yield Flow("declaration", "endpoints", 443, "Secrets Manager by private address")
    yield Flow("rotation", "database", POSTGRES, "PostgreSQL over TLS")
    yield Flow("rotation", "endpoints", 443, "Secrets Manager by private address")
    yield Flow("vpc", "endpoints", 443, "AWS services by private address")


def jenkins(settings: Settings) -> Iterator[Flow]:
    """The host of Jenkins, where there is one: it gets GitHub's webhook, and deploys."""
    if settings.has_jenkins_host:
        yield Flow("load-balancer", "jenkins", JENKINS, "GitHub's webhook")
        yield Flow("load-balancer", "jenkins", JENKINS_HEALTH, "Health checks of Jenkins")
        yield Flow("jenkins", "files", NFS, "NFS over TLS")
        yield Flow("jenkins", "control-plane", 443, "Kubernetes API")
        yield Flow("jenkins", "internet", 443, "HTTPS to GitHub, package registries and AWS")

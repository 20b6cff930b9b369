"""The network, and who may talk to whom in it: the one table that all security group rules are made from."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import ec2

from components.cache.redis_cache import PORT as REDIS
from components.network.flows import Flow
from components.network.network import Network, NetworkArgs
from components.network.network_acls import isolated
from components.stack.stack import Stack
from platforms.epicvibe.settings import NAME, Settings

POSTGRES = 5432
CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""AWS's list of the addresses from which CloudFront calls origins."""
SECURITY_GROUPS: Mapping[str, str] = {
    "load-balancer": "Load balancer, HTTPS",
    "load-balancer-http": "Load balancer, HTTP",
    "web": "Tasks of Django that answer requests",
    "worker": "Tasks of Django that work in the background",
    "rotation": "Functions that replace passwords",
    "database": "PostgreSQL",
    "cache": "Redis",
    "endpoints": "Interface endpoints of AWS services",
}
"""Group -> its description: what carries it."""


def flows(web_port: int) -> list[Flow]:
    """The flows of a stack.

    Args:
        web_port: on which the web tasks take TLS.
    """
    return [
        Flow("cloudfront", "load-balancer", 443, "HTTPS from CloudFront"),
        # In a group of its own: CloudFront's prefix list counts as 55 rules, and a group holds 60.
        Flow("cloudfront", "load-balancer-http", 80, "HTTP from CloudFront, answered with a redirect"),
        Flow("load-balancer", "web", web_port, "Requests and health checks over TLS"),
        Flow("worker", "web", web_port, "Calls to the application by its name in the VPC"),
        *(
            flow
            for tasks in ("web", "worker")
            for flow in (
                Flow(tasks, "database", POSTGRES, "PostgreSQL over TLS"),
                Flow(tasks, "cache", REDIS, "Redis over TLS"),
                Flow(tasks, "internet", 443, "Payment gateway, and AWS services without an endpoint"),
            )
        ),
        Flow("rotation", "database", POSTGRES, "PostgreSQL over TLS"),
        Flow("rotation", "endpoints", 443, "Secrets Manager by private address"),
        Flow("vpc", "endpoints", 443, "AWS services by private address"),
    ]


def network_of(stack: Stack, settings: Settings) -> Network:
    """Public subnets, private ones, and isolated ones for the database, in three zones (EPIC-NET-01)."""
    invoke = pulumi.InvokeOutputOptions(provider=stack.provider)
    return Network(
        NAME,
        NetworkArgs(
            context=stack.context,
            settings=settings.network,
            acls={"database": isolated({POSTGRES: "PostgreSQL"}, clients="private")},
            security_groups=SECURITY_GROUPS,
            flows=flows(settings.web.tls_port),
            peers={
                "cloudfront": {"prefix_list_id": ec2.get_managed_prefix_list_output(name=CLOUDFRONT, opts=invoke).id}
            },
        ),
        stack.options(),
    )

"""Who may talk to whom (EPIC-NET-02): the one table that all security group rules are made from."""

from __future__ import annotations

from collections.abc import Mapping

from components.cache.redis_cache import PORT as REDIS
from components.network.flows import Flow

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

"""Who may talk to whom: the one table that all security group rules are made from (EDU-DATA-09)."""

from __future__ import annotations

from collections.abc import Mapping

from components.cache.redis_cache import PORT as REDIS
from components.network.flows import Flow

MYSQL = 3306
SECURITY_GROUPS: Mapping[str, str] = {
    "load-balancer": "Load balancer",
    "web": "Instances that answer requests",
    "worker": "Instances that work in the background",
    "rotation": "Functions that replace passwords",
    "database": "MySQL",
    "cache": "Redis",
    "endpoints": "Interface endpoints of AWS services",
}
"""Group -> its description: what carries it. No group lets SSH in."""


def flows(web_port: int) -> list[Flow]:
    """The flows of a stack.

    Args:
        web_port: on which nginx takes TLS.
    """
    return [
        Flow("internet", "load-balancer", 443, "HTTPS from everybody"),
        Flow("internet", "load-balancer", 80, "HTTP from everybody, answered with a redirect"),
        Flow("load-balancer", "web", web_port, "Requests and health checks over TLS"),
        *(
            flow
            for instances in ("web", "worker")
            for flow in (
                Flow(instances, "database", MYSQL, "MySQL over TLS"),
                Flow(instances, "cache", REDIS, "Redis over TLS"),
                Flow(instances, "internet", 443, "OpenAI, Pusher, packages, and AWS services without an endpoint"),
            )
        ),
        Flow("rotation", "database", MYSQL, "MySQL over TLS"),
        Flow("rotation", "cache", REDIS, "Redis over TLS"),
        Flow("rotation", "endpoints", 443, "Secrets Manager by private address"),
        Flow("vpc", "endpoints", 443, "AWS services by private address"),
    ]

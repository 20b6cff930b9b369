"""Which service may do what with the data: what its settings name, as IAM statements and environment variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from components.core.iam import Statement
from components.core.metrics import publish_metrics
from components.functions.settings import ApplicationFunction
from components.workloads.services_settings import Service

if TYPE_CHECKING:
    from layers.data import Data

Users = Mapping[str, Service] | Mapping[str, ApplicationFunction]
"""Name -> service or function."""


def statements(data: Data, users: Users, namespace: str) -> dict[str, list[Statement]]:
    """What the role of each may do, and nothing else: what its settings name, and metrics in the stack's namespace.

    Files are not among it: their driver mounts with a role of its own, and the pod sees what is mounted.

    Raises:
        UndeclaredError: one uses a queue, stream, bucket or secret that isn't there.
    """
    return {
        name: [
            *data.queues.grant_send(*user.sends),
            *data.queues.grant_receive(*user.receives),
            *data.streams.grant_publish(*user.publishes),
            *(data.streams.grant_consume(*user.consumes) if isinstance(user, Service) else ()),
            *data.secrets.grant_read(*user.secrets),
            *data.parameters.grant_read(*user.parameters),
            *(data.cache.grant_connect("application") if user.cache else ()),
            *data.storage.grant_read(*user.reads),
            *data.storage.grant_write(*user.writes),
            publish_metrics(namespace),
        ]
        for name, user in users.items()
    }


def variables(data: Data, users: Users, namespace: str) -> dict[str, dict[str, pulumi.Input[str]]]:
    """Environment variables that tell each where what it uses is; no secret is among them.

    Such as ``QUEUE_STOCK_MOVEMENTS_FIFO: smile-prod-stock-movements.fifo``.
    """
    return {name: {"METRICS_NAMESPACE": namespace, **variables_of(data, user)} for name, user in users.items()}


def variables_of(data: Data, user: Service | ApplicationFunction) -> dict[str, pulumi.Input[str]]:
    """Those of one."""
    queues = dict.fromkeys((*user.sends, *user.receives))
    buckets = dict.fromkeys((*user.reads, *user.writes))
    found: dict[str, pulumi.Input[str]] = {variable("queue", name): data.queues.physical_name(name) for name in queues}
    found |= {variable("stream", name): data.streams.names[name] for name in user.publishes}
    if isinstance(user, Service):
        found |= {variable("consumer", name): data.streams.consumer_arns[name] for name in user.consumes}
    found |= {variable("bucket", name): data.storage.bucket_name(name) for name in buckets}
    found |= {variable("parameter", name): data.parameters.physical_name(name) for name in user.parameters}
    if user.cache:
        found |= {"CACHE_HOST": data.cache.endpoint, "CACHE_USER": data.cache.users["application"]}
    return found


def variable(kind: str, name: str) -> str:
    """Name of an environment variable."""
    return re.sub("[^A-Z0-9]", "_", f"{kind}_{name}".upper())

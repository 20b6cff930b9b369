"""Which service may do what with the data: what its settings name, as IAM statements and environment variables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pulumi

from components.core.iam import Statement
from components.functions.settings import ApplicationFunction
from components.workloads.services_settings import Service

if TYPE_CHECKING:
    from layers.data import Data


def statements(data: Data, service: Service | ApplicationFunction) -> list[Statement]:
    """What the role of one service may do, and nothing else.

    Files are not among it: their driver mounts with a role of its own, and the pod sees what is mounted.

    Raises:
        UndeclaredError: it uses a queue, bucket or secret that isn't there.
    """
    return [
        *data.queues.grant_send(*service.sends),
        *data.queues.grant_receive(*service.receives),
        *data.secrets.grant_read(*service.secrets),
        *(data.cache.grant_connect("application") if service.cache else ()),
        *data.storage.grant_read(*service.reads),
        *data.storage.grant_write(*service.writes),
    ]


def variables(data: Data, service: Service | ApplicationFunction) -> dict[str, pulumi.Input[str]]:
    """Environment variables that tell a service where what it uses is; no secret is among them.

    Such as ``QUEUE_STOCK_MOVEMENTS_FIFO: smile-prod-stock-movements.fifo``.
    """
    queues = dict.fromkeys((*service.sends, *service.receives))
    buckets = dict.fromkeys((*service.reads, *service.writes))
    found: dict[str, pulumi.Input[str]] = {variable("queue", name): data.queues.physical_name(name) for name in queues}
    found |= {variable("bucket", name): data.storage.bucket_name(name) for name in buckets}
    if service.cache:
        found |= {"CACHE_HOST": data.cache.endpoint, "CACHE_USER": data.cache.users["application"]}
    return found


def variable(kind: str, name: str) -> str:
    """Name of an environment variable."""
    return re.sub("[^A-Z0-9]", "_", f"{kind}_{name}".upper())

"""What shows how the platform is, on what all components have alarms on."""

from __future__ import annotations

from components.canary.canary import Canary, CanaryArgs
from components.core.environment import Environment
from components.storage.settings import Storage
from components.tracing.tracing import Tracing, TracingArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.data import Data
from layers.edge import Edge


def observability_layer(base: Base, data: Data, edge: Edge, compute: Compute) -> None:
    """Comes last: ``base.context.watched`` has what every component before it watches."""
    _ = edge, compute
    tracing(base)
    if base.settings.canary.enabled and base.settings.dns.public:
        canary(base, data, base.settings.dns.public)


def tracing(base: Base) -> None:
    """How much is traced, what the traces of the stack are, and their key."""
    args = TracingArgs(context=base.context, settings=base.settings.tracing, runbook="docs/components/tracing.md")
    Tracing(NAME, args, base.options())


def canary(base: Base, data: Data, host: str) -> None:
    """Asks for the public site and the API, as soon as they are there."""
    args = CanaryArgs(
        context=base.context,
        settings=base.settings.canary,
        host=host,
        bucket_name=canary_bucket(base.environment, base.settings.storage),
        access_logs=data.storage.buckets["access-logs"],
        runbook="docs/components/canary.md",
    )
    Canary(f"{NAME}-canary", args, base.options())


def canary_bucket(environment: Environment, storage: Storage) -> str:
    """Name of the bucket of the canary's code and runs, whether there is one or not."""
    return f"{storage.root(environment.project)}-canary-{environment.name}-{environment.account_id}"

"""What shows how the platform is, on what all components have alarms on."""

from __future__ import annotations

from collections.abc import Sequence

from components.canary.canary import Canary, CanaryArgs
from components.core.environment import Environment
from components.edge.ingress_settings import STAGE
from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs, Part
from components.observability.objectives import (
    Counter,
    ServiceLevelObjectives,
    ServiceLevelObjectivesArgs,
    of_api,
    of_balancer,
)
from components.observability.queries import SavedQueries
from components.observability.trends import Trends, TrendsArgs
from components.storage.settings import Storage
from components.tracing.tracing import Tracing, TracingArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.dashboards import dashboards
from layers.data import Data
from layers.edge import Edge


def observability_layer(base: Base, data: Data, edge: Edge, compute: Compute) -> None:
    """Comes last: ``base.context.watched`` has what every component before it watches."""
    tracing(base)
    if base.settings.canary.enabled and base.settings.dns.public:
        canary(base, data, base.settings.dns.public)
    trends(base, edge)
    incidents(base, objectives(base, edge))
    dashboards(base, edge, compute)
    SavedQueries(NAME, base.context, opts=base.options())


def tracing(base: Base) -> None:
    """How much is traced, what the traces of the stack are, and their key."""
    args = TracingArgs(context=base.context, settings=base.settings.tracing, runbook=base.runbook("edge"))
    Tracing(NAME, args, base.options())


def canary(base: Base, data: Data, host: str) -> None:
    """Asks for the public site and the API, as soon as they are there."""
    args = CanaryArgs(
        context=base.context,
        settings=base.settings.canary,
        host=host,
        bucket_name=canary_bucket(base.environment, base.settings.storage),
        access_logs=data.storage.buckets["access-logs"],
    )
    Canary(f"{NAME}-canary", args, base.options())


def canary_bucket(environment: Environment, storage: Storage) -> str:
    """Name of the bucket of the canary's code and runs, whether there is one or not."""
    return f"{storage.root(environment.project)}-canary-{environment.name}-{environment.account_id}"


def counter(base: Base, edge: Edge) -> Counter:
    """What counts the requests of users: the API gateway, or the load balancer where CloudFront calls that."""
    return of_api(base.environment.prefix, STAGE) if edge.api else of_balancer(edge.ingress.metric_name)


def trends(base: Base, edge: Edge) -> None:
    """What is unusual. That nobody comes is nothing unusual where nobody depends on the stack."""
    args = TrendsArgs(
        context=base.context,
        log_volume_gb=base.settings.observability.log_volume_gb,
        counter=counter(base, edge) if base.settings.is_production else None,
    )
    Trends(f"{NAME}-trends", args, base.options())


def objectives(base: Base, edge: Edge) -> Sequence[Part]:
    """The service level objectives, and which of their alarms page."""
    settings = base.settings.observability.slos
    if not settings.enabled:
        return ()
    args = ServiceLevelObjectivesArgs(context=base.context, settings=settings, counter=counter(base, edge))
    return ServiceLevelObjectives(f"{NAME}-slo", args, base.options()).pages


def incidents(base: Base, parts: Sequence[Part]) -> None:
    """One page for each incident, of whatever alarms were made before."""
    CompositeAlarms(f"{NAME}-incidents", CompositeAlarmsArgs(context=base.context, parts=parts), base.options())

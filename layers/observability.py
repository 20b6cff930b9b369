"""What shows how the platform is, on what all components have alarms on."""

from __future__ import annotations

from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs
from components.tracing.tracing import Tracing, TracingArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.data import Data
from layers.edge import Edge


def observability_layer(base: Base, data: Data, edge: Edge, compute: Compute) -> None:
    """Comes last: ``base.context.watched`` has what every component before it watches."""
    _ = data, edge, compute
    tracing(base)
    incidents(base)


def tracing(base: Base) -> None:
    """How much is traced, what the traces of the stack are, and their key."""
    args = TracingArgs(context=base.context, settings=base.settings.tracing, runbook="docs/components/tracing.md")
    Tracing(NAME, args, base.options())


def incidents(base: Base) -> None:
    """One page for each incident, of whatever alarms were made before."""
    CompositeAlarms(f"{NAME}-incidents", CompositeAlarmsArgs(context=base.context), base.options())

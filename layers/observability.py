"""What shows how the platform is, on what all components have alarms on."""

from __future__ import annotations

from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.data import Data
from layers.edge import Edge


def observability_layer(base: Base, data: Data, edge: Edge, compute: Compute) -> None:
    """Comes last: ``base.context.watched`` has what every component before it watches."""
    CompositeAlarms(f"{NAME}-incidents", CompositeAlarmsArgs(context=base.context), base.options())
    _ = data, edge, compute

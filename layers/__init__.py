"""The platform, tier by tier: each function wires the components of one tier and hands on what the next one needs."""

from layers.analytics import Analytics, analytics_layer
from layers.base import Base, base_layer
from layers.compute import Compute, compute_layer
from layers.data import Data, data_layer
from layers.delivery import delivery_layer
from layers.edge import Edge, edge_layer
from layers.observability import observability_layer
from layers.operations import operations_layer
from layers.patching import patching_layer

__all__ = [
    "Analytics",
    "Base",
    "Compute",
    "Data",
    "Edge",
    "analytics_layer",
    "base_layer",
    "compute_layer",
    "data_layer",
    "delivery_layer",
    "edge_layer",
    "observability_layer",
    "operations_layer",
    "patching_layer",
]

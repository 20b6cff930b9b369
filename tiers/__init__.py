"""The platform, tier by tier: each function wires the components of one tier and hands on what the next one needs."""

from tiers.base import Base, base_tier
from tiers.compute import Compute, compute_tier
from tiers.data import Data, data_tier
from tiers.delivery import delivery_tier
from tiers.edge import Edge, edge_tier
from tiers.oversight import oversight_tier

__all__ = [
    "Base",
    "Compute",
    "Data",
    "Edge",
    "base_tier",
    "compute_tier",
    "data_tier",
    "delivery_tier",
    "edge_tier",
    "oversight_tier",
]

"""The instance types of nodes: those that the documents list, all offered in Jakarta."""

from __future__ import annotations

from collections.abc import Mapping

APPLICATION = ("m5.large", "m5.xlarge", "c5.2xlarge")
DATA = ("r5.large", "r5.xlarge")
GPU = ("g5.xlarge", "g5.2xlarge", "g5.4xlarge")
"""One NVIDIA A10G each; the only family with GPUs of up to 16 vCPU that Jakarta has."""
NODE_TYPES = (*APPLICATION, *DATA, *GPU)
FEWEST_VCPUS, MOST_VCPUS = 2, 16
VCPUS: Mapping[str, int] = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16}
"""Of every size above, in every family above."""


def vcpus(instance_type: str) -> int:
    """How many vCPUs a type has: 8 for ``c5.2xlarge``."""
    return VCPUS[instance_type.partition(".")[2]]

"""The instance types of nodes: those that the documents list, all offered in Jakarta."""

from __future__ import annotations

APPLICATION = ("m5.large", "m5.xlarge", "c5.2xlarge")
"""SMILE-NODE-06."""
DATA = ("r5.large", "r5.xlarge")
"""SMILE-NODE-07."""
GPU = ("g5.xlarge", "g5.2xlarge", "g5.4xlarge")
"""One NVIDIA A10G each; the only family with GPUs of up to 16 vCPU that Jakarta has."""
NODE_TYPES = (*APPLICATION, *DATA, *GPU)
FEWEST_VCPUS, MOST_VCPUS = 2, 16
"""SMILE-NODE-09."""

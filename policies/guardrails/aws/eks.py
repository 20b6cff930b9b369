"""What EKS supports, and what it chooses where nothing is set."""

from __future__ import annotations

OLDEST_IN_STANDARD_SUPPORT = "1.35"
"""https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html"""
DEFAULT_INSTANCE_TYPE = "t3.medium"
"""Of a managed node group without a launch template."""
DEFAULT_DISK_GIB = 20
"""Of a node of a managed node group without a launch template."""

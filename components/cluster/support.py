"""Tells whoever runs the program that a cluster's Kubernetes is past standard support."""

from __future__ import annotations

from datetime import date

import pulumi

from aws_facts.eks_versions import advice
from components.cluster.settings import Cluster


def warn_of_kubernetes_support(cluster: Cluster, today: date) -> None:
    """Warn in the preview. The day is the program's to give: a component reads no clock."""
    if warning := advice(cluster.version, today):
        pulumi.log.warn(warning)

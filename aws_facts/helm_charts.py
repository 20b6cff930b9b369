"""The Helm charts of the controllers: who publishes each, and which versions there are.

A version that was never published fails a preview as it fails an update, so only known ones are taken. Each was read
in its publisher's index, ``REPOSITORY/index.yaml``, in the state of the day beside it. A newer version: read it there,
and what its values have become, and write it here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        repository: URL of the Helm repository; its index is ``index.yaml`` below it.
        read: day of the index in which the versions stood.
        published: versions that the values of ``components/workloads/controllers.py`` fit, newest first.
    """

    repository: str
    read: date
    published: tuple[str, ...]


HELM_CHARTS: Mapping[str, Chart] = {
    "aws-load-balancer-controller": Chart(
        repository="https://aws.github.io/eks-charts",
        read=date(2026, 8, 3),
        published=("1.17.1",),
    ),
    # It runs in the cluster's version: https://github.com/kubernetes/autoscaler has tags for 1.35 and 1.36.
    "cluster-autoscaler": Chart(
        repository="https://kubernetes.github.io/autoscaler",
        read=date(2026, 7, 21),
        published=("9.59.0", "9.58.0"),
    ),
    # Version 2.2.0 was tagged, and never published.
    "secrets-store-csi-driver-provider-aws": Chart(
        repository="https://aws.github.io/secrets-store-csi-driver-provider-aws",
        read=date(2026, 6, 2),
        published=("3.1.1", "3.1.0", "3.0.1"),
    ),
}
"""Name of the chart -> what is known of it."""

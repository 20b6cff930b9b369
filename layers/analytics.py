"""What becomes of events: the data lake, and the jobs that work on it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_kubernetes

from components.lake.data_lake import DataLake, DataLakeArgs
from components.spark.spark_cluster import SparkCluster, SparkClusterArgs
from layers.base import NAME, Base
from layers.compute import Compute
from layers.data import Data

CODE = Path(__file__).resolve().parents[1] / "jobs"
"""A folder for each job."""


@dataclass(frozen=True, kw_only=True)
class Analytics:
    """What becomes of events.

    Attributes:
        lake: None where the settings leave it out.
        spark: None where the settings leave it out.
    """

    lake: DataLake | None
    spark: SparkCluster | None


def analytics_layer(base: Base, data: Data, compute: Compute) -> Analytics:
    """The lake, after the streams that are delivered to it, and Spark, on the data cluster."""
    return Analytics(
        lake=lake(base, data) if base.settings.lake.enabled else None,
        spark=spark(base, data, compute) if base.settings.spark.enabled else None,
    )


def lake(base: Base, data: Data) -> DataLake:
    """Tables, deliveries and queries."""
    args = DataLakeArgs(
        context=data.context,
        settings=base.settings.lake,
        bucket=data.storage.buckets["lake"],
        results=data.storage.buckets["query-results"],
        streams={name: data.streams.physical_name(name) for name in base.settings.streams.streams},
    )
    return DataLake(f"{NAME}-lake", args, base.options(data.streams, data.storage))


def spark(base: Base, data: Data, compute: Compute) -> SparkCluster:
    """Jobs in a namespace of the data cluster, on its groups of nodes."""
    settings, cluster = base.settings, compute.clusters["data"]
    args = SparkClusterArgs(
        context=data.context,
        settings=settings.spark,
        cluster=cluster.args.name,
        cluster_name=cluster.name,
        groups=settings.clusters["data"].groups,
        vpc=str(settings.network.cidr),
        bucket=data.storage.buckets["lake"],
        code={job: program(job).read_text(encoding="utf-8") for job in settings.spark.jobs},
        runbook=f"{base.context.runbooks}/analytics.md",
    )
    kubernetes = pulumi_kubernetes.Provider(f"{NAME}-spark-kubernetes", kubeconfig=cluster.kubeconfig_json)
    inside = pulumi.ResourceOptions(provider=kubernetes)
    return SparkCluster(f"{NAME}-spark", args, inside, base.options(cluster, data.storage))


def program(job: str) -> Path:
    """The file of a job's code."""
    return CODE / job.replace("-", "_") / "main.py"

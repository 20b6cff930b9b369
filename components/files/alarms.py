"""Alarms of a shared file system: throughput near its limit, a replica that falls behind."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext

NEARLY_ALL = 80
"""Per cent of the permitted throughput."""
RPO_SECONDS = 900
"""How far behind the replica may be: the recovery point objective."""


class FileAlarms:
    """Makes the alarms of one file system.

    Args:
        name: logical name of the file system.
        context: topics and tags.
        file_system_id: whose metrics are watched.
        parent: the component they belong to.
    """

    def __init__(
        self, name: str, context: StackContext, file_system_id: pulumi.Input[str], parent: pulumi.Resource
    ) -> None:
        self.name = name
        self.file_system_id = file_system_id
        self.physical_name = f"{context.environment.prefix}-{name.removeprefix(f'{context.environment.project}-')}"
        tags = context.environment.tags(component="files", data_class="internal")
        self.alarms = Alarms(context=context, tags=tags, parent=parent, runbook="files")

    def add(self, role: str, severity: Severity, text: str, **metric: Any) -> None:
        """One alarm."""
        self.alarms.add(
            f"{self.name}-{role}", severity, name=f"{self.physical_name}-{role}", description=text, **metric
        )

    def throughput(self) -> None:
        """Clients are about to be slowed down."""
        self.add(
            "throughput",
            "warning",
            f"The shared file system uses over {NEARLY_ALL} % of the throughput that it is permitted",
            metric_queries=[
                {
                    "id": "used",
                    "expression": "100 * (moved / PERIOD(moved)) / permitted",
                    "label": "Throughput used, per cent",
                    "return_data": True,
                },
                self.metric("moved", "MeteredIOBytes", "Sum"),
                self.metric("permitted", "PermittedThroughput", "Average"),
            ],
            evaluation_periods=3,
            threshold=NEARLY_ALL,
        )

    def metric(self, identity: str, metric: str, statistic: str) -> cloudwatch.MetricAlarmMetricQueryArgsDict:
        """A metric of the file system, over 5 minutes."""
        return {
            "id": identity,
            "metric": {
                "namespace": "AWS/EFS",
                "metric_name": metric,
                "dimensions": {"FileSystemId": self.file_system_id},
                "period": 300,
                "stat": statistic,
            },
        }

    def replica_lag(self, replica_id: pulumi.Input[str]) -> None:
        """A loss now would cost more than the objective allows. Silence counts as behind: replication has stopped."""
        self.add(
            "replica-lag",
            "critical",
            f"The replica of the shared file system is over {RPO_SECONDS} seconds behind",
            namespace="AWS/EFS",
            metric_name="TimeSinceLastSync",
            dimensions={"FileSystemId": self.file_system_id, "DestinationFileSystemId": replica_id},
            statistic="Maximum",
            period=60,
            evaluation_periods=5,
            threshold=RPO_SECONDS,
            treat_missing_data="breaching",
        )

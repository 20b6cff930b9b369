"""Alarms of a shared file system: throughput near its limit, a replica that falls behind."""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import StackContext

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
        self.context = context
        self.file_system_id = file_system_id
        self.parent = parent
        self.role = name.removeprefix(f"{context.environment.project}-")
        self.tags = context.environment.tags(component="files", data_class="internal")

    def throughput(self) -> None:
        """Clients are about to be slowed down."""
        topic = self.context.topics["warning"]
        cloudwatch.MetricAlarm(
            f"{self.name}-throughput",
            name=f"{self.context.environment.prefix}-{self.role}-throughput",
            alarm_description=f"The shared file system uses over {NEARLY_ALL} % of the throughput that it is permitted",
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
            comparison_operator="GreaterThanThreshold",
            threshold=NEARLY_ALL,
            treat_missing_data="notBreaching",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self.tags(f"{self.role}-throughput"),
            opts=pulumi.ResourceOptions(parent=self.parent),
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
        topic = self.context.topics["critical"]
        cloudwatch.MetricAlarm(
            f"{self.name}-replica-lag",
            name=f"{self.context.environment.prefix}-{self.role}-replica-lag",
            alarm_description=f"The replica of the shared file system is over {RPO_SECONDS} seconds behind",
            namespace="AWS/EFS",
            metric_name="TimeSinceLastSync",
            dimensions={"FileSystemId": self.file_system_id, "DestinationFileSystemId": replica_id},
            statistic="Maximum",
            period=60,
            evaluation_periods=5,
            comparison_operator="GreaterThanThreshold",
            threshold=RPO_SECONDS,
            treat_missing_data="breaching",
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self.tags(f"{self.role}-replica-lag"),
            opts=pulumi.ResourceOptions(parent=self.parent),
        )

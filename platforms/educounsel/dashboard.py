"""The dashboard: what the administrator's page of monitoring shows (EDU-OBS-02), and what alarms watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.fleet.alarms import DIMENSION
from components.observability.graphs import Graph, row
from platforms.educounsel.logs import METRICS

DAY = 86_400
FAILED = ("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What there are graphs of.

    Attributes:
        groups: names of the Auto Scaling groups.
        load_balancer: by which CloudWatch knows it.
        database: identifier.
        bucket: name of the one with files.
    """

    groups: Sequence[str]
    load_balancer: pulumi.Output[str]
    database: str
    bucket: str


def graphs(shown: Shown) -> Mapping[str, Sequence[Graph]]:
    """Heading -> graphs."""
    behind = shown.load_balancer.apply(lambda name: {"LoadBalancer": name})
    balancer = "AWS/ApplicationELB"
    database = {"DBInstanceIdentifier": shown.database}
    errors = [
        row(balancer, name, behind, id=f"failed{number}", stat="Sum", visible=False)
        for number, name in enumerate(FAILED)
    ]
    share = [{"expression": "100 * SUM([FILL(failed0, 0), FILL(failed1, 0)]) / requests", "label": "failed, %"}]
    in_gb = [{"expression": "bytes / 1000000000", "label": "GB"}]
    stored = {"BucketName": shown.bucket, "StorageType": "StandardStorage"}
    return {
        "Instances": [
            Graph(
                title="EC2 CPU utilization",
                rows=[row("AWS/EC2", "CPUUtilization", {"AutoScalingGroupName": each}) for each in shown.groups],
                unit="%",
            ),
            Graph(
                title="EC2 memory usage",
                rows=[row(METRICS, "mem_used_percent", {DIMENSION: each}) for each in shown.groups],
                unit="%",
            ),
        ],
        "Database": [
            Graph(title="RDS connections", rows=[row("AWS/RDS", "DatabaseConnections", database)], unit="connections"),
            Graph(title="RDS CPU", rows=[row("AWS/RDS", "CPUUtilization", database)], unit="%"),
        ],
        "Files": [
            Graph(
                title="S3 storage used",
                rows=[row("AWS/S3", "BucketSizeBytes", stored, id="bytes", visible=False), in_gb],
                period=DAY,
                unit="GB",
            )
        ],
        "Requests": [
            Graph(
                title="Requests per minute",
                rows=[row(balancer, "RequestCount", behind, stat="Sum")],
                unit="requests",
            ),
            Graph(
                title="Error rate",
                rows=[row(balancer, "RequestCount", behind, id="requests", stat="Sum", visible=False), *errors, share],
                unit="%",
            ),
            Graph(
                title="Response time (P50, P95, P99)",
                rows=[row(balancer, "TargetResponseTime", behind, stat=f"p{each}") for each in (50, 95, 99)],
                unit="seconds",
            ),
        ],
        "Jobs": [
            Graph(
                title="Latency of OpenAI", rows=[row(METRICS, "ApiLatency", {"Api": "openai"}, stat="p95")], unit="ms"
            ),
        ],
    }

"""Alarms on what nobody can name a limit for: as many requests, and as much log data, as at this hour of this weekday.

CloudWatch learns that from two weeks of a metric
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi

from components.core.alarms import Alarms, Runbook
from components.core.context import StackContext
from components.observability.objectives import Counter

WIDTH = 3
"""Standard deviations that the band is wide, to both sides."""
DAY_SECONDS, HOUR_SECONDS = 86_400, 3600
PLANNED_DAYS, WEEK_DAYS, HIGH_DAYS = 30, 7, 4
BYTES_PER_GB = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class TrendsArgs:
    """What is watched.

    Attributes:
        context: topics and names.
        log_volume_gb: of log data that was planned for 30 days.
        counter: what counts the requests; None where nobody has to use the platform.
    """

    context: StackContext
    log_volume_gb: int
    counter: Counter | None = None


class Trends(pulumi.ComponentResource):
    """Alarms on the volume of logs, and on requests that stay away."""

    def __init__(self, name: str, args: TrendsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:observability:Trends", name, None, opts)
        self.name = name
        self.args = args
        self.log_volume()
        self.unusual_log_volume()
        if args.counter:
            self.few_requests(args.counter)
        self.register_outputs({})

    def add(self, role: str, runbook: Runbook, description: str, **metric: Any) -> None:
        """One warning."""
        context = self.args.context
        tags = context.environment.tags(component="observability", data_class="internal")
        Alarms(context=context, tags=tags, parent=self, runbook=runbook).add(
            f"{self.name}-{role}",
            "warning",
            name=f"{context.environment.prefix}-{role}",
            description=description,
            **metric,
        )

    def log_volume(self) -> None:
        """Most days of a week at a rate that exceeds the plan: an alarm looks back seven days at most.

        Without a dimension the metric is that of all log groups of the account.
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        """
        planned = self.args.log_volume_gb
        self.add(
            "log-volume",
            "network",
            f"On {HIGH_DAYS} of {WEEK_DAYS} days, log data came in faster than {planned} GB in {PLANNED_DAYS} days",
            namespace="AWS/Logs",
            metric_name="IncomingBytes",
            statistic="Sum",
            period=DAY_SECONDS,
            evaluation_periods=WEEK_DAYS,
            datapoints_to_alarm=HIGH_DAYS,
            threshold=planned * BYTES_PER_GB // PLANNED_DAYS,
        )

    def unusual_log_volume(self) -> None:
        """A loop that logs is noticed within hours, not at the end of the month."""
        self.unusual(
            "log-volume-unusual",
            "network",
            "Far more log data than usual at this hour, for three hours",
            [returned("AWS/Logs", "IncomingBytes", {}, "Sum", HOUR_SECONDS)],
            comparison_operator="GreaterThanUpperThreshold",
            evaluation_periods=3,
        )

    def few_requests(self, counter: Counter) -> None:
        """Where nobody gets through, nothing fails. No requests at all is no data, which says 0 here."""
        name, statistic = counter.requests
        requests = returned(counter.namespace, name, {**counter.dimensions}, statistic, 300) | {"return_data": False}
        self.unusual(
            "requests-few",
            "edge",
            "Far fewer requests than usual at this hour, for 15 minutes",
            [
                requests | {"id": "counted"},
                {"id": "watched", "expression": "FILL(counted, 0)", "label": "requests", "return_data": True},
            ],
            comparison_operator="LessThanLowerThreshold",
            evaluation_periods=3,
            treat_missing_data="ignore",
        )

    def unusual(
        self, role: str, runbook: Runbook, description: str, queries: list[dict[str, Any]], **metric: Any
    ) -> None:
        """The query ``watched`` leaves the band that is usual."""
        band = {"id": "usual", "expression": f"ANOMALY_DETECTION_BAND(watched, {WIDTH})", "return_data": True}
        self.add(role, runbook, description, metric_queries=[*queries, band], threshold_metric_id="usual", **metric)


def returned(
    namespace: str, name: str, dimensions: dict[str, pulumi.Input[str]], statistic: str, seconds: int
) -> dict[str, Any]:
    """The metric that an alarm compares."""
    metric = {"namespace": namespace, "metric_name": name, "dimensions": dimensions or None}
    return {"id": "watched", "metric": {**metric, "period": seconds, "stat": statistic}, "return_data": True}

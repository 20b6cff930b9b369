"""Numbers that a program writes into its log, as metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import cloudwatch


@dataclass(frozen=True, kw_only=True)
class LogMetric:
    """A metric of a log.

    Attributes:
        name: of the metric.
        pattern: which records count
            (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html).
        value: of each: a number, or where in the record it is, such as ``$.milliseconds``.
        unit: CloudWatch's, such as ``Milliseconds`` or ``Count``.
        dimensions: of the metric -> where in the record their value is.
    """

    name: str
    pattern: str
    value: str = "1"
    unit: str = "Count"
    dimensions: Mapping[str, str] = field(default_factory=dict[str, str])


class LogMetrics(pulumi.ComponentResource):
    """A metric filter for each metric of one log group.

    Attributes:
        namespace: of the metrics.
    """

    namespace: str

    def __init__(
        self,
        name: str,
        group: cloudwatch.LogGroup,
        namespace: str,
        metrics: Mapping[str, LogMetric],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("platform:observability:LogMetrics", name, None, opts)
        self.namespace = namespace
        for role, metric in metrics.items():
            cloudwatch.LogMetricFilter(
                f"{name}-{role}",
                name=role,
                log_group_name=group.name,
                pattern=metric.pattern,
                metric_transformation={
                    "namespace": namespace,
                    "name": metric.name,
                    "value": metric.value,
                    "unit": metric.unit,
                    "dimensions": dict(metric.dimensions) or None,
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"namespace": namespace})

"""How often each service reports an error, counted in the log of the cluster's containers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import Alarms
from components.core.context import StackContext

PATTERN = '{ $.log_processed.level = "error" }'
"""Services write lines of JSON with a level; Fluent Bit adds whose they are
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-reference-structured-logs-EKS.html)."""
METRIC, DIMENSION = "Errors", "Service"
PERIOD_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class ServiceErrorsArgs:
    """What counting errors needs.

    Attributes:
        context: topics, names.
        cluster: physical name of the cluster, whose containers' log is there already.
        services: whose errors raise an alarm each.
        most: errors in five minutes that are no news.
    """

    context: StackContext
    cluster: str
    services: Sequence[str]
    most: int = 10


class ServiceErrors(pulumi.ComponentResource):
    """One metric with the service as its dimension, and an alarm for each service.

    Attributes:
        namespace: of the metric, such as ``acme-prod/services``.
    """

    namespace: str

    def __init__(self, name: str, args: ServiceErrorsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:workloads:ServiceErrors", name, None, opts)
        environment = args.context.environment
        self.namespace = f"{environment.prefix}/services"
        made = cloudwatch.LogMetricFilter(
            name,
            name=f"{environment.prefix}-service-errors",
            log_group_name=f"/aws/containerinsights/{args.cluster}/application",
            pattern=PATTERN,
            metric_transformation={
                "namespace": self.namespace,
                "name": METRIC,
                "value": "1",
                "dimensions": {DIMENSION: "$.kubernetes.container_name"},
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        tags = environment.tags(component="workloads", data_class="internal")
        alarms = Alarms(context=args.context, tags=tags, parent=self, runbook="cluster", after=[made])
        for service in args.services:
            alarms.add(
                f"{name}-{service}-errors",
                "warning",
                name=f"{environment.prefix}-{service}-errors",
                description=f"{service} has reported more than {args.most} errors in five minutes",
                namespace=self.namespace,
                metric_name=METRIC,
                dimensions={DIMENSION: service},
                statistic="Sum",
                period=PERIOD_SECONDS,
                evaluation_periods=1,
                threshold=args.most,
            )
        self.register_outputs({})

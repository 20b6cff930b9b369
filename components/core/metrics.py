"""Metrics that a program's own code publishes to CloudWatch."""

from __future__ import annotations

from components.core.iam import ANY, Statement


def publish_metrics(namespace: str) -> Statement:
    """To publish metrics in one namespace, and in no other.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    return Statement(
        sid="WriteMetrics",
        actions=["cloudwatch:PutMetricData"],
        resources=[ANY],
        conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
        allow_any="metrics have no ARN; the namespace is named instead",
    )

"""Alarms of a cache: one for each shard and each thing that goes wrong with one."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.cache.settings import Cache
from components.core.alarms import Alarms
from components.core.context import Severity, StackContext

NAMESPACE = "AWS/ElastiCache"
HIT_SECONDS, FEWEST_READS = 900, 1000
"""Over how long reads are counted, and how many tell nothing: at night, or just after a restart."""


@dataclass(frozen=True)
class Alarm:
    """What CloudWatch watches on the worst node of a shard, for three times ``seconds``."""

    role: str
    metric: str
    statistic: str
    above: float
    severity: Severity
    text: str
    seconds: int = 300


ALARMS = (
    Alarm(
        "cpu", "EngineCPUUtilization", "Average", 80, "warning", "The engine's one thread is busy over 80 % of the time"
    ),
    Alarm("memory", "DatabaseMemoryUsagePercentage", "Maximum", 80, "warning", "Memory is over 80 % full"),
    Alarm("evictions", "Evictions", "Sum", 100, "warning", "Over 100 keys in 5 minutes gave way to others"),
    Alarm(
        "lag", "ReplicationLag", "Maximum", 10, "critical", "A failover now would lose over 10 seconds of writes", 60
    ),
)

REPORTS = Alarm("lost", "EngineCPUUtilization", "SampleCount", 1, "critical", "No node reports", 60)


def cache_alarms(name: str, context: StackContext, cache: str, settings: Cache, parent: pulumi.Resource) -> None:
    """The alarms of every shard.

    Args:
        name: logical name of the cache.
        context: topics.
        cache: physical name of the cache, from which ElastiCache makes those of its nodes.
        settings: how many shards and replicas there are.
        parent: the component they belong to.
    """
    tags = context.environment.tags(component="cache", data_class="internal")
    made = Alarms(context=context, tags=tags, parent=parent, runbook="cache", incident="cache")
    for shard, nodes in nodes_of(cache, settings).items():
        for alarm in ALARMS:
            role = f"{shard}-{alarm.role}"
            made.add(
                f"{name}-{role}",
                alarm.severity,
                name=f"{cache}-{role}",
                description=f"Shard {shard} of {cache}: {alarm.text}",
                metric_queries=worst(alarm, nodes),
                evaluation_periods=3,
                threshold=alarm.above,
            )


def hit_alarms(name: str, made: Alarms, cache: str, settings: Cache) -> None:
    """An alarm for each shard that answers too few of its reads, once there are enough of them to tell."""
    for shard, nodes in nodes_of(cache, settings).items():
        hits = [f"h{index}" for index, _ in enumerate(nodes)]
        misses = [f"m{index}" for index, _ in enumerate(nodes)]
        found, reads = " + ".join(hits), " + ".join([*hits, *misses])
        made.add(
            f"{name}-{shard}-hits",
            "warning",
            name=f"{cache}-{shard}-hits",
            description=f"Shard {shard} of {cache} answers fewer than {settings.hit_percent} % of its reads",
            metric_queries=[
                {
                    "id": "ratio",
                    "expression": f"IF({reads} > {FEWEST_READS}, 100 * ({found}) / ({reads}), 100)",
                    "label": "hit ratio",
                    "return_data": True,
                },
                *(
                    {
                        "id": each,
                        "metric": {
                            "namespace": NAMESPACE,
                            "metric_name": metric,
                            "dimensions": {"CacheClusterId": node, "CacheNodeId": "0001"},
                            "stat": "Sum",
                            "period": HIT_SECONDS,
                        },
                    }
                    for metric, ids in (("CacheHits", hits), ("CacheMisses", misses))
                    for each, node in zip(ids, nodes, strict=True)
                ),
            ],
            evaluation_periods=3,
            threshold=settings.hit_percent,
            comparison_operator="LessThanThreshold",
        )


def node_alarms(name: str, made: Alarms, cache: str, settings: Cache) -> None:
    """An alarm for each node that has gone.

    ElastiCache's own notifications of it go to no encrypted topic
    (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ECEvents.SNS.html).
    """
    for node in (each for nodes in nodes_of(cache, settings).values() for each in nodes):
        role = node.removeprefix(f"{cache}-")
        made.add(
            f"{name}-{role}-gone",
            "warning",
            name=f"{node}-gone",
            description=f"Node {node} reports nothing: it failed, or AWS is replacing it",
            namespace=NAMESPACE,
            metric_name="EngineCPUUtilization",
            dimensions={"CacheClusterId": node, "CacheNodeId": "0001"},
            statistic="SampleCount",
            period=60,
            evaluation_periods=5,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",
        )


def shard_alarms(name: str, made: Alarms, cache: str, settings: Cache) -> None:
    """An alarm for each shard that has no node left: what a node says of itself falls silent with it."""
    for shard, nodes in nodes_of(cache, settings).items():
        made.add(
            f"{name}-{shard}-lost",
            "critical",
            name=f"{cache}-{shard}-lost",
            description=f"Shard {shard} of {cache} reports nothing: none of its nodes is there",
            metric_queries=worst(REPORTS, nodes),
            evaluation_periods=5,
            comparison_operator="LessThanThreshold",
            threshold=REPORTS.above,
            treat_missing_data="breaching",
        )


def nodes_of(cache: str, settings: Cache) -> dict[str, list[str]]:
    """Shard, such as ``0001`` -> the names that ElastiCache gives its nodes."""
    return {
        f"{shard:04}": [f"{cache}-{shard:04}-{node:03}" for node in range(1, settings.replicas_per_shard + 2)]
        for shard in range(1, settings.shards + 1)
    }


def worst(alarm: Alarm, nodes: list[str]) -> list[cloudwatch.MetricAlarmMetricQueryArgsDict]:
    """The highest value among the nodes; a role moves from node to node, so all are asked."""
    asked: list[cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": f"node{number}",
            "metric": {
                "namespace": NAMESPACE,
                "metric_name": alarm.metric,
                "dimensions": {"CacheClusterId": node, "CacheNodeId": "0001"},
                "period": alarm.seconds,
                "stat": alarm.statistic,
            },
        }
        for number, node in enumerate(nodes, 1)
    ]
    return [{"id": "worst", "expression": "MAX(METRICS())", "label": alarm.metric, "return_data": True}, *asked]

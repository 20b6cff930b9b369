"""Dashboards of the stack: which components are on which, and what is asked first."""

from __future__ import annotations

from components.edge.ingress_settings import STAGE
from components.observability.dashboards import Dashboards, DashboardsArgs
from components.observability.graphs import Graph, row
from layers.base import NAME, Base
from layers.compute import Compute
from layers.edge import Edge
from settings.stack import Settings

LAYERS = {
    "edge": (
        *("platform:ingress:*", "platform:frontend:*", "platform:canary:*"),
        "platform:observability:ServiceLevelObjectives",
    ),
    "data": tuple(f"platform:{part}:*" for part in ("database", "cache", "queues", "files", "storage", "secrets")),
    "compute": tuple(f"platform:{part}:*" for part in ("cluster", "function", "workloads", "service", "bastion")),
    "operations": ("platform:audit:*", "platform:backup:*", "platform:network:*"),
}
"""Dashboard -> the components on it, by their types."""
SIGNALS = {
    "Users": ("canary",),
    "Errors": (
        *("availability-fast-long", "availability-slow-long"),
        *("failures", "errors", "throttled", "unhealthy", "dead-letters"),
    ),
    "Latency": ("latency-fast-long", "latency-slow-long", "slow", "duration", "age", "lag"),
    "Saturation": ("cpu", "memory", "disk", "pods", "storage", "connections", "throughput", "depth"),
    "Money": (),
}
"""What somebody on call asks first -> the alarms that say so, by the last part of their names."""
RUNBOOKS = ("edge", "cluster", "database", "queues", "recovery", "release", "deployment")
HOUR = 3600


def dashboards(base: Base, edge: Edge, compute: Compute) -> Dashboards:
    """One of the stack, and one of each layer."""
    settings = base.settings
    source = f"https://github.com/{settings.deployment.repository_name}"
    runbooks = settings.observability.runbooks
    if not runbooks.startswith("https://"):
        runbooks = f"{source}/blob/{settings.deployment.branch}/{runbooks}"
    return Dashboards(
        NAME,
        DashboardsArgs(
            context=base.context,
            layers=LAYERS if settings.observability.dashboards.layers else {},
            signals=SIGNALS,
            graphs={"Users": users(base, edge), "Money": money(), "compute": nodes(settings, compute)},
            notes={
                "Money": "Charges are in AWS Budgets and Cost Explorer: CloudWatch has `EstimatedCharges` in us-east-1 "
                "alone, and dashboards show what is in the country."
            },
            links={name: f"{runbooks}/{name}.md" for name in RUNBOOKS},
            source=source,
        ),
        base.options(),
    )


def users(base: Base, edge: Edge) -> list[Graph]:
    """How many requests there are, in all and by service."""
    balancer = Graph(title="Requests by service, a minute", rows=[found("RequestCount", "LoadBalancer,TargetGroup")])
    if edge.api is None:
        return [Graph(title="Requests a minute", rows=[found("RequestCount", "LoadBalancer")]), balancer]
    api = {"ApiName": base.environment.prefix, "Stage": STAGE}
    count = row("AWS/ApiGateway", "Count", api, label="requests", stat="SampleCount")
    refused = row("AWS/ApiGateway", "4XXError", api, label="refused: 4xx", stat="Sum")
    return [Graph(title="Requests at the API, a minute", rows=[count, refused]), balancer]


def found(metric: str, dimensions: str, namespace: str = "AWS/ApplicationELB", period: int = 60) -> list[object]:
    """A line for each resource of the account that reports a metric: none has to be named, nor known yet."""
    search = f"SEARCH('{{{namespace},{dimensions}}} MetricName=\"{metric}\"', 'Sum', {period})"
    return [{"expression": search, "label": f"by {dimensions.rpartition(',')[2]}"}]


def money() -> list[Graph]:
    """What is paid for by use, and grows unseen."""
    logs = row("AWS/Logs", "IncomingBytes", label="all log groups", stat="Sum", period=HOUR)
    nat = found("BytesOutToDestination", "NatGatewayId", "AWS/NATGateway", HOUR)
    return [
        Graph(title="Logs written, bytes an hour", rows=[logs], period=HOUR),
        Graph(title="Through NAT gateways, bytes an hour", rows=[nat], period=HOUR),
    ]


def nodes(settings: Settings, compute: Compute) -> list[Graph]:
    """How many nodes the clusters have, as Container Insights reports it."""
    names = [settings.cluster_name(cluster) for cluster in compute.clusters]
    rows = [
        row("ContainerInsights", "cluster_node_count", {"ClusterName": name}, label=name, stat="Average")
        for name in names
    ]
    return [Graph(title="Nodes", rows=rows)] if rows else []

"""What watches over Learning Hub, brings it back, and what it costs."""

from __future__ import annotations

from components.backup.backup import Backup, BackupArgs, ProtectedDatabase
from components.cluster.cluster import Cluster
from components.cost.cost_monitoring import CostMonitoring, CostMonitoringArgs
from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.network.flow_log_archive import FlowLogArchive, FlowLogArchiveArgs
from components.observability.dashboards import Dashboards, DashboardsArgs
from components.observability.graphs import Graph, row
from components.storage.object_storage import ObjectStorage
from components.tracing.tracing import Tracing, TracingArgs
from components.workloads.service_errors import DIMENSION, METRIC
from platforms.learning_hub.base import Base
from platforms.learning_hub.data import Data
from platforms.learning_hub.edge import Edge
from platforms.learning_hub.settings import NAME, NAMESPACE

SIGNALS = {
    "Errors": ("failures", "errors", "unhealthy", "dead-letters", "failed"),
    "Latency": ("slow", "median", "lag", "age"),
    "Saturation": ("cpu", "memory", "disk", "pod-cpu", "pod-memory", "connections", "storage", "depth"),
}
"""What somebody on call asks first -> the alarms that say so, by the last part of their names."""


def network_logs(base: Base, storage: ObjectStorage) -> None:
    """Who talked to whom, and who asked for which name."""
    logs, environment, vpc = storage.buckets["logs"], base.environment, base.network.vpc_id
    FlowLogArchive(NAME, FlowLogArchiveArgs(environment=environment, vpc_id=vpc, bucket=logs), base.options())
    DnsQueryLog(NAME, DnsQueryLogArgs(environment=environment, vpc_id=vpc, bucket=logs), base.options())


def cost(base: Base) -> None:
    """The budget."""
    args = CostMonitoringArgs(context=base.context, settings=base.settings.cost, project=NAME)
    CostMonitoring(f"{NAME}-cost", args, base.options())


def backups(base: Base, data: Data) -> None:
    """Copies by day and by month, and the proof that they can be restored."""
    args = BackupArgs(
        context=base.context,
        settings=base.settings.backup,
        database=ProtectedDatabase(
            identifier=data.database.identifier,
            subnet_group=data.database.subnets.name,
            security_group_ids=[base.network.security_group_ids["database"]],
        ),
        documents_bucket=data.storage.bucket_name("media"),
        backups_bucket=data.storage.bucket_name("backups"),
        runbook=base.runbook("backup"),
    )
    Backup(NAME, args, base.options())


def observability(base: Base, data: Data, edge: Edge, cluster: Cluster) -> None:
    """Traces, and the dashboard. Comes last: it shows what all components before it watch."""
    tracing = TracingArgs(context=base.context, settings=base.settings.tracing, runbook=base.runbook("edge"))
    Tracing(NAME, tracing, base.options())
    Dashboards(
        NAME,
        DashboardsArgs(
            context=base.context,
            layers={},
            signals=SIGNALS,
            graphs={
                "Errors": [errors(base)],
                "Latency": [response_times(edge)],
                "Saturation": [connections(data), hits(base), *pods(cluster)],
            },
        ),
        base.options(),
    )


def errors(base: Base) -> Graph:
    """Errors by service."""
    namespace = f"{base.environment.prefix}/services"
    services = base.settings.services.catalogue
    rows = [row(namespace, METRIC, {DIMENSION: each}, label=each, stat="Sum") for each in services]
    return Graph(title="Errors by service, a minute", rows=rows)


def response_times(edge: Edge) -> Graph:
    """How long the gateway takes to answer."""
    balancer = {"LoadBalancer": edge.ingress.metric_name}
    rows = [row("AWS/ApplicationELB", "TargetResponseTime", balancer, label=stat, stat=stat) for stat in ("p50", "p95")]
    return Graph(title="API response time", rows=rows, unit="seconds")


def connections(data: Data) -> Graph:
    """Connections of the database and its reader."""
    names = [
        data.database.identifier,
        *(f"{data.database.identifier}-{each}" for each in data.database.replica_addresses),
    ]
    rows = [
        row("AWS/RDS", "DatabaseConnections", {"DBInstanceIdentifier": name}, label=name, stat="Maximum")
        for name in names
    ]
    return Graph(title="Database connections", rows=rows)


def hits(base: Base) -> Graph:
    """Share of the reads that the cache answers, of each of its nodes."""
    search = (
        'SEARCH(\'{AWS/ElastiCache,CacheClusterId,CacheNodeId} MetricName="CacheHitRate" '
        f"{base.environment.prefix}', 'Average', 300)"
    )
    return Graph(title="Cache hit ratio", rows=[[{"expression": search, "label": "node"}]], unit="%")


def pods(cluster: Cluster) -> list[Graph]:
    """Processors and memory of the services' pods, as shares of what each may have."""
    dimensions = {"ClusterName": cluster.args.name, "Namespace": NAMESPACE}
    return [
        Graph(
            title=f"Pod {what}",
            rows=[
                row("ContainerInsights", f"pod_{what}_utilization", dimensions, label=stat, stat=stat)
                for stat in ("Average", "Maximum")
            ],
            unit="%",
        )
        for what in ("cpu", "memory")
    ]

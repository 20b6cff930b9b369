"""Who watches the database: its logs, AWS's look at the operating system, alarms, and events that AWS reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pulumi
from pulumi_aws import cloudwatch, rds

from components.core.alarms import Alarms
from components.core.context import Severity, StackContext
from components.core.iam import Statement
from components.core.log_group import audit_log_group, log_group
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.database.engines import ENGINES, GIB
from components.database.settings import Database

OS_METRICS = "log-group:RDSOSMetrics"
"""Where RDS writes what enhanced monitoring sees: one log group, which RDS makes, for all databases of an account."""
INSTANCE_EVENTS: Mapping[Severity, Sequence[str]] = {
    "critical": ("availability", "deletion", "failover", "low storage", "recovery"),
    # These three in one subscription are what Security Hub looks for (RDS.20).
    "warning": ("configuration change", "failure", "maintenance", "notification", "read replica", "restoration"),
}
"""Severity -> categories of events of an instance."""


def exports(database: Database) -> list[str]:
    """The logs that go to CloudWatch Logs."""
    return [log for log, on in ENGINES[database.engine].logs(database.logs).items() if on]


def log_groups(
    name: str, identifier: str, database: Database, context: StackContext, parent: pulumi.Resource
) -> list[cloudwatch.LogGroup]:
    """A log group for each exported log, made before RDS would make it, unencrypted and without an end."""
    tags = context.environment.tags(component="database", data_class="personal")
    make = {ENGINES[database.engine].audit_log: audit_log_group}
    kept = partial(log_group, evidence=True)
    return [
        make.get(log, kept)(f"{name}-{log}", context, log_path(identifier, log), tags(f"database-{log}"), parent)
        for log in exports(database)
    ]


def log_path(identifier: str, log: str) -> str:
    """Where RDS writes a log of an instance."""
    return f"/aws/rds/instance/{identifier}/{log}"


def monitoring_role(name: str, identifier: str, context: StackContext, parent: pulumi.Resource) -> ServiceRole:
    """The role that enhanced monitoring writes with, for this database and its replicas."""
    environment = context.environment
    group = environment.arn("logs", OS_METRICS)
    return ServiceRole(
        f"{name}-monitoring",
        ServiceRoleArgs(
            environment=environment,
            service="monitoring.rds.amazonaws.com",
            source_arn=environment.arn("rds", f"db:{identifier}*"),
            description="Writes what RDS sees of the database's operating system",
            statements=[
                Statement(
                    sid="MakeLogGroup",
                    actions=["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
                    resources=[group, f"{group}:*"],
                ),
                Statement(
                    sid="WriteMetrics",
                    actions=[
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:GetLogEvents",
                        "logs:PutLogEvents",
                    ],
                    resources=[f"{group}:log-stream:*"],
                ),
            ],
            tags=environment.tags(component="database", data_class="internal")("database-monitoring"),
        ),
        pulumi.ResourceOptions(parent=parent),
    )


def alarms(name: str, identifier: str, database: Database, made: Alarms, *, replica: bool = False) -> None:
    """What is watched of an instance of this size.

    An instance that is gone or stopped reports nothing. One alarm takes that for a fault, after five minutes: by AWS,
    a failover takes one or two (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.MultiAZ.Failover.html).

    Args:
        name: logical name of the instance.
        identifier: its name in AWS.
        database: class and storage.
        made: makes them, after the instance.
        replica: it follows another instance, and may fall behind.
    """

    def add(role: str, severity: Severity, text: str, minutes: int = 5, **metric: Any) -> None:
        watched: dict[str, Any] = {
            "namespace": "AWS/RDS",
            "dimensions": {"DBInstanceIdentifier": identifier},
            "statistic": "Average",
            "period": 60,
            "evaluation_periods": minutes,
            "treat_missing_data": None,
        }
        made.add(f"{name}-{role}", severity, name=f"{identifier}-{role}", description=text, **watched | metric)

    free, kind = database.allocated_gib, database.instance_class
    add("cpu", "warning", "CPU above 80 % for 15 minutes", 15, metric_name="CPUUtilization", threshold=80)
    add(
        "storage",
        "critical",
        f"Less than {free / 10:g} GiB of storage free; a full database stops",
        metric_name="FreeStorageSpace",
        comparison_operator="LessThanThreshold",
        threshold=free * GIB // 10,
    )
    add(
        "connections",
        "critical",
        f"More than 80 % of the connections that {kind} takes, or the database reports nothing, for 5 minutes",
        metric_name="DatabaseConnections",
        treat_missing_data="breaching",
        threshold=ENGINES[database.engine].connections(kind, 80),
    )
    if replica:
        add("lag", "warning", "More than 60 seconds behind the primary", metric_name="ReplicaLag", threshold=60)


def event_subscriptions(
    name: str,
    instances: Sequence[rds.Instance],
    group: rds.ParameterGroup,
    context: StackContext,
    parent: pulumi.Resource,
) -> None:
    """Events of the instances and their parameters: failovers, failures, maintenance, changes."""
    environment = context.environment
    tags = environment.tags(component="database", data_class="internal")

    def subscribe(
        what: str, kind: str, sources: Sequence[pulumi.Input[str]], events: Sequence[str], severity: Severity
    ) -> None:
        logical = f"{name}-events-{what}"
        role = logical.removeprefix(f"{environment.project}-")
        rds.EventSubscription(
            logical,
            name=f"{environment.prefix}-{role}",
            sns_topic=context.topics[severity],
            source_type=kind,
            source_ids=sources,
            event_categories=events,
            tags=tags(role),
            opts=pulumi.ResourceOptions(parent=parent),
        )

    identifiers = [instance.identifier for instance in instances]
    for severity, events in INSTANCE_EVENTS.items():
        subscribe(severity, "db-instance", identifiers, events, severity)
    subscribe("parameters", "db-parameter-group", [group.name], ["configuration change"], "warning")

"""Who watches the database: its logs, AWS's look at the operating system, alarms, and events that AWS reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch, rds

from aws_facts.rds_instance_classes import memory_gib
from components.core.context import Severity, StackContext
from components.core.iam import Statement
from components.core.service_role import ServiceRole, ServiceRoleArgs
from components.database.settings import Database

OS_METRICS = "log-group:RDSOSMetrics"
"""Where RDS writes what enhanced monitoring sees: one log group, which RDS makes, for all databases of an account."""
BYTES_PER_CONNECTION = 12582880
"""MySQL on RDS takes one connection for so much memory."""
GIB = 2**30
INSTANCE_EVENTS: Mapping[Severity, Sequence[str]] = {
    "critical": ("availability", "deletion", "failover", "low storage", "recovery"),
    # These three in one subscription are what Security Hub looks for (RDS.20).
    "warning": ("configuration change", "failure", "maintenance", "notification", "read replica", "restoration"),
}
"""Severity -> what RDS tells of an instance."""


def exports(database: Database) -> list[str]:
    """The logs that go to CloudWatch Logs."""
    logs = database.logs
    wanted = {"audit": logs.audit, "error": True, "general": logs.general, "slowquery": logs.slow_queries}
    return [log for log, on in wanted.items() if on]


def log_groups(
    name: str, identifier: str, database: Database, context: StackContext, parent: pulumi.Resource
) -> list[cloudwatch.LogGroup]:
    """A log group for each exported log, made before RDS would make it, unencrypted and without an end.

    Where the database stays in AWS once it is taken out of the program, so do its logs.
    """
    tags = context.environment.tags(component="database", data_class="personal")
    return [
        cloudwatch.LogGroup(
            f"{name}-{log}",
            name=f"/aws/rds/instance/{identifier}/{log}",
            retention_in_days=context.log_retention_days,
            kms_key_id=context.keys["logs"],
            skip_destroy=context.protection.retain_on_delete,
            tags=tags(f"database-{log}"),
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for log in exports(database)
    ]


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


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """When a metric of ``AWS/RDS`` is worth a message.

    Attributes:
        role: last part of the names.
        metric: of the instance.
        above: whether high values are the bad ones.
        threshold: in the metric's unit.
        minutes: for how long it must be bad.
        severity: how urgent it is.
        meaning: what it says to whoever is called.
    """

    role: str
    metric: str
    above: bool = True
    threshold: float
    minutes: int
    severity: Severity
    meaning: str


def alarms_of(database: Database, *, replica: bool = False) -> Iterator[Alarm]:
    """What is watched of an instance of this size."""
    yield Alarm(
        role="cpu",
        metric="CPUUtilization",
        threshold=80,
        minutes=15,
        severity="warning",
        meaning="CPU above 80 % for 15 minutes",
    )
    yield Alarm(
        role="storage",
        metric="FreeStorageSpace",
        above=False,
        threshold=database.allocated_gib * GIB // 10,
        minutes=5,
        severity="critical",
        meaning=f"Less than {database.allocated_gib / 10:g} GiB of storage free; a full database stops",
    )
    yield Alarm(
        role="connections",
        metric="DatabaseConnections",
        threshold=memory_gib(database.instance_class) * GIB * 8 // 10 // BYTES_PER_CONNECTION,
        minutes=5,
        severity="critical",
        meaning=f"More than 80 % of the connections that {database.instance_class} takes",
    )
    if replica:
        yield Alarm(
            role="lag",
            metric="ReplicaLag",
            threshold=60,
            minutes=5,
            severity="warning",
            meaning="More than 60 seconds behind the primary",
        )


def metric_alarm(
    name: str, identifier: str, alarm: Alarm, context: StackContext, parent: pulumi.Resource
) -> cloudwatch.MetricAlarm:
    """One alarm on one instance, told when it begins and when it ends."""
    topic = context.topics[alarm.severity]
    tags = context.environment.tags(component="database", data_class="internal")
    return cloudwatch.MetricAlarm(
        f"{name}-{alarm.role}",
        name=f"{identifier}-{alarm.role}",
        alarm_description=alarm.meaning,
        namespace="AWS/RDS",
        metric_name=alarm.metric,
        dimensions={"DBInstanceIdentifier": identifier},
        statistic="Average",
        comparison_operator="GreaterThanThreshold" if alarm.above else "LessThanThreshold",
        threshold=alarm.threshold,
        period=60,
        evaluation_periods=alarm.minutes,
        alarm_actions=[topic],
        ok_actions=[topic],
        tags=tags(f"database-{alarm.role}"),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def event_subscriptions(
    name: str,
    instances: Sequence[rds.Instance],
    group: rds.ParameterGroup,
    context: StackContext,
    parent: pulumi.Resource,
) -> None:
    """AWS tells of failovers, failures, maintenance and changes of the instances and their parameters."""
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

"""Alarms that resources need: what fails without one is noticed by users first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from guardrails.controls.management.cloudwatch.logs_and_alarms import ALARM
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.documents import json_text
from guardrails.model.logic import first_that
from guardrails.model.references import monitoring
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack, origins, values_at, values_in
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.load_balancers import LOAD_BALANCERS, TARGET_GROUPS

_RULE = "aws:cloudwatch/eventRule:EventRule"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Where CloudWatch has the metrics of a kind of resource.

    Attributes:
        namespaces: any of them.
        dimensions: by any of which its metrics name it.
        value: property, of inputs or outputs, that is the dimension's value.
        metrics: of each of these groups, one at least has an alarm.
        nodes: the value only begins so: its nodes have names of their own, such as ``NAME-0001-001``.
    """

    namespaces: tuple[str, ...]
    dimensions: tuple[str, ...]
    value: str
    metrics: tuple[tuple[str, ...], ...]
    nodes: bool = False


_LOAD_BALANCERS = ("AWS/ApplicationELB", "AWS/NetworkELB", "AWS/GatewayELB")
WATCHED: dict[str, Watched] = {
    "aws:acm/certificate:Certificate": Watched(
        namespaces=("AWS/CertificateManager",),
        dimensions=("CertificateArn",),
        value="arn",
        metrics=(("DaysToExpiry",),),
    ),
    "aws:apigateway/restApi:RestApi": Watched(
        namespaces=("AWS/ApiGateway",), dimensions=("ApiName",), value="name", metrics=(("5XXError",), ("Latency",))
    ),
    "aws:apigatewayv2/api:Api": Watched(
        namespaces=("AWS/ApiGateway",), dimensions=("ApiId",), value="id", metrics=(("5xx", "ExecutionError"),)
    ),
    "aws:dynamodb/table:Table": Watched(
        namespaces=("AWS/DynamoDB",),
        dimensions=("TableName",),
        value="name",
        metrics=(("ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests", "SystemErrors"),),
    ),
    "aws:ec2/natGateway:NatGateway": Watched(
        namespaces=("AWS/NATGateway",),
        dimensions=("NatGatewayId",),
        value="id",
        metrics=(("ErrorPortAllocation",), ("PacketsDropCount",)),
    ),
    "aws:ecs/service:Service": Watched(
        namespaces=("AWS/ECS", "ECS/ContainerInsights"),
        dimensions=("ServiceName",),
        value="name",
        metrics=(("RunningTaskCount", "CPUUtilization"), ("MemoryUtilization", "MemoryUtilized")),
    ),
    "aws:efs/fileSystem:FileSystem": Watched(
        namespaces=("AWS/EFS",),
        dimensions=("FileSystemId", "DestinationFileSystemId"),
        value="id",
        metrics=(
            ("MeteredIOBytes", "TimeSinceLastSync", "PermittedThroughput", "PercentIOLimit", "BurstCreditBalance"),
        ),
    ),
    "aws:eks/nodeGroup:NodeGroup": Watched(
        namespaces=("AWS/EC2",),
        dimensions=("AutoScalingGroupName",),
        value="resources[*].autoscalingGroups[*].name",
        metrics=(("CPUUtilization",), ("NetworkOut",)),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Watched(
        namespaces=("AWS/ElastiCache",),
        dimensions=("CacheClusterId",),
        value="replicationGroupId",
        metrics=(
            ("EngineCPUUtilization", "CPUUtilization"),
            ("DatabaseMemoryUsagePercentage", "FreeableMemory"),
            ("Evictions",),
        ),
        nodes=True,
    ),
    "aws:kinesis/stream:Stream": Watched(
        namespaces=("AWS/Kinesis",),
        dimensions=("StreamName",),
        value="name",
        metrics=(("GetRecords.IteratorAgeMilliseconds", "WriteProvisionedThroughputExceeded"),),
    ),
    "aws:lambda/function:Function": Watched(
        namespaces=("AWS/Lambda",), dimensions=("FunctionName",), value="name", metrics=(("Errors",), ("Throttles",))
    ),
    **dict.fromkeys(
        LOAD_BALANCERS,
        Watched(
            namespaces=_LOAD_BALANCERS,
            dimensions=("LoadBalancer",),
            value="arnSuffix",
            metrics=(("HTTPCode_ELB_5XX_Count", "UnHealthyHostCount", "HealthyHostCount", "TCP_ELB_Reset_Count"),),
        ),
    ),
    **dict.fromkeys(
        TARGET_GROUPS,
        Watched(
            namespaces=_LOAD_BALANCERS,
            dimensions=("TargetGroup",),
            value="arnSuffix",
            metrics=(("UnHealthyHostCount", "HealthyHostCount"),),
        ),
    ),
    "aws:rds/cluster:Cluster": Watched(
        namespaces=("AWS/RDS",),
        dimensions=("DBClusterIdentifier",),
        value="clusterIdentifier",
        metrics=(("CPUUtilization",), ("DatabaseConnections",)),
    ),
    "aws:rds/instance:Instance": Watched(
        namespaces=("AWS/RDS",),
        dimensions=("DBInstanceIdentifier",),
        value="identifier",
        metrics=(("CPUUtilization",), ("FreeStorageSpace",), ("DatabaseConnections",)),
    ),
    "aws:sqs/queue:Queue": Watched(
        namespaces=("AWS/SQS",),
        dimensions=("QueueName",),
        value="name",
        metrics=(("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"),),
    ),
    "aws:synthetics/canary:Canary": Watched(
        namespaces=("CloudWatchSynthetics",),
        dimensions=("CanaryName",),
        value="name",
        metrics=(("SuccessPercent", "Failed"),),
    ),
}
"""Type -> what its alarms watch, as AWS's pages of each service's metrics have it
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html)."""


@control(
    id="RSL-CLOUDWATCH-007",
    title="Databases, queues, functions and what else serves users have alarms",
    why="What fails without an alarm is reported by its users, when it has failed for a while.",
    fix="Add an aws:cloudwatch/metricAlarm:MetricAlarm on the metric that the message names, with the resource as its "
    "dimension.",
    severity=Severity.MEDIUM,
    types=tuple(WATCHED),
    scope=Scope.STACK,
    parameters={
        "withoutAlarms": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "enum": sorted(WATCHED)},
            "default": [],
            "description": "The types of resources that need no alarms, such as those of a stack that nobody uses.",
        }
    },
    references=monitoring(),
)
def resource_has_alarms(resource: Resource, context: Context) -> Findings:
    """An alarm on a global certificate would have to be in the Region of CloudFront, and could tell nobody here."""
    if resource.type in context.parameters["withoutAlarms"] or _is_global(resource):
        return
    wanted = WATCHED[resource.type]
    own = _names(resource, wanted)
    watching = context.everything.once(Metrics).about(own, begun=wanted.nodes)
    for group in wanted.metrics:
        try:
            if not first_that(watching, lambda metric, group=group: _watches(metric, resource, own, wanted, group)):
                yield Violation(f"no alarm watches {' or '.join(group)} of it ({', '.join(wanted.namespaces)})")
        except UndeterminedError as unknown:
            yield unknown


def _is_global(resource: Resource) -> bool:
    return resource.type == "aws:acm/certificate:Certificate" and resource.raw("region") == "us-east-1"


@dataclass(frozen=True)
class Metric:
    """A metric that an alarm looks at, and where the alarm says so; its values are known or `UNKNOWN`."""

    alarm: Resource
    path: str
    namespace: Any
    name: Any
    dimensions: Any


class Metrics:
    """Every metric of every alarm; one of which nothing is known where an alarm's queries aren't."""

    def __init__(self, stack: Stack) -> None:
        self.all = [metric for alarm in stack.of_type(ALARM) for metric in _metrics(alarm)]
        self._by_value: defaultdict[str, list[Metric]] = defaultdict(list)
        self._open: list[Metric] = []
        for metric in self.all:
            values = metric.dimensions.values() if isinstance(metric.dimensions, dict) else [metric.dimensions]
            for value in {each for each in values if isinstance(each, str)}:
                self._by_value[value].append(metric)
            if any(each is UNKNOWN for each in (metric.namespace, metric.name, *values)):
                self._open.append(metric)

    def about(self, names: Iterable[str], *, begun: bool) -> list[Metric]:
        """Those that may be of a resource with one of these names; all where a dimension only begins with one."""
        return self.all if begun else [*(metric for name in names for metric in self._by_value[name]), *self._open]


def _metrics(alarm: Resource) -> Iterator[Metric]:
    queries = alarm.raw("metricQueries")
    if queries is UNKNOWN:
        yield Metric(alarm, "metricQueries", UNKNOWN, UNKNOWN, UNKNOWN)
    paths = [f"metricQueries[{index}].metric." for index in range(len(queries))] if isinstance(queries, list) else [""]
    for path in paths:
        said = (alarm.raw(f"{path}{name}") for name in ("namespace", "metricName", "dimensions"))
        yield Metric(alarm, path, *said)


def _names(resource: Resource, wanted: Watched) -> list[str]:
    """What a dimension names the resource by."""
    found = (*values_in(resource.properties, wanted.value), *values_in(resource.outputs, wanted.value))
    return list(dict.fromkeys(each for each in found if isinstance(each, str)))


def _watches(metric: Metric, resource: Resource, own: Sequence[str], wanted: Watched, names: tuple[str, ...]) -> bool:
    """Whether it is one of these metrics, of this resource.

    Raises:
        UndeterminedError: it may be.
    """
    if metric.namespace not in (*wanted.namespaces, UNKNOWN) or metric.name not in (*names, UNKNOWN):
        return False
    if UNKNOWN in (metric.namespace, metric.name):
        raise UndeterminedError(metric.path or "metricName")
    said = metric.dimensions
    values = [said.get(each) for each in wanted.dimensions] if isinstance(said, dict) else [said]
    return any(_is_of(value, metric, resource, own, nodes=wanted.nodes) for value in values)


def _is_of(value: Any, metric: Metric, resource: Resource, own: Sequence[str], *, nodes: bool) -> bool:
    """Whether a dimension's value is this resource's: by value, or by where an unknown one comes from.

    Raises:
        UndeterminedError: it is unknown, and comes from nothing in the stack.
    """
    if value is UNKNOWN:
        path = f"{metric.path}dimensions"
        sources = origins(metric.alarm, path)
        if not sources:
            raise UndeterminedError(path)
        return resource.urn in sources
    return isinstance(value, str) and (value in own or (nodes and value.startswith(tuple(f"{name}-" for name in own))))


@control(
    id="RSL-CLOUDWATCH-008",
    title="Backup plans have a notice of backups that fail",
    why="A backup that fails unnoticed is found out on the day that it is needed.",
    fix="Add an aws:cloudwatch/eventRule:EventRule that is enabled, with a target, and a pattern with the source "
    "aws.backup and the state FAILED, or an alarm on NumberOfBackupJobsFailed in AWS/Backup.",
    severity=Severity.MEDIUM,
    types=("aws:backup/plan:Plan",),
    scope=Scope.STACK,
    references=monitoring(),
)
def failed_backups_are_noticed(_: Resource, context: Context) -> Findings:
    stack = context.everything

    def tells(rule: Resource) -> bool:
        is_on = rule.get("state", "ENABLED") != "DISABLED" and rule.get("isEnabled", True)
        return bool(is_on) and _is_about_failed_backups(rule) and bool(_targets(rule, stack))

    counted = any(
        metric.namespace == "AWS/Backup" and str(metric.name).endswith(_FAILED) for metric in stack.once(Metrics).all
    )
    if not counted and not _is_told_by_vaults(stack) and first_that(stack.of_type(_RULE), tells) is None:
        yield Violation("nothing tells of backups that fail")


_FAILED = ("Failed", "Aborted", "Expired")
"""How the names of metrics end that count jobs without a backup."""
_NOTIFICATIONS = "aws:backup/vaultNotifications:VaultNotifications"
_TARGET = "aws:cloudwatch/eventTarget:EventTarget"


def _is_about_failed_backups(rule: Resource) -> bool:
    """Whether events of AWS Backup match the pattern, and among them that a job has failed."""
    pattern: Any = json_text(rule.text("eventPattern"))
    if not isinstance(pattern, dict) or "aws.backup" not in pattern.get("source", ()):
        return False
    detail = pattern.get("detail")
    states = detail.get("state", detail.get("status")) if isinstance(detail, dict) else None
    return not isinstance(states, list) or any(
        state in ("FAILED", "ABORTED") or isinstance(state, dict) for state in states
    )


def _is_told_by_vaults(stack: Stack) -> bool:
    """Whether a vault notifies of jobs that fail."""
    events = (values_at(each, "backupVaultEvents[*]") for each in stack.of_type(_NOTIFICATIONS))
    return any("BACKUP_JOB_FAILED" in each for each in events)


def _targets(rule: Resource, stack: Stack) -> list[Resource]:
    return named_by(rule, stack, (_TARGET,), "rule", (_RULE,))

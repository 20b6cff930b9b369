"""Metric filters and alarms for trails, as the CIS benchmark asks."""

from __future__ import annotations

import re

from guardrails.controls.management.cloudwatch.logs_and_alarms import ALARM, LOG_GROUP
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import first_that
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
_EVENTS = {
    "use of the root user": ("useridentity.type", "root"),
    "changes of IAM policies": ("putrolepolicy", "attachrolepolicy"),
    "disabling and deletion of keys": ("disablekey", "schedulekeydeletion"),
    "changes of security groups": ("authorizesecuritygroupingress",),
    "changes of network ACLs": ("createnetworkaclentry",),
    "changes of gateways": ("attachinternetgateway",),
    "changes of routes": ("createroute", "replaceroute"),
    "changes of VPCs": ("createvpc", "deletevpc"),
}
"""What a filter's pattern names, in lower case, when it is about these events."""


@control(
    id="RSL-CLOUDWATCH-005",
    title="Trails have metric filters with alarms",
    why="Use of the root user, and changes of permissions, keys and networks, are how a break-in goes on.",
    fix="Add an aws:cloudwatch/logMetricFilter:LogMetricFilter on the trail's log group for each kind of event, and an "
    "aws:cloudwatch/metricAlarm:MetricAlarm on its metric.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:cloudtrail/trail:Trail",),
    scope=Scope.STACK,
    references=References(
        security_hub=(
            "CloudWatch.1",
            "CloudWatch.4",
            "CloudWatch.7",
            "CloudWatch.10",
            "CloudWatch.11",
            "CloudWatch.12",
            "CloudWatch.13",
            "CloudWatch.14",
        ),
        soc2=("CC7.2", "CC7.3"),
        iso27001=("A.8.15", "A.8.16"),
    ),
)
def trail_raises_alarms(trail: Resource, context: Context) -> Findings:
    """Only a trail that delivers to CloudWatch Logs can."""
    stack = context.everything
    if not trail.has("cloudWatchLogsGroupArn"):
        return
    filters = [each for each in stack.of_type(FILTER) if _may_read(each, trail, stack)]
    silent: list[str] = []
    for what, words in _EVENTS.items():
        try:
            if not first_that(filters, lambda each, words=words: _is_about(each, words) and _has_alarm(each, stack)):
                silent.append(what)
        except UndeterminedError as unknown:
            yield unknown
    if silent:
        yield Violation(f"no metric filter with an alarm covers {', '.join(silent)}")


def _may_read(metric_filter: Resource, trail: Resource, stack: Stack) -> bool:
    """Whether the filter may be on the trail's log group: not where both are known and differ."""
    try:
        own = named(stack, trail, "cloudWatchLogsGroupArn", (LOG_GROUP,)) or _name_in_arn(trail)
        read = named(stack, metric_filter, "logGroupName", (LOG_GROUP,)) or metric_filter.raw("logGroupName")
    except UndeterminedError:
        return True
    names = [each.raw("name") if isinstance(each, Resource) else each for each in (own, read)]
    return own == read or names[0] == names[1] or not all(isinstance(each, str) for each in names)


def _name_in_arn(trail: Resource) -> str | None:
    found = re.search(r":log-group:([^:]+)", str(trail.raw("cloudWatchLogsGroupArn")))
    return found[1] if found else None


def _is_about(metric_filter: Resource, words: tuple[str, ...]) -> bool:
    pattern = str(metric_filter.get("pattern", "")).lower()
    return all(word in pattern for word in words)


def _has_alarm(metric_filter: Resource, stack: Stack) -> bool:
    path = "metricTransformation"
    metric = metric_filter.get(f"{path}.name"), metric_filter.get(f"{path}.namespace")
    return first_that(stack.of_type(ALARM), lambda alarm: metric in _metrics(alarm)) is not None


def _metrics(alarm: Resource) -> list[tuple[str | None, str | None]]:
    """Name and namespace of each metric that the alarm looks at."""
    queries = (f"metricQueries[{index}].metric" for index in range(len(alarm.items("metricQueries"))))
    return [(alarm.get("metricName"), alarm.get("namespace"))] + [
        (alarm.get(f"{query}.metricName"), alarm.get(f"{query}.namespace")) for query in queries
    ]

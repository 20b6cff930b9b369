"""Alarms of the way in: the API gateway, the load balancer, and each service's pods in either colour.

A release watches these: whatever is wrong with the new colour alone has to show, however few requests it has, within
the five minutes that each of its steps is watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import Alarms as MetricAlarms
from components.core.context import Severity, StackContext
from components.edge.ingress_settings import Alarms

MINUTES, BAD_MINUTES = 3, 2
"""So many of the last so many minutes make an alarm: one bad minute doesn't."""
FEWEST = 20
"""Requests a minute below which the slowest 5 % are no request at all."""

Dimensions = Mapping[str, pulumi.Input[str]]
Queries = Sequence[cloudwatch.MetricAlarmMetricQueryArgsDict]


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is watched, minute by minute.

    Attributes:
        role: last part of its name.
        severity: how urgent it is.
        text: what it says to whoever is called.
        queries: metrics, and what is made of them; one of these is compared.
        above: what that value may be at most.
    """

    role: str
    severity: Severity
    text: str
    queries: Queries
    above: float


def watch(name: str, context: StackContext, alarms: Sequence[Alarm], parent: pulumi.Resource) -> None:
    """Make alarms; a minute without requests is a good one.

    Args:
        name: logical name of what is watched, from which the alarms' names are made.
        context: topics, names and tags.
        alarms: what to watch of it.
        parent: the component they belong to.
    """
    environment = context.environment
    tags = environment.tags(component="ingress", data_class="internal")
    made = MetricAlarms(context=context, tags=tags, parent=parent, runbook="edge", incident="edge")
    for alarm in alarms:
        made.add(
            f"{name}-{alarm.role}",
            alarm.severity,
            name=f"{environment.prefix}-{name.removeprefix(f'{environment.project}-')}-{alarm.role}",
            description=alarm.text,
            metric_queries=alarm.queries,
            threshold=alarm.above,
            evaluation_periods=MINUTES,
            datapoints_to_alarm=BAD_MINUTES,
        )


def balancer_alarms(settings: Alarms, dimensions: Dimensions) -> list[Alarm]:
    """The load balancer answers itself, for want of a pod that does: 502, 503, 504.

    It doesn't count requests for which it had no pod to choose, so its answers are counted with them. And half of all
    requests take longer than the way within the Region and a pod's own work should.
    """
    requests = balancer_metric("requests", "RequestCount", dimensions)
    median = balancer_metric("median", "TargetResponseTime", dimensions, "p50")
    limit = settings.median_milliseconds
    return [
        failures(
            "The load balancer",
            settings,
            [
                expression("share", share(settings, of="SUM([requests, failed])"), returned=True),
                balancer_metric("requests", "RequestCount", dimensions),
                balancer_metric("failed", "HTTPCode_ELB_5XX_Count", dimensions),
            ],
        ),
        Alarm(
            role="median",
            severity="warning",
            text=f"The load balancer: half of all requests wait for over {limit} ms for a pod's answer",
            queries=[
                expression("milliseconds", f"IF(requests >= {FEWEST}, 1000 * median, 0)", returned=True),
                median,
                requests,
            ],
            above=limit,
        ),
    ]


def service_alarms(what: str, settings: Alarms, dimensions: Dimensions) -> list[Alarm]:
    """One colour of a service: its pods fail, can't be reached, are slow, or are taken out.

    Args:
        what: for a person, such as ``orders, green``.
        settings: limits.
        dimensions: of the target group behind the load balancer.
    """
    requests = balancer_metric("requests", "RequestCount", dimensions)
    unhealthy = balancer_metric("unhealthy", "UnHealthyHostCount", dimensions, "Maximum")
    return [
        failures(
            what,
            settings,
            [
                expression("share", share(settings, of="requests"), returned=True),
                # A sum of several metrics takes those that there are; each is there only where it isn't zero.
                expression("failed", "SUM([answered, refused, distrusted])"),
                requests,
                balancer_metric("answered", "HTTPCode_Target_5XX_Count", dimensions),
                balancer_metric("refused", "TargetConnectionErrorCount", dimensions),
                balancer_metric("distrusted", "TargetTLSNegotiationErrorCount", dimensions),
            ],
        ),
        slowness(what, settings, [balancer_metric("slow", "TargetResponseTime", dimensions, "p95"), requests], 1000),
        Alarm(
            role="unhealthy",
            severity="warning",
            text=f"{what}: pods don't pass the load balancer's health check",
            queries=[{**unhealthy, "return_data": True}],
            above=0,
        ),
    ]


def api_alarms(settings: Alarms, dimensions: Dimensions) -> list[Alarm]:
    """The API as CloudFront finds it: time-outs and what the gateway itself does wrong come on top."""
    requests = metric("requests", "AWS/ApiGateway", "Count", dimensions, "SampleCount")
    failed = metric("failed", "AWS/ApiGateway", "5XXError", dimensions, "Sum")
    slow = metric("slow", "AWS/ApiGateway", "Latency", dimensions, "p95")
    return [
        failures(
            "The API", settings, [expression("share", share(settings, of="requests"), returned=True), requests, failed]
        ),
        slowness("The API", settings, [slow, requests], 1),
    ]


def failures(what: str, settings: Alarms, queries: Queries) -> Alarm:
    """Too large a share of requests fails."""
    return Alarm(
        role="failures",
        severity="critical",
        text=f"{what}: over {settings.failed_percent} % of requests fail, and {settings.failed_least} or more a minute",
        queries=queries,
        above=settings.failed_percent,
    )


def share(settings: Alarms, *, of: str) -> str:
    """Per cent of requests that failed; 0 where so few did that it says nothing."""
    return f"IF(failed >= {settings.failed_least}, 100 * failed / {of}, 0)"


def slowness(what: str, settings: Alarms, queries: Queries, to_milliseconds: int) -> Alarm:
    """Too many requests wait; ``slow`` times ``to_milliseconds`` is what 95 % of them take at most."""
    value = f"IF(requests >= {FEWEST}, {to_milliseconds} * slow, 0)"
    return Alarm(
        role="slow",
        severity="warning",
        text=f"{what}: over 5 % of requests take longer than {settings.response_milliseconds} ms",
        queries=[expression("milliseconds", value, returned=True), *queries],
        above=settings.response_milliseconds,
    )


def expression(identity: str, text: str, *, returned: bool = False) -> cloudwatch.MetricAlarmMetricQueryArgsDict:
    """What is made of metrics."""
    return {"id": identity, "expression": text, "label": identity, "return_data": returned}


def balancer_metric(
    identity: str, name: str, dimensions: Dimensions, statistic: str = "Sum"
) -> cloudwatch.MetricAlarmMetricQueryArgsDict:
    """A metric of load balancers, by the minute."""
    return metric(identity, "AWS/ApplicationELB", name, dimensions, statistic)


def metric(
    identity: str, namespace: str, name: str, dimensions: Dimensions, statistic: str
) -> cloudwatch.MetricAlarmMetricQueryArgsDict:
    """A metric by the minute, for an expression."""
    return {
        "id": identity,
        "metric": {
            "namespace": namespace,
            "metric_name": name,
            "dimensions": dimensions,
            "period": 60,
            "stat": statistic,
        },
        "return_data": False,
    }

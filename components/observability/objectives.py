"""Service level objectives: alarms when the error budget is used up too fast, in a long and a short window at once.

By metric math and composite alarms: CloudWatch's own objectives (Application Signals) are no resource of the AWS
provider, and want every service instrumented; what users get is counted in front of all of them anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import cloudwatch

from components.core.alarms import Alarms, Runbook, described
from components.core.context import Incident, Severity, StackContext
from components.observability.composite_alarms import Part
from components.observability.objective_settings import BurnRate, Objectives

RUNBOOK: Runbook = "edge"
INCIDENT: Incident = "edge"
SPEEDS: Mapping[Literal["fast", "slow"], Severity] = {"fast": "critical", "slow": "warning"}
Query = cloudwatch.MetricAlarmMetricQueryArgsDict


@dataclass(frozen=True, kw_only=True)
class Counter:
    """What counts requests.

    Attributes:
        namespace: of its metrics.
        dimensions: by which they name it.
        requests: metric and statistic of how many there were.
        failed: metrics whose sums are those that failed.
        uncounted: those of ``failed`` that aren't among ``requests``.
        latency: metric of how long one took.
        per_second: what a second is in that metric.
    """

    namespace: str
    dimensions: Mapping[str, pulumi.Input[str]]
    requests: tuple[str, str]
    failed: tuple[str, ...]
    uncounted: tuple[str, ...]
    latency: str
    per_second: int


def of_balancer(load_balancer: pulumi.Input[str]) -> Counter:
    """An Application Load Balancer, by the suffix of its ARN. What it answers itself it doesn't count as a request."""
    return Counter(
        namespace="AWS/ApplicationELB",
        dimensions={"LoadBalancer": load_balancer},
        requests=("RequestCount", "Sum"),
        failed=("HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"),
        uncounted=("HTTPCode_ELB_5XX_Count",),
        latency="TargetResponseTime",
        per_second=1,
    )


def of_api(name: str, stage: str) -> Counter:
    """A REST API of API Gateway."""
    return Counter(
        namespace="AWS/ApiGateway",
        dimensions={"ApiName": name, "Stage": stage},
        requests=("Count", "SampleCount"),
        failed=("5XXError",),
        uncounted=(),
        latency="Latency",
        per_second=1000,
    )


@dataclass(frozen=True, kw_only=True)
class ServiceLevelObjectivesArgs:
    """What the objectives need.

    Attributes:
        context: topics and names.
        settings: objectives and burn rates.
        counter: what counts the requests.
    """

    context: StackContext
    settings: Objectives
    counter: Counter


class ServiceLevelObjectives(pulumi.ComponentResource):
    """Availability and latency, each with a fast burn that pages and a slow one that warns.

    Attributes:
        pages: the fast ones, as parts of the incident that they belong to.
    """

    pages: list[Part]

    def __init__(self, name: str, args: ServiceLevelObjectivesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:observability:ServiceLevelObjectives", name, None, opts)
        self.name = name
        self.args = args
        self.tags = args.context.environment.tags(component="observability", data_class="internal")
        self.alarms = Alarms(context=args.context, tags=self.tags, parent=self, runbook=RUNBOOK, incident=INCIDENT)
        settings = args.settings
        objectives = {"availability": settings.availability_percent, "latency": settings.latency_percent}
        self.pages = []
        for kind, percent in objectives.items():
            paging = self.burn(kind, percent, "fast", settings.fast)
            self.burn(kind, percent, "slow", settings.slow)
            self.pages.append(Part(incident=INCIDENT, name=self.alarm_name(kind, "fast"), alarm=paging))
        self.register_outputs({})

    def alarm_name(self, kind: str, role: str) -> str:
        """Of an alarm in CloudWatch."""
        return f"{self.args.context.environment.prefix}-slo-{kind}-{role}"

    def burn(
        self, kind: str, percent: float, speed: Literal["fast", "slow"], burn: BurnRate
    ) -> cloudwatch.CompositeAlarm:
        """Both windows of one objective, and the alarm that rings when both show it."""
        context, severity = self.args.context, SPEEDS[speed]
        limit = round(burn.rate * (100 - percent), 6)
        minutes = {f"{speed}-long": burn.long_minutes, f"{speed}-short": burn.short_minutes}
        windows = {role: self.window(kind, role, length, limit) for role, length in minutes.items()}
        topic = context.topics[self.alarms.informs(severity)]
        what = (
            f"SLO {kind} of {percent:g} %: over {limit:g} % of requests miss it, {burn.rate:g} times what the budget "
            f"allows, within {burn.long_minutes} and within {burn.short_minutes} minutes"
        )
        name = self.alarm_name(kind, speed)
        context.composites.append(context.environment.arn("cloudwatch", f"alarm:{name}"))
        return cloudwatch.CompositeAlarm(
            f"{self.name}-{kind}-{speed}",
            alarm_name=name,
            alarm_description=described(context, what, severity, RUNBOOK),
            alarm_rule=" AND ".join(f'ALARM("{self.alarm_name(kind, role)}")' for role in windows),
            alarm_actions=[topic],
            ok_actions=[topic],
            tags=self.tags(f"slo-{kind}-{speed}"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(windows.values())),
        )

    def window(self, kind: str, role: str, minutes: int, limit: float) -> cloudwatch.MetricAlarm:
        """Too many requests of one window miss the objective; by itself it notifies nobody."""
        return self.alarms.add(
            f"{self.name}-{kind}-{role}",
            "warning",
            name=self.alarm_name(kind, role),
            description=f"SLO {kind}: over {limit:g} % of the requests of {minutes} minutes miss it",
            metric_queries=self.missed(kind, minutes * 60),
            evaluation_periods=1,
            threshold=limit,
            alarm_actions=None,
            ok_actions=None,
        )

    def missed(self, kind: str, seconds: int) -> list[Query]:
        """Per cent of the requests of a period that miss the objective; 0 of too few."""
        counter, settings = self.args.counter, self.args.settings

        def metric(identity: str, name: str, statistic: str) -> Query:
            return {
                "id": identity,
                "metric": {
                    "namespace": counter.namespace,
                    "metric_name": name,
                    "dimensions": {**counter.dimensions},
                    "period": seconds,
                    "stat": statistic,
                },
                "return_data": False,
            }

        requests = metric("requests", *counter.requests)
        if kind == "latency":
            within = settings.latency_milliseconds * counter.per_second / 1000
            share, metrics = "100 - within", [metric("within", counter.latency, f"PR(:{within:g})")]
        else:
            identities = {name: f"failed{number}" for number, name in enumerate(counter.failed)}
            every = ", ".join(["requests", *(identities[name] for name in counter.uncounted)])
            share = f"100 * SUM([{', '.join(identities.values())}]) / SUM([{every}])"
            metrics = [metric(identity, name, "Sum") for name, identity in identities.items()]
        value = f"IF(requests >= {settings.fewest_requests}, {share}, 0)"
        return [
            {"id": "missed", "expression": value, "label": "missed, per cent", "return_data": True},
            requests,
            *metrics,
        ]

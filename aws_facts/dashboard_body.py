"""The body of a CloudWatch dashboard: its documented structure, as far as PutDashboard refuses what differs.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html; AWS publishes
no JSON Schema of it. Kinds of widgets and properties that stand in no part of that page are let through.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from aws_facts.dashboard_rows import Colour, Metric, Part, Period, Side, Statistic, referred, spelled_out

COLUMNS = 24
WIDGETS = 500
METRICS, METRICS_IN_ALL = 500, 2500
"""Metrics and expressions of one widget, and of all
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html)."""
ALARMS = 100
"""In one widget."""


Start = Annotated[str, StringConstraints(pattern=r"^(-P(T\d+[MH]|\d+[DWM])|\d{4}-\d\d-\d\dT.+)$")]
"""A moment, or how long ago."""


class Horizontal(Part):
    """A line across a graph, such as the threshold of an alarm."""

    value: float | int
    label: str | None = None
    color: Colour | None = None
    fill: Literal["above", "below", "none"] | None = None
    visible: bool = True
    yAxis: Side = "left"


Band = Annotated[list[Horizontal], Field(min_length=2, max_length=2)]
"""Two lines, and what is between them."""


class Annotations(Part):
    """What is drawn besides the metrics: one alarm with its own metric, or lines; never both."""

    alarms: list[str] = Field(default=[], max_length=1)
    horizontal: list[Horizontal | Band] = Field(default=[])
    vertical: list[Any] = Field(default=[])

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.alarms and (self.horizontal or self.vertical):
            raise ValueError("an alarm, or lines; not both")
        return self


class Axis(Part):
    """The scale of one side."""

    label: str | None = None
    min: float | int | None = None
    max: float | int | None = None
    showUnits: bool = True


class Axes(Part):
    """The scales of both sides."""

    left: Axis = Axis()
    right: Axis = Axis()


class Legend(Part):
    """Where the names of the lines stand."""

    position: Literal["right", "bottom", "hidden"]


class MetricProperties(Part):
    """A graph."""

    metrics: list[Metric] = Field(default=[], max_length=METRICS)
    region: str
    accountId: str | None = None
    annotations: Annotations = Annotations()
    legend: Legend | None = None
    liveData: bool = False
    period: Period = 300
    stacked: bool = False
    start: Start | None = None
    sparkline: bool = False
    stat: Statistic = "Average"
    timezone: Annotated[str, StringConstraints(pattern=r"^[+-]\d{4}$")] = "+0000"
    title: str = ""
    view: Literal["timeSeries", "singleValue", "gauge", "bar", "pie", "table"] = "timeSeries"
    yAxis: Axes = Axes()

    @field_validator("metrics", mode="before")
    @classmethod
    def _rows(cls, rows: Any) -> Any:
        return spelled_out(rows) if isinstance(rows, list) else rows

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.metrics) == bool(self.annotations.alarms):
            raise ValueError("metrics, or an alarm in annotations; one of both")
        if self.view == "gauge" and None in (self.yAxis.left.min, self.yAxis.left.max):
            raise ValueError("a gauge needs min and max in yAxis.left")
        ids = [metric.rendering.id for metric in self.metrics if metric.rendering.id]
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise ValueError(f"id {min(twice)} stands for several metrics")
        for metric in self.metrics:
            if missing := referred(metric.rendering.expression or "") - set(ids):
                raise ValueError(f"{metric.rendering.expression}: no metric has the id {min(missing)}")
        return self


class TextProperties(Part):
    """Markdown."""

    markdown: str
    background: Literal["solid", "transparent"] = "solid"


class LogProperties(Part):
    """The result of a Logs Insights query, which names its log groups."""

    query: Annotated[str, StringConstraints(min_length=1)]
    region: str
    accountId: str | None = None
    title: str = ""
    view: Literal["table", "timeSeries", "bar", "pie"] = "table"


class AlarmProperties(Part):
    """The states of alarms."""

    alarms: list[str] = Field(min_length=1, max_length=ALARMS)
    sortBy: Literal["default", "stateUpdatedTimestamp", "timestamp"] = "default"
    states: list[Literal["ALARM", "INSUFFICIENT_DATA", "OK"]] = Field(default=[])
    title: str = ""


class Placed(Part):
    """Where a widget is: columns from the left, rows from the top; both or neither."""

    x: Annotated[int, Field(ge=0, lt=COLUMNS)] | None = None
    y: Annotated[int, Field(ge=0)] | None = None
    width: Annotated[int, Field(ge=1, le=COLUMNS)] = 6
    height: Annotated[int, Field(ge=1, le=1000)] = 6

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.x is None) != (self.y is None):
            raise ValueError("x and y, or neither")
        return self


class MetricWidget(Placed):
    """A graph."""

    type: Literal["metric"]
    properties: MetricProperties


class TextWidget(Placed):
    """A text."""

    type: Literal["text"]
    properties: TextProperties


class LogWidget(Placed):
    """A query of logs."""

    type: Literal["log"]
    properties: LogProperties


class AlarmWidget(Placed):
    """States of alarms."""

    type: Literal["alarm"]
    properties: AlarmProperties


class OtherWidget(Placed):
    """Of a kind whose properties AWS documents elsewhere."""

    type: Literal["explorer", "custom", "chart"]
    properties: dict[str, Any]


Widget = Annotated[MetricWidget | TextWidget | LogWidget | AlarmWidget | OtherWidget, Field(discriminator="type")]


class Body(Part):
    """A whole dashboard."""

    widgets: list[Widget] = Field(max_length=WIDGETS)
    start: Start | None = None
    end: str | None = None
    periodOverride: Literal["auto", "inherit"] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.end is not None and self.start is None:
            raise ValueError("end needs start")
        drawn = sum(len(each.properties.metrics) for each in self.widgets if isinstance(each, MetricWidget))
        if drawn > METRICS_IN_ALL:
            raise ValueError(f"{drawn} metrics, at most {METRICS_IN_ALL}")
        return self


def parsed(text: str) -> Body:
    """A body as CloudWatch takes it.

    Raises:
        ValueError: each place that it wouldn't take, such as ``widgets.2.properties.period``, and why.
    """
    try:
        return Body.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise ValueError(f"no JSON: {error}") from None
    except ValidationError as error:
        raise ValueError("; ".join(dict.fromkeys(_words(error)))) from None


def _words(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_context=False):
        place = ".".join(str(part) for part in each["loc"] if part not in {"metric", "text", "log", "alarm"})
        yield f"{place or 'the body'}: {each['msg'].removeprefix('Value error, ')}"


def places(body: Body) -> Iterator[tuple[str, str]]:
    """Where the data of widgets is from: path -> a Region, an account or the ARN of an alarm."""
    for index, widget in enumerate(body.widgets):
        path = f"widgets[{index}].properties"
        match widget:
            case MetricWidget(properties=graph):
                yield from _said(path, graph.region, graph.accountId)
                for row, metric in enumerate(graph.metrics):
                    yield from _said(f"{path}.metrics[{row}]", metric.rendering.region, metric.rendering.accountId)
                for arn in graph.annotations.alarms:
                    yield f"{path}.annotations.alarms", arn
            case LogWidget(properties=log):
                yield from _said(path, log.region, log.accountId)
            case AlarmWidget(properties=states):
                for arn in states.alarms:
                    yield f"{path}.alarms", arn
            case OtherWidget(properties=other):
                yield from _said(path, other.get("region"), other.get("accountId"))
            case TextWidget():
                pass


def _said(path: str, region: Any, account: Any) -> Iterator[tuple[str, str]]:
    if isinstance(region, str):
        yield f"{path}.region", region
    if isinstance(account, str):
        yield f"{path}.accountId", account

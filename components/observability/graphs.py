"""Graphs of what alarms watch: those of one kind in one graph, a line each, with the thresholds across it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.core.context import Severity, WatchedMetric

LINES = 24
"""Alarms in one graph at most: more lines than that are a carpet. CloudWatch takes 500 metrics in a graph."""
COLOURS: Mapping[Severity, str] = {"critical": "#d13212", "warning": "#ff7f0e"}
DAY = 86400
"""Seconds; of what is measured once a day, the hours that a dashboard shows would show nothing."""
BELOW = ("LessThanThreshold", "LessThanOrEqualToThreshold")
IDENTIFIER = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.])[a-z]\w*\b(?!\s*\()")
"""A metric's id in a math expression; texts in quotes are passed over."""

Row = pulumi.Input[list[Any]]
"""Of a dashboard's graph: namespace, name, dimensions and their values, how it is drawn."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """Lines over time.

    Attributes:
        title: above it.
        rows: metrics and expressions.
        period: seconds that a point stands for, as far as a row says nothing else; a multiple of 60.
        thresholds: lines across it, as CloudWatch's horizontal annotations.
        unit: beside its axis.
    """

    title: str
    rows: Sequence[Row]
    period: int = 60
    thresholds: Sequence[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    unit: str = ""

    def properties(self, region: str) -> dict[str, Any]:
        """Properties of the metric widget."""
        axis = {"left": {"min": 0, "showUnits": not self.unit} | ({"label": self.unit} if self.unit else {})}
        besides: dict[str, Any] = {"annotations": {"horizontal": list(self.thresholds)}} if self.thresholds else {}
        besides |= {"start": "-P2W"} if self.period >= DAY else {}
        return {
            "title": self.title,
            "region": region,
            "view": "timeSeries",
            "stacked": False,
            "period": self.period,
            "metrics": list(self.rows),
            "yAxis": axis,
            "legend": {"position": "bottom"},
            **besides,
        }


def row(
    namespace: str, name: str, dimensions: Mapping[str, Any] | pulumi.Output[Any] | None = None, **rendering: Any
) -> Row:
    """A metric's row; its dimensions may be known later."""

    def put(known: Mapping[str, Any] | None) -> list[Any]:
        return [namespace, name, *(each for pair in (known or {}).items() for each in pair), rendering]

    return dimensions.apply(put) if isinstance(dimensions, pulumi.Output) else put(dimensions)


def part(of: Any, name: str) -> Any:
    """A part of a query: arguments of alarms are mappings, or instances of the SDK's classes."""
    return of.get(name) if isinstance(of, Mapping) else getattr(of, name)


def graphs(watched: Iterable[WatchedMetric], prefix: str) -> list[Graph]:
    """A graph for each kind of alarm, in the order in which components made them.

    Args:
        watched: alarms of one component, or of several.
        prefix: what alarms' names begin with, such as ``acme-prod-``.
    """
    kinds: dict[tuple[Any, ...], list[WatchedMetric]] = {}
    for alarm in watched:
        kinds.setdefault(kind(alarm), []).append(alarm)
    return [
        graph(alarms[start : start + LINES], prefix)
        for alarms in kinds.values()
        for start in range(0, len(alarms), LINES)
    ]


def kind(alarm: WatchedMetric) -> tuple[Any, ...]:
    """What alarms have in common that belong into one graph: metrics that have no dimensions differ by name alone."""
    metric = alarm.metric
    if queries := metric.get("metric_queries"):
        return (alarm.component, *(identity(query) for query in queries))
    name = metric["metric_name"] if metric.get("dimensions") else None
    shared = ("namespace", "statistic", "extended_statistic", "period")
    # Messages that wait and dead letters are one metric, but two questions: one of them should be zero.
    return (alarm.component, name, metric.get("threshold") == 0, *(metric.get(each) for each in shared))


def identity(query: Any) -> tuple[Any, ...]:
    """A metric of an expression, or the expression, without the dimensions that tell alarms of one kind apart."""
    if expression := part(query, "expression"):
        # A threshold within an expression may differ.
        return (part(query, "id"), re.sub(r"\d+(\.\d+)?", "0", expression))
    metric = part(query, "metric")
    return (part(query, "id"), *(part(metric, each) for each in ("namespace", "metric_name", "stat")))


def graph(alarms: Sequence[WatchedMetric], prefix: str) -> Graph:
    """The graph of alarms of one kind."""
    labels = [alarm.name.removeprefix(prefix) for alarm in alarms]
    ending = common_ending(labels)
    beginning = common_beginning(labels)
    lines = [label.removesuffix(f"-{ending}").removeprefix(f"{beginning}-") for label in labels]
    title = f"{beginning or alarms[0].component.rpartition(':')[2]} {common_ending(labels, whole=True)}".strip()
    rows = [each for number, alarm in enumerate(alarms) for each in rows_of(alarm, lines[number], number)]
    thresholds = {(alarm.severity, alarm.metric.get("threshold")): alarm for alarm in alarms}
    return Graph(
        title=f"{title} ({len(alarms)} alarms)".replace("-", " ") if len(alarms) > 1 else labels[0].replace("-", " "),
        rows=rows,
        period=max(60, *(period(alarm) for alarm in alarms)),
        thresholds=[threshold(alarm) for alarm in thresholds.values() if alarm.metric.get("threshold") is not None],
    )


def common_ending(names: Sequence[str], *, whole: bool = False) -> str:
    """The parts between hyphens that all names end with; never all of a name, but where the ``whole`` may be meant."""
    parts = [name.split("-")[::-1] for name in names]
    shortest = min(len(each) for each in parts) - (0 if whole else 1)
    same = next((n for n in range(shortest) if len({each[n] for each in parts}) > 1), shortest)
    return "-".join(parts[0][:same][::-1]) if len(names) > 1 else ""


def common_beginning(names: Sequence[str]) -> str:
    """The parts between hyphens that all names begin with, never all of a name."""
    return "-".join(common_ending(["-".join(name.split("-")[::-1]) for name in names]).split("-")[::-1])


def period(alarm: WatchedMetric) -> int:
    """Seconds that a point of an alarm's metric stands for."""
    queries = alarm.metric.get("metric_queries") or []
    metrics = [part(query, "metric") for query in queries]
    said = [part(metric, "period") for metric in metrics if metric] or [alarm.metric.get("period")]
    return max(each or 60 for each in said)


def threshold(alarm: WatchedMetric) -> dict[str, Any]:
    """The line that an alarm's metric must not cross."""
    below = alarm.metric["comparison_operator"] in BELOW
    return {
        "value": alarm.metric["threshold"],
        "label": f"{alarm.severity} {'below' if below else 'above'}",
        "color": COLOURS[alarm.severity],
        "fill": "below" if below else "above",
    }


def rows_of(alarm: WatchedMetric, label: str, number: int) -> list[Row]:
    """The rows of one alarm: what it compares is drawn under its label, what that is made of is hidden."""
    metric = alarm.metric
    if not (queries := metric.get("metric_queries")):
        statistic = metric.get("statistic") or metric.get("extended_statistic")
        return [row(metric["namespace"], metric["metric_name"], metric.get("dimensions"), label=label, stat=statistic)]
    ids = {part(query, "id"): f"{part(query, 'id')}_{number}" for query in queries}
    return [query_row(query, ids, label) for query in queries]


def query_row(query: Any, ids: Mapping[str, str], label: str) -> Row:
    """A metric or an expression of an alarm, under an id that is unique in the graph."""
    drawn: dict[str, Any] = {"id": ids[part(query, "id")]}
    drawn |= {"label": label} if part(query, "return_data") else {"visible": False}
    if expression := part(query, "expression"):
        renamed = IDENTIFIER.sub(lambda found: ids.get(found[0], found[0]), expression)
        return [drawn | {"expression": renamed}]
    metric = part(query, "metric")
    return row(
        part(metric, "namespace"),
        part(metric, "metric_name"),
        part(metric, "dimensions"),
        **drawn,
        stat=part(metric, "stat"),
        period=part(metric, "period"),
    )

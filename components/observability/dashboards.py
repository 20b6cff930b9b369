"""Dashboards, made of what alarms watch: one of the stack, for whoever is on call, and one of each of its layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import Severity, StackContext, WatchedMetric
from components.observability.alarm_topics import SEVERITIES
from components.observability.graphs import Graph, graphs
from components.observability.layout import COLUMNS, Widget, arranged

ALARMS = 100
"""Of one alarm widget, https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html."""
STATES = 5
"""Height of such a widget: what rings stands first, the rest is scrolled to."""
FEW = 3
"""Height of the widget of composite alarms."""
COMPOSITES = "Incidents and objectives"
OVERVIEW = "overview"
REST = "operations"
"""The layer of components that no other one names."""
TITLES: Mapping[Severity, str] = {"critical": "Critical alarms", "warning": "Warnings"}


@dataclass(frozen=True, kw_only=True)
class DashboardsArgs:
    """What the dashboards need.

    Attributes:
        context: what its components have alarms on; the Region that the metrics are in.
        layers: layer -> patterns of the types of its components, such as ``platform:queues:*``; each becomes a
            dashboard, and what none of them names is on the one of ``operations``. Without, the overview is all.
        signals: heading of the overview -> the last part of alarms' names, such as ``failures``, that are shown below;
            in the order of the headings.
        graphs: heading of the overview, or layer -> metrics that no alarm is on.
        notes: heading of the overview -> a text below it.
        links: name -> URL, of what to read when an alarm rings.
        source: where the program is that all this comes from, for whoever wants to change it.

    Raises:
        ValueError: there are layers, but no ``operations``.
    """

    context: StackContext
    layers: Mapping[str, Sequence[str]]
    signals: Mapping[str, Sequence[str]]
    graphs: Mapping[str, Sequence[Graph]] = field(default_factory=dict[str, Sequence[Graph]])
    notes: Mapping[str, str] = field(default_factory=dict[str, str])
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    source: str = ""

    def __post_init__(self) -> None:
        if self.layers and REST not in self.layers:
            raise ValueError(f"layers {', '.join(self.layers)}: {REST!r} is missing, for what none of them names")


class Dashboards(pulumi.ComponentResource):
    """An overview, and a dashboard for each layer.

    Attributes:
        names: ``overview``, or layer -> name of its dashboard in CloudWatch.
    """

    names: Mapping[str, str]

    def __init__(self, name: str, args: DashboardsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:observability:Dashboards", name, None, opts)
        self.args = args
        self.environment = args.context.environment
        self.prefix = f"{self.environment.prefix}-"
        self.names = {each: f"{self.prefix}{each}" for each in (OVERVIEW, *args.layers)}
        for each in self.names:
            sections = self.overview() if each == OVERVIEW else self.layer(each)
            # As its graphs have periods of their own, zooming out doesn't change what a threshold is compared with.
            body = {"start": "-PT3H", "periodOverride": "inherit", "widgets": arranged(sections)}
            cloudwatch.Dashboard(
                f"{name}-{each}",
                dashboard_name=self.names[each],
                dashboard_body=pulumi.Output.json_dumps(body),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"names": self.names})

    def overview(self) -> list[list[Widget]]:
        """What is wrong now; then users, errors, latency, saturation, money, or what headings there are."""
        watched = self.args.context.watched
        headings = dict.fromkeys([*self.args.signals, *self.args.graphs, *self.args.notes])
        together = alarm_states(COMPOSITES, self.args.context.composites, COLUMNS, FEW)
        sections = [self.introduction(OVERVIEW), together, states(watched)]
        for heading in (each for each in headings if each not in self.args.layers):
            endings = self.args.signals.get(heading, ())
            shown = [alarm for alarm in watched if alarm.name.endswith(tuple(f"-{ending}" for ending in endings))]
            drawn = [*self.args.graphs.get(heading, ()), *graphs(shown, self.prefix)]
            note = [text(self.args.notes[heading])] if heading in self.args.notes else []
            if drawn or note:
                sections += [[title(heading)], [*self.drawn(drawn, width=6), *note]]
        return sections

    def layer(self, layer: str) -> list[list[Widget]]:
        """What is wrong there; then all that alarms watch, component by component."""
        watched = [alarm for alarm in self.args.context.watched if self.layer_of(alarm) == layer]
        sections = [self.introduction(layer), *([states(watched)] if watched else [])]
        if besides := self.args.graphs.get(layer, ()):
            sections += [[title("Without an alarm")], self.drawn(besides)]
        for component in dict.fromkeys(alarm.component for alarm in watched):
            own = [alarm for alarm in watched if alarm.component == component]
            sections += [[title(component.rpartition(":")[2])], self.drawn(graphs(own, self.prefix))]
        return sections

    def layer_of(self, alarm: WatchedMetric) -> str:
        """The first layer that names the alarm's component."""
        found = (
            layer
            for layer, patterns in self.args.layers.items()
            if any(fnmatchcase(alarm.component, pattern) for pattern in patterns)
        )
        return next(found, REST)

    def introduction(self, shown: str) -> list[Widget]:
        """What it is, and where to go from here."""
        others = [f"[{each}](#dashboards/dashboard/{name})" for each, name in self.names.items() if each != shown]
        read = [f"[{name}]({url})" for name, url in self.args.links.items()]
        lines = [
            f"# {self.environment.prefix}: {shown}",
            *([f"Dashboards: {' · '.join(others)}"] if others else []),
            *([f"When an alarm rings: {' · '.join(read)}"] if read else []),
            f"Made by a program{f', {self.args.source}' if self.args.source else ''}: what is changed here is undone.",
        ]
        return [text("\n\n".join(lines), width=COLUMNS, height=len(lines))]

    def drawn(self, shown: Sequence[Graph], width: int = 8) -> list[Widget]:
        """Graphs as widgets."""
        region = self.environment.region
        return [Widget(type="metric", properties=each.properties(region), width=width) for each in shown]


def states(watched: Sequence[WatchedMetric]) -> list[Widget]:
    """Whether each alarm rings, those that do first."""
    half = COLUMNS // 2
    return [
        widget
        for severity in SEVERITIES
        for widget in alarm_states(
            TITLES[severity], [alarm.arn for alarm in watched if alarm.severity == severity], half, STATES
        )
    ]


def alarm_states(title: str, arns: Sequence[str], width: int, height: int) -> list[Widget]:
    """The states of alarms, in as many widgets as it takes; none where there are none."""
    return [
        Widget(
            type="alarm",
            properties={
                "title": title,
                "sortBy": "stateUpdatedTimestamp",
                "alarms": arns[start : start + ALARMS],
            },
            width=width,
            height=height,
        )
        for start in range(0, len(arns), ALARMS)
    ]


def title(heading: str) -> Widget:
    """A heading over the whole width."""
    return text(f"## {heading}", width=COLUMNS, height=1)


def text(markdown: str, width: int = 6, height: int = 6) -> Widget:
    """A text."""
    properties = {"markdown": markdown, "background": "transparent"}
    return Widget(type="text", properties=properties, width=width, height=height)

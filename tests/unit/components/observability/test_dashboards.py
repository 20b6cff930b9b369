"""What is on which dashboard."""

import json

import pulumi
import pytest

from aws_facts.dashboard_body import Body, parsed
from components.core.alarms import Alarms
from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs
from components.observability.dashboards import Dashboards, DashboardsArgs
from components.observability.graphs import Graph, row
from tests.recording import record

LAYERS = {"data": ("platform:queues:*",), "operations": ()}
SIGNALS = {"Users": (), "Errors": ("failures",), "Latency": ("age",)}


@pytest.fixture(scope="module")
def dashboards_of(foundation_of):
    """Record the dashboards of a stack with two queues, a cache and an unknown component."""

    def make(**changes):
        def program():
            context = foundation_of()
            watch(context, "platform:queues:MessageQueues", "jobs-age", "mail-age")
            watch(context, "platform:cache:RedisCache", "cache-memory")
            watch(context, "platform:api:Api", "api-failures", severity="critical")
            given = {"context": context, "layers": LAYERS, "signals": SIGNALS} | changes
            return Dashboards("smile", DashboardsArgs(**given)).names

        return record(program)

    return make


def watch(context, component, *names, severity="warning", incident=None):
    parent = pulumi.ComponentResource(component, names[0])
    tags = context.environment.tags(component="a", data_class="internal")
    for name in names:
        Alarms(context=context, tags=tags, parent=parent, runbook="queues", incident=incident).add(
            name,
            severity,
            name=f"smile-prod-{name}",
            description="",
            namespace="AWS/SQS",
            metric_name="Age",
            dimensions={"Of": pulumi.Output.from_input(name)},
            statistic="Maximum",
            period=60,
            evaluation_periods=1,
            threshold=5,
        )


def bodies(recording):
    made = recording.of("cloudwatch/dashboard:Dashboard").values()
    return {each["dashboardName"]: json.loads(each["dashboardBody"]) for each in made}


@pytest.fixture(scope="module")
def shown(dashboards_of):
    return bodies(dashboards_of(graphs={"Users": [Graph(title="Requests", rows=[row("N", "M")])]}))


def titles(body, kind="metric"):
    return [each["properties"]["title"] for each in body["widgets"] if each["type"] == kind]


def texts(body):
    return [each["properties"]["markdown"] for each in body["widgets"] if each["type"] == "text"]


@pytest.mark.requirement("SMILE-OBS-05")
def test_every_body_is_what_cloudwatch_takes_and_nothing_besides(shown):
    assert set(shown) == {"smile-prod-overview", "smile-prod-data", "smile-prod-operations"}
    for body in shown.values():
        read = parsed(json.dumps(body))
        assert isinstance(read, Body)
        assert known(body, read.model_dump(exclude_unset=True)) == []


def known(said, read, path=""):
    """The paths of what a body says and its model doesn't know; rows of metrics are read as other parts."""
    if isinstance(said, dict):
        unknown = [f"{path}.{key}" for key in said if key not in read]
        deeper = [key for key in said if key in read and key != "metrics"]
        return unknown + [each for key in deeper for each in known(said[key], read[key], f"{path}.{key}")]
    if isinstance(said, list):
        return [each for at, part in enumerate(said) for each in known(part, read[at], f"{path}[{at}]")]
    return []


def test_overview_has_a_heading_for_each_signal_with_the_alarms_that_say_it(shown):
    overview = shown["smile-prod-overview"]
    assert titles(overview) == ["Requests", "api failures", "MessageQueues age (2 alarms)"]
    assert texts(overview)[1:] == ["## Users", "## Errors", "## Latency"]


def test_layer_has_all_alarms_of_its_components_and_operations_the_rest(shown):
    assert titles(shown["smile-prod-data"]) == ["MessageQueues age (2 alarms)"]
    assert titles(shown["smile-prod-operations"]) == ["cache memory", "api failures"]
    assert texts(shown["smile-prod-operations"])[1:] == ["## RedisCache", "## Api"]


def test_states_of_alarms_stand_first_by_severity(shown):
    overview = shown["smile-prod-overview"]
    assert titles(overview, "alarm") == ["Critical alarms", "Warnings"]
    critical, warnings = (each["properties"]["alarms"] for each in overview["widgets"] if each["type"] == "alarm")
    arn = "arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:smile-prod-"
    assert critical == [f"{arn}api-failures"]
    assert warnings == [f"{arn}{each}" for each in ("jobs-age", "mail-age", "cache-memory")]


def test_composite_alarms_stand_before_what_they_are_made_of(foundation_of):
    def program():
        context = foundation_of(pages_incidents=True)
        watch(context, "platform:api:Api", "api-failures", severity="critical", incident="edge")
        CompositeAlarms("smile-incidents", CompositeAlarmsArgs(context=context))
        Dashboards("smile", DashboardsArgs(context=context, layers={}, signals={}))

    (overview,) = bodies(record(program)).values()
    shown = [each["properties"]["alarms"] for each in overview["widgets"] if each["type"] == "alarm"]
    arn = "arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:smile-prod-"
    assert shown == [[f"{arn}edge-incident"], [f"{arn}api-failures"]]


def test_without_layers_there_is_an_overview_alone(dashboards_of):
    assert set(bodies(dashboards_of(layers={}))) == {"smile-prod-overview"}


def test_layers_without_operations_are_refused(dashboards_of):
    with pytest.raises(ValueError, match="layers data: 'operations' is missing"):
        dashboards_of(layers={"data": ()})


def test_dashboard_leads_to_runbooks_to_the_others_and_to_its_source(dashboards_of):
    given = {"links": {"recovery": "https://docs.example/recovery.md"}, "source": "https://code.example"}
    (text, *_) = texts(bodies(dashboards_of(**given))["smile-prod-data"])
    assert "[recovery](https://docs.example/recovery.md)" in text
    assert "[overview](#dashboards/dashboard/smile-prod-overview)" in text
    assert "https://code.example" in text


def test_note_stands_below_its_heading(dashboards_of):
    body = bodies(dashboards_of(notes={"Money": "See the budget."}))["smile-prod-overview"]
    assert texts(body)[-2:] == ["## Money", "See the budget."]


def test_more_alarms_than_a_widget_takes_are_several_widgets(foundation_of):
    def program():
        context = foundation_of()
        watch(context, "platform:queues:MessageQueues", *(f"queue{number}-age" for number in range(201)))
        Dashboards("smile", DashboardsArgs(context=context, layers={}, signals={}))

    ((_, body),) = bodies(record(program)).items()
    assert [len(each["properties"]["alarms"]) for each in body["widgets"] if each["type"] == "alarm"] == [100, 100, 1]

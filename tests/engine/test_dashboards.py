"""The dashboards and saved queries of each stack, as its state has them."""

import json

import pytest
from lives import STACKS, looks_at

from aws_facts.dashboard_body import AlarmWidget, MetricWidget, parsed
from cli.docs import pictures

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def of_type(life, type_):
    return [each["outputs"] for each in life.resources if each["type"] == type_]


def dashboards(life):
    made = of_type(life, "aws:cloudwatch/dashboard:Dashboard")
    return {each["dashboardName"]: parsed(each["dashboardBody"]) for each in made}


def widgets(body, kind):
    return [each.properties for each in body.widgets if isinstance(each, kind)]


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-05")
def test_each_stack_has_an_overview_that_shows_every_alarm(life):
    overview = dashboards(life)[f"smile-{life.stack}-overview"]
    shown = {arn.rpartition(":")[2] for states in widgets(overview, AlarmWidget) for arn in states.alarms}
    made = {each["name"] for each in of_type(life, ALARM)}
    made |= {each["alarmName"] for each in of_type(life, "aws:cloudwatch/compositeAlarm:CompositeAlarm")}
    assert {each for each in made if each not in shown} == set()
    assert {graph.region for graph in widgets(overview, MetricWidget)} == {"ap-southeast-3"}


@looks_at("staging", "prod")
@pytest.mark.requirement("SMILE-OBS-05")
def test_every_alarm_has_its_graph_on_the_dashboard_of_its_layer(life):
    layers = [body for name, body in dashboards(life).items() if not name.endswith("-overview")]
    assert len(layers) == 4
    drawn = {
        (metric.namespace, metric.name, *metric.dimensions.items())
        for body in layers
        for graph in widgets(body, MetricWidget)
        for metric in graph.metrics
    }
    watched = {
        (metric["namespace"], metric["metricName"], *(metric.get("dimensions") or {}).items())
        for alarm in of_type(life, ALARM)
        for metric in [alarm, *(query.get("metric") for query in (alarm.get("metricQueries") or []))]
        if metric and metric.get("metricName")
    }
    assert {frozenset(each) for each in watched} <= {frozenset(each) for each in drawn}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-14")
def test_saved_queries_ask_log_groups_that_there_are(life):
    there = {each["name"] for each in of_type(life, "aws:cloudwatch/logGroup:LogGroup")}
    queries = of_type(life, "aws:cloudwatch/queryDefinition:QueryDefinition")
    assert len(queries) >= 10
    assert {group for query in queries for group in query["logGroupNames"]} <= there


@looks_at("prod")
def test_pictures_of_architecture_and_overview_are_those_of_prod(life):
    found = dict(pictures(json.dumps({"deployment": {"resources": life.resources}})))
    assert len(found) == 2
    assert {path: path.read_text() for path in found} == found, "run: smile docs --access"

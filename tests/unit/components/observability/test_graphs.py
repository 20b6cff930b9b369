"""Graphs of what alarms watch."""

import pulumi
import pytest
from pulumi_aws import cloudwatch

from components.core.context import WatchedMetric
from components.observability.graphs import Graph, graphs, row
from tests.recording import record

USUAL = {"comparison_operator": "GreaterThanThreshold", "threshold": 5}


def alarm(name, severity="warning", component="platform:queues:MessageQueues", **metric):
    return WatchedMetric(
        component=component,
        name=f"acme-prod-{name}",
        arn=f"arn:of:{name}",
        severity=severity,
        description="",
        metric=USUAL | metric,
    )


def age(queue, **changes):
    about = {"namespace": "AWS/SQS", "metric_name": "Age", "statistic": "Maximum", "period": 60}
    return alarm(f"{queue}-age", **{**about, "dimensions": {"QueueName": queue}} | changes)


def share(name, threshold=5):
    queries = [
        {"id": "share", "expression": "IF(failed >= 3, 100 * failed / SUM([all, 'all']), 0)", "return_data": True},
        {"id": "all", "metric": metric("Count"), "return_data": False},
        {"id": "failed", "metric": metric("Failed"), "return_data": False},
    ]
    return alarm(f"{name}-failures", "critical", metric_queries=queries, threshold=threshold)


def metric(name):
    return {"namespace": "N", "metric_name": name, "dimensions": {"Of": "a"}, "period": 300, "stat": "Sum"}


def test_alarms_of_one_kind_are_lines_of_one_graph():
    (graph,) = graphs([age("jobs"), age("mail")], "acme-prod-")
    assert graph.title == "MessageQueues age (2 alarms)"
    assert graph.rows == [
        ["AWS/SQS", "Age", "QueueName", "jobs", {"label": "jobs", "stat": "Maximum"}],
        ["AWS/SQS", "Age", "QueueName", "mail", {"label": "mail", "stat": "Maximum"}],
    ]
    assert [line["value"] for line in graph.thresholds] == [5]


def test_graph_of_alarms_one_of_which_has_no_more_than_their_name_is_titled_with_all_of_it():
    (graph,) = graphs([age("dead"), age("mail-dead")], "acme-prod-")
    assert graph.title == "MessageQueues dead age (2 alarms)"


@pytest.mark.parametrize(
    "other",
    [
        {"metric_name": "Depth"},
        {"statistic": "Average"},
        {"period": 300},
        {"threshold": 0},
        {"component": "platform:cache:RedisCache"},
    ],
)
def test_another_metric_statistic_period_question_or_component_is_another_graph(other):
    assert len(graphs([age("jobs"), age("mail", **other)], "acme-prod-")) == 2


def test_metrics_without_dimensions_share_a_graph():
    made = [
        alarm(name, namespace="audit", metric_name=name, statistic="Sum", period=300)
        for name in ("root-used", "vpcs-changed")
    ]
    (graph,) = graphs(made, "acme-prod-")
    assert graph.title == "MessageQueues (2 alarms)"
    assert [each[:2] for each in graph.rows] == [["audit", "root-used"], ["audit", "vpcs-changed"]]


def test_alarm_alone_is_titled_with_its_name():
    (graph,) = graphs([age("jobs")], "acme-prod-")
    assert graph.title == "jobs age"


def test_each_threshold_is_a_line_with_the_severity_and_the_side_that_is_wrong():
    below = {"comparison_operator": "LessThanThreshold", "threshold": 7}
    (graph,) = graphs([age("jobs"), age("mail", severity="critical", **below), age("pay")], "acme-prod-")
    assert graph.thresholds == [
        {"value": 5, "label": "warning above", "color": "#ff7f0e", "fill": "above"},
        {"value": 7, "label": "critical below", "color": "#d13212", "fill": "below"},
    ]


def test_alarm_on_an_expression_is_drawn_as_it_is_compared_and_what_it_is_made_of_is_hidden():
    (graph,) = graphs([share("a"), share("b", threshold=9)], "acme-prod-")
    expression, requests, failed = graph.rows[3:]
    assert expression == [
        {
            "id": "share_1",
            "label": "b",
            "expression": "IF(failed_1 >= 3, 100 * failed_1 / SUM([all_1, 'all']), 0)",
        }
    ]
    assert requests == [
        "N",
        "Count",
        "Of",
        "a",
        {"id": "all_1", "visible": False, "stat": "Sum", "period": 300},
    ]
    assert failed[1] == "Failed"
    assert graph.period == 300


def test_queries_may_be_instances_of_the_sdks_classes():
    query = cloudwatch.MetricAlarmMetricQueryArgs(
        id="a",
        metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(metric_name="M", namespace="N", period=60, stat="Sum"),
        return_data=True,
    )
    (graph,) = graphs([alarm("a-b", metric_queries=[query])], "acme-prod-")
    assert graph.rows == [["N", "M", {"id": "a_0", "label": "a-b", "stat": "Sum", "period": 60}]]


def test_alarm_on_a_band_has_no_line():
    band = [
        {"id": "m", "metric": metric("M"), "return_data": True},
        {"id": "band", "expression": "ANOMALY_DETECTION_BAND(m, 2)", "return_data": True},
    ]
    (graph,) = graphs([alarm("a", metric_queries=band, threshold=None, threshold_metric_id="band")], "acme-prod-")
    assert not graph.thresholds
    assert graph.rows[1][0]["expression"] == "ANOMALY_DETECTION_BAND(m_0, 2)"


def test_more_lines_than_can_be_told_apart_are_several_graphs():
    made = graphs([age(f"queue{number}") for number in range(30)], "acme-prod-")
    assert [len(graph.rows) for graph in made] == [24, 6]


def test_what_is_measured_once_a_day_is_shown_over_two_weeks():
    (daily,) = graphs([age("jobs", period=86400)], "acme-prod-")
    assert daily.properties("ap-southeast-3")["start"] == "-P2W"
    assert "start" not in Graph(title="a", rows=[["N", "M", {}]]).properties("ap-southeast-3")


def test_dimensions_may_be_known_later():
    recording = record(lambda: row("N", "M", pulumi.Output.from_input({"Of": "a", "In": "b"}), label="c"))
    assert recording.result == ["N", "M", "Of", "a", "In", "b", {"label": "c"}]

"""What CloudWatch takes as the body of a dashboard, and what it doesn't."""

import json

import pytest

from aws_facts.dashboard_body import parsed, places

GRAPH = {"region": "ap-southeast-3", "metrics": [["AWS/SQS", "NumberOfMessagesSent", "QueueName", "jobs"]]}
DOCUMENTED = {
    "start": "-PT9H",
    "periodOverride": "inherit",
    "widgets": [
        {
            "type": "metric",
            "x": 0,
            "y": 0,
            "width": 12,
            "height": 6,
            "properties": {
                "metrics": [
                    ["AWS/EC2", "DiskReadBytes", "InstanceId", "i-123", {"id": "m1"}],
                    [".", ".", ".", "i-abc", {"id": "m2"}],
                    [{"expression": "SUM(METRICS())", "label": "Sum of DiskReadbytes", "id": "e3"}],
                    [{"expression": "SEARCH('{AWS/EC2,InstanceId} MetricName=\"CPUUtilization\"', 'Average', 300)"}],
                ],
                "view": "timeSeries",
                "stacked": False,
                "period": 300,
                "stat": "Average",
                "region": "us-east-1",
                "title": "EC2 Instance CPU",
                "annotations": {"horizontal": [[{"value": 200}, {"value": 95.5}], {"value": 20, "fill": "above"}]},
            },
        },
        {"type": "text", "x": 0, "y": 7, "width": 3, "height": 3, "properties": {"markdown": "Hello world"}},
    ],
}
"""Of AWS's page."""


def graph(**properties):
    return json.dumps({"widgets": [{"type": "metric", "properties": GRAPH | properties}]})


def body(**widget):
    return json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "."}} | widget]})


def test_documented_example_is_taken():
    first, second = parsed(json.dumps(DOCUMENTED)).widgets
    rows = first.properties.metrics
    assert (rows[1].namespace, rows[1].name, rows[1].dimensions) == (
        "AWS/EC2",
        "DiskReadBytes",
        {"InstanceId": "i-abc"},
    )
    assert second.properties.markdown == "Hello world"


def test_dots_repeat_all_dimensions_but_the_last():
    rows = [["N", "M", "a", "1", "b", "2"], ["...", "3"]]
    (widget,) = parsed(graph(metrics=rows)).widgets
    assert widget.properties.metrics[1].dimensions == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "the body: "),
        ("{}", "widgets: Field required"),
        ('{"widgets": [{"type": "graph"}]}', "widgets.0: "),
        (body(x=3), "x and y, or neither"),
        (body(x=24, y=0), "widgets.0.x: Input should be less than 24"),
        (body(width=25), "widgets.0.width"),
        (body(properties={}), "widgets.0.properties.markdown: Field required"),
        (json.dumps({"widgets": [json.loads(body())["widgets"][0]] * 501}), "at most 500 items"),
        (json.dumps({"widgets": [], "start": "6 hours"}), "start: "),
        (json.dumps({"widgets": [], "end": "2026-01-01T00:00:00Z"}), "end needs start"),
        (graph(period=90), "widgets.0.properties.period: Input should be a multiple of 60"),
        (graph(stat="Mean"), "widgets.0.properties.stat"),
        (graph(region=None), "widgets.0.properties.region"),
        (graph(metrics=[]), "metrics, or an alarm"),
        (graph(annotations={"alarms": ["arn"]}), "metrics, or an alarm"),
        (graph(metrics=[], annotations={"alarms": ["arn"], "horizontal": [{"value": 1}]}), "not both"),
        (graph(metrics=[["N"]]), "namespace, name, then a value for each dimension"),
        (graph(metrics=[["N", "M", "dimension"]]), "namespace, name, then a value for each dimension"),
        (graph(metrics=[[".", "M"]]), "nothing that it repeats"),
        (graph(metrics=[[{"id": "a"}]]), "neither a metric nor an expression"),
        (graph(metrics=["N"]), "a metric is a list"),
        (graph(metrics=[["N", "M", {"id": "M1"}]]), "metrics.0.rendering.id"),
        (graph(metrics=[["N", "M", {"id": "a"}], ["N", "L", {"id": "a"}]]), "id a stands for several metrics"),
        (graph(metrics=[["N", "M", {"id": "a"}], [{"expression": "a / b"}]]), "a / b: no metric has the id b"),
        (graph(metrics=[["N", str(n)] for n in range(501)]), "at most 500 items"),
        (graph(view="gauge"), "a gauge needs min and max"),
        (body(type="alarm", properties={"alarms": []}), "at least 1 item"),
        (body(type="alarm", properties={"alarms": ["arn"] * 101}), "at most 100 items"),
        (body(type="log", properties={"query": "SOURCE 'a' | fields b"}), "widgets.0.properties.region"),
    ],
)
def test_what_cloudwatch_refuses_is_named_with_its_place(text, says):
    with pytest.raises(ValueError, match=r"\S") as caught:
        parsed(text)
    assert says in str(caught.value)


def test_all_graphs_together_have_at_most_2500_metrics():
    widget = {"type": "metric", "properties": GRAPH | {"metrics": [["N", str(n)] for n in range(418)]}}
    with pytest.raises(ValueError, match="2508 metrics, at most 2500"):
        parsed(json.dumps({"widgets": [widget] * 6}))


def test_words_within_quotes_of_a_search_are_no_ids():
    search = "SEARCH('{AWS/EC2,InstanceId} MetricName=\"cpu\"', 'Average', 300) + 1e3 + FILL(a, 0)"
    assert parsed(graph(metrics=[["N", "M", {"id": "a"}], [{"expression": search}]]))


def test_every_region_and_account_of_a_body_is_found():
    widgets = [
        {"type": "metric", "properties": GRAPH | {"accountId": "1", "metrics": [["N", "M", {"region": "eu-west-1"}]]}},
        {"type": "metric", "properties": {"region": "a", "annotations": {"alarms": ["arn:of:alarm"]}}},
        {"type": "log", "properties": {"region": "b", "query": "fields c"}},
        {"type": "alarm", "properties": {"alarms": ["arn:of:other"]}},
        {"type": "explorer", "properties": {"region": "d", "labels": []}},
    ]
    assert dict(places(parsed(json.dumps({"widgets": widgets})))) == {
        "widgets[0].properties.region": "ap-southeast-3",
        "widgets[0].properties.accountId": "1",
        "widgets[0].properties.metrics[0].region": "eu-west-1",
        "widgets[1].properties.region": "a",
        "widgets[1].properties.annotations.alarms": "arn:of:alarm",
        "widgets[2].properties.region": "b",
        "widgets[3].properties.alarms": "arn:of:other",
        "widgets[4].properties.region": "d",
    }

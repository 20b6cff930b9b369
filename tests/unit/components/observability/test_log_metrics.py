"""Numbers in a log, as metrics."""

from components.core.log_group import log_group
from components.observability.log_metrics import LogMetric, LogMetrics
from tests.recording import record


def test_each_metric_has_a_filter_of_its_log_group(context):
    def program():
        parent = LogMetrics.__base__("platform:test:Parent", "smile")
        group = log_group("smile-app", context, "/smile/prod/app", {}, parent)
        metrics = {
            "views": LogMetric(name="Views", pattern='{ $.message = "view" }'),
            "latency": LogMetric(
                name="Latency",
                pattern="{ $.milliseconds = * }",
                value="$.milliseconds",
                unit="Milliseconds",
                dimensions={"Api": "$.api"},
            ),
        }
        return LogMetrics("smile", group, "Smile", metrics).namespace

    made = record(program).of("cloudwatch/logMetricFilter:LogMetricFilter")
    assert set(made) == {"smile-views", "smile-latency"}
    assert {each["logGroupName"] for each in made.values()} == {"/smile/prod/app"}
    assert made["smile-views"]["metricTransformation"] == {
        "namespace": "Smile", "name": "Views", "value": "1", "unit": "Count",
    }  # fmt: skip
    latency = made["smile-latency"]["metricTransformation"]
    assert (latency["value"], latency["unit"], latency["dimensions"]) == (
        "$.milliseconds",
        "Milliseconds",
        {"Api": "$.api"},
    )

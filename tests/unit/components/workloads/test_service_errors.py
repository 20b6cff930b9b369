"""Errors of services, counted in the log of their containers."""

from components.workloads.service_errors import ServiceErrors, ServiceErrorsArgs
from tests.recording import record


def test_one_filter_counts_by_service_and_each_service_has_an_alarm(context):
    args = ServiceErrorsArgs(context=context, cluster="smile-prod", services=["orders", "reports"], most=3)
    made = record(lambda: ServiceErrors("smile-services", args) and None)
    counted = made.one("cloudwatch/logMetricFilter:LogMetricFilter")
    assert counted["logGroupName"] == "/aws/containerinsights/smile-prod/application"
    assert counted["metricTransformation"]["dimensions"] == {"Service": "$.kubernetes.container_name"}
    alarms = made.of("cloudwatch/metricAlarm:MetricAlarm").values()
    assert {each["dimensions"]["Service"]: each["threshold"] for each in alarms} == {"orders": 3, "reports": 3}
    assert {each["namespace"] for each in alarms} == {counted["metricTransformation"]["namespace"]}

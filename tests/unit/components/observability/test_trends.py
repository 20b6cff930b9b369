"""What is unusual: log data beyond the plan, and requests that stay away."""

import pytest

from components.observability.objectives import of_api
from components.observability.trends import Trends, TrendsArgs
from settings import load_from_files
from tests.recording import record

ALARM = "cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture
def trends_of(context):
    return lambda **about: record(lambda: Trends("smile-trends", TrendsArgs(context=context, **about))).of(ALARM)


@pytest.mark.requirement("SMILE-OBS-15")
@pytest.mark.parametrize(("stack", "gigabytes"), [("dev", 50), ("staging", 200), ("prod", 200)])
def test_log_data_that_would_exceed_the_plan_of_30_days_raises_an_alarm_within_the_week(trends_of, stack, gigabytes):
    alarm = trends_of(log_volume_gb=load_from_files(stack).observability.log_volume_gb)["smile-trends-log-volume"]
    assert alarm["threshold"] == gigabytes * 1_000_000_000 // 30
    assert (alarm["metricName"], alarm["statistic"], alarm["period"]) == ("IncomingBytes", "Sum", 86_400)
    assert alarm["period"] * alarm["evaluationPeriods"] <= 604_800  # what CloudWatch looks back at most
    assert "dimensions" not in alarm  # of all log groups


def test_a_band_that_is_learnt_takes_the_place_of_a_limit(trends_of):
    made = trends_of(log_volume_gb=200, counter=of_api("smile-prod", "live"))
    for role, operator in (("log-volume-unusual", "GreaterThanUpper"), ("requests-few", "LessThanLower")):
        alarm = made[f"smile-trends-{role}"]
        queries = {query["id"]: query for query in alarm["metricQueries"]}
        assert queries[alarm["thresholdMetricId"]]["expression"] == "ANOMALY_DETECTION_BAND(watched, 3)"
        assert alarm["comparisonOperator"] == f"{operator}Threshold"
        assert {name for name, query in queries.items() if query["returnData"]} == {"watched", "usual"}
        assert "threshold" not in alarm


def test_no_requests_at_all_count_as_none_and_end_no_alarm(trends_of):
    made = trends_of(log_volume_gb=200, counter=of_api("smile-prod", "live"))
    alarm = made["smile-trends-requests-few"]
    assert {"expression": "FILL(counted, 0)"}.items() <= alarm["metricQueries"][1].items()
    assert alarm["treatMissingData"] == "ignore"


def test_where_nobody_depends_on_the_stack_nobody_has_to_come(trends_of):
    assert "smile-trends-requests-few" not in trends_of(log_volume_gb=200)

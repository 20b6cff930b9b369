"""What watches over Educounsel, and what it costs."""

import json
import re
from collections import Counter

import pytest

from cli.cost.estimate import estimate
from cli.cost.prices import read_prices
from cli.cost.resources import stack_of
from cli.cost.usage import read_usage
from cli.docs import platform_cost
from tests.paths import ROOT

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
KINDS = {
    "application": "/educounsel/prod/application",
    "error": "/educounsel/prod/error",
    "access": "/educounsel/prod/access",
    "slow": "/aws/rds/instance/educounsel-prod-database/slowquery",
}


@pytest.mark.requirement("EDU-OBS-01")
def test_the_four_kinds_of_logs_are_kept_for_a_week_encrypted(program):
    groups = {each["name"]: each for each in program.of("cloudwatch/logGroup:LogGroup").values()}
    for name in KINDS.values():
        assert (groups[name]["retentionInDays"], groups[name]["kmsKeyId"]) == (7, "arn:of:Key/educounsel-logs")


def graphs(program):
    """Title -> names of the metrics, and how each is drawn."""
    body = json.loads(program.one("cloudwatch/dashboard:Dashboard")["dashboardBody"])
    return {
        each["properties"]["title"]: [row for row in each["properties"]["metrics"] if len(row) > 1]
        for each in body["widgets"]
        if each["type"] == "metric"
    }


SHOWN = {
    "EC2 CPU utilization": ("AWS/EC2", "CPUUtilization"),
    "EC2 memory usage": ("Educounsel", "mem_used_percent"),
    "RDS connections": ("AWS/RDS", "DatabaseConnections"),
    "RDS CPU": ("AWS/RDS", "CPUUtilization"),
    "S3 storage used": ("AWS/S3", "BucketSizeBytes"),
    "Requests per minute": ("AWS/ApplicationELB", "RequestCount"),
    "Error rate": ("AWS/ApplicationELB", "RequestCount"),
    "Response time (P50, P95, P99)": ("AWS/ApplicationELB", "TargetResponseTime"),
}


@pytest.mark.requirement("EDU-OBS-02")
@pytest.mark.parametrize("title", SHOWN)
def test_the_dashboard_has_what_the_page_of_monitoring_shows(program, title):
    rows = graphs(program)[title]
    assert tuple(rows[0][:2]) == SHOWN[title]


@pytest.mark.requirement("EDU-OBS-02")
def test_response_times_are_shown_by_percentile_and_errors_of_targets_and_load_balancer(program):
    shown = graphs(program)
    assert [row[-1]["stat"] for row in shown["Response time (P50, P95, P99)"]] == ["p50", "p95", "p99"]
    assert {row[1] for row in shown["Error rate"]} >= {"HTTPCode_Target_5XX_Count", "HTTPCode_ELB_5XX_Count"}


@pytest.mark.requirement("EDU-OBS-03")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_log_has_a_saved_query(program, kind):
    asked = [
        each["queryString"]
        for each in program.of("cloudwatch/queryDefinition:QueryDefinition").values()
        if KINDS[kind] in each["logGroupNames"]
    ]
    assert asked


@pytest.mark.requirement("EDU-OBS-03")
def test_the_applications_log_is_filtered_by_level_and_word_newest_first(program):
    """Dates are the console's, and those of a call of StartQuery."""
    text = program.of("cloudwatch/queryDefinition:QueryDefinition")["educounsel-application-log"]["queryString"]
    assert 'filter level_name in ["ERROR", "WARNING", "INFO"]' in text
    assert "filter @message like /KEYWORD/" in text
    assert "sort @timestamp desc" in text


@pytest.mark.requirement("EDU-OBS-04")
def test_page_views_analyses_jobs_and_the_latency_of_apis_are_counted_from_the_log(program):
    filters = program.of("cloudwatch/logMetricFilter:LogMetricFilter")
    assert {each["metricTransformation"]["name"] for each in filters.values()} == {
        "PageViews",
        "AnalyticsRequests",
        "JobsCompleted",
        "ApiLatency",
    }
    assert {each["logGroupName"] for each in filters.values()} == {"/educounsel/prod/application"}
    latency = filters["educounsel-api-latency"]["metricTransformation"]
    assert (latency["value"], latency["unit"], latency["dimensions"]) == (
        "$.context.milliseconds",
        "Milliseconds",
        {"Api": "$.context.api"},
    )


@pytest.mark.requirement("EDU-OBS-05")
def test_people_get_alerts_by_mail_and_text_message_from_an_encrypted_topic(program):
    topic = program.of("sns/topic:Topic")["educounsel-notifications"]
    assert topic["kmsMasterKeyId"] == "arn:of:Key/educounsel-queues"
    subscribed = program.of("sns/topicSubscription:TopicSubscription").values()
    reached = {}
    for each in subscribed:
        reached.setdefault(each["topic"].rpartition("-")[2], set()).add(each["protocol"])
    assert reached["notifications"] == {"email", "sms"}
    assert reached["critical"] == {"email", "sms"}
    assert program.one("sns/smsPreferences:SmsPreferences")["monthlySpendLimit"] == 1


@pytest.mark.requirement("EDU-OBS-05")
def test_reminders_by_text_message_are_off_unless_somebody_says_so(program, program_of):
    assert "SendMessages" not in program.permissions("educounsel-worker-instance")
    on = program_of("educounsel", "prod", {"educounsel:notifications": {"messages": True}})
    granted = on.permissions("educounsel-worker-instance")
    assert granted["SendMessages"]["Action"] == ["sns:Publish"]
    assert granted["RaiseNoAlarms"]["Effect"] == "Deny"


@pytest.mark.requirement("EDU-PERF-01")
def test_somebody_is_told_when_half_of_all_requests_take_longer_than_the_budget(program):
    alarm = program.of(ALARM)["educounsel-ingress-median"]
    assert alarm["threshold"] == 400  # milliseconds
    metrics = {query["metric"]["metricName"] for query in alarm["metricQueries"] if "metric" in query}
    assert "TargetResponseTime" in metrics
    assert alarm["alarmActions"]


@pytest.mark.requirement("EDU-PERF-03")
def test_the_month_has_the_documents_budget(program):
    budget = program.one("budgets/budget:Budget")
    assert (float(budget["limitAmount"]), budget["timeUnit"]) == (151, "MONTHLY")
    assert {each["notificationType"] for each in budget["notifications"]} == {"ACTUAL", "FORECASTED"}


def spent(program):
    """Item -> USD a month of what is there all the time."""
    templates = {each.name: each.urn for each in program.resources if each.type.endswith(":LaunchTemplate")}
    states = [
        {
            "urn": each.urn,
            "type": each.type,
            "inputs": each.inputs,
            "propertyDependencies": {"launchTemplate": [templates[each.name]]} if each.name in templates else {},
        }
        for each in program.resources
    ]
    found = estimate(stack_of(states, "educounsel"), read_usage("development"), read_prices())
    assert not found.unmodelled
    return {line.item: float(line.usd) for line in found.lines if line.usd is not None and not line.by_use}


@pytest.mark.requirement("EDU-PERF-03")
def test_the_readme_compares_what_it_costs_with_the_document(program):
    """What runs all the time is in the record that its table is made of, as the program has it now."""
    lines = platform_cost.recorded("educounsel")["lines"]
    recorded = Counter[str]()
    for each in lines:
        if not each["by_use"] and each["usd"] is not None:
            recorded[each["item"]] += each["usd"]
    assert dict(recorded) == pytest.approx(spent(program), abs=0.01)
    text = (ROOT / "platforms" / "educounsel" / "README.md").read_text()
    assert platform_cost.educounsel() in text


def test_every_alarm_calls_somebody_or_scales(program):
    for name, each in program.of(ALARM).items():
        assert re.match(r"arn:of:(Topic|Policy)/", each["alarmActions"][0]), name

"""Service level objectives: the arithmetic of the burn rates, evaluated as CloudWatch does, and who is told."""

import re

import pytest

from components.observability.composite_alarms import CompositeAlarms, CompositeAlarmsArgs
from components.observability.objective_settings import Objectives
from components.observability.objectives import ServiceLevelObjectives, ServiceLevelObjectivesArgs, of_api, of_balancer
from tests.recording import record

SINGLE, COMPOSITE = "cloudwatch/metricAlarm:MetricAlarm", "cloudwatch/compositeAlarm:CompositeAlarm"
COUNTERS = {"balancer": of_balancer("app/smile-prod/1"), "api": of_api("smile-prod", "live")}


@pytest.fixture
def context(foundation_of):
    return foundation_of(pages_incidents=True)


@pytest.fixture(params=COUNTERS)
def recording(request, context):
    def program():
        args = ServiceLevelObjectivesArgs(context=context, settings=Objectives(), counter=COUNTERS[request.param])
        parts = ServiceLevelObjectives("smile-slo", args).pages
        CompositeAlarms("smile-incidents", CompositeAlarmsArgs(context=context, parts=parts))

    return record(program)


def value(alarm, **metrics):
    """What an alarm compares in a window with these metrics; those that aren't named have no value then."""
    queries = {query["id"]: query for query in alarm["metricQueries"]}
    names = {name: query["metric"] for name, query in queries.items() if "metric" in query}
    known = {
        name: metrics.get(metric["stat"] if metric["stat"].startswith("PR") else metric["metricName"])
        for name, metric in names.items()
    }
    total = lambda given: sum(each for each in given if each is not None)  # noqa: E731 - CloudWatch's SUM
    text = re.sub(r"^IF\((.*?), (.*), 0\)$", r"(\2) if \1 else 0", queries["missed"]["expression"])
    return eval(text, {"SUM": total} | known)


@pytest.mark.parametrize(
    ("role", "minutes", "limit"),
    [
        ("availability-fast-long", 60, 1.44),
        ("availability-fast-short", 5, 1.44),
        ("availability-slow-long", 360, 0.6),
        ("availability-slow-short", 30, 0.6),
        ("latency-fast-long", 60, 72),
        ("latency-slow-short", 30, 30),
    ],
)
def test_a_window_is_bad_when_it_uses_up_the_budget_that_many_times_too_fast(recording, role, minutes, limit):
    alarm = recording.of(SINGLE)[f"smile-slo-{role}"]
    assert alarm["threshold"] == pytest.approx(limit)
    assert {query["metric"]["period"] for query in alarm["metricQueries"] if "metric" in query} == {minutes * 60}
    assert not alarm.get("alarmActions")
    assert not alarm.get("okActions")


def test_what_fails_is_a_share_of_all_requests_also_of_those_that_the_load_balancer_answers_itself(context):
    args = ServiceLevelObjectivesArgs(context=context, settings=Objectives(), counter=COUNTERS["balancer"])
    alarm = record(lambda: ServiceLevelObjectives("smile-slo", args)).of(SINGLE)["smile-slo-availability-fast-long"]
    assert value(alarm, RequestCount=900, HTTPCode_Target_5XX_Count=10) == pytest.approx(100 * 10 / 900)
    assert value(alarm, RequestCount=900, HTTPCode_ELB_5XX_Count=100) == pytest.approx(10)
    assert value(alarm, RequestCount=900) == 0
    assert value(alarm, RequestCount=99, HTTPCode_Target_5XX_Count=99) == 0  # too few to say anything


@pytest.mark.parametrize(("counter", "statistic"), [("balancer", "PR(:1)"), ("api", "PR(:1000)")])
def test_what_is_late_is_a_share_of_requests_by_the_unit_of_each_metric(context, counter, statistic):
    args = ServiceLevelObjectivesArgs(context=context, settings=Objectives(), counter=COUNTERS[counter])
    alarm = record(lambda: ServiceLevelObjectives("smile-slo", args)).of(SINGLE)["smile-slo-latency-fast-long"]
    assert value(alarm, RequestCount=100, Count=100, **{statistic: 27}) == 73


def test_both_windows_ring_together_the_fast_burn_pages_within_its_incident_and_the_slow_one_warns(recording, context):
    made = recording.of(COMPOSITE)
    for kind in ("availability", "latency"):
        for speed in ("fast", "slow"):
            alarm, name = made[f"smile-slo-{kind}-{speed}"], f"smile-prod-slo-{kind}-{speed}"
            assert alarm["alarmRule"] == f'ALARM("{name}-long") AND ALARM("{name}-short")'
            assert alarm["alarmActions"] == alarm["okActions"] == [context.topics["warning"]]
    fast = [f'ALARM("smile-prod-slo-{kind}-fast")' for kind in ("availability", "latency")]
    assert made["smile-incidents-edge"]["alarmRule"] == " OR ".join(fast)
    assert made["smile-incidents-edge"]["alarmActions"] == [context.topics["critical"]]


def test_without_composite_alarms_of_incidents_the_fast_burn_pages_by_itself(foundation_of):
    context = foundation_of(pages_incidents=False)
    args = ServiceLevelObjectivesArgs(context=context, settings=Objectives(), counter=COUNTERS["api"])
    made = record(lambda: ServiceLevelObjectives("smile-slo", args)).of(COMPOSITE)
    assert made["smile-slo-latency-fast"]["alarmActions"] == [context.topics["critical"]]
    assert made["smile-slo-latency-slow"]["alarmActions"] == [context.topics["warning"]]

"""When the way in raises an alarm: the arithmetic, evaluated as CloudWatch does, and who is told."""

import inspect
import re

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.commands import account
from cli.release_steps import Job, carry_out
from cli.release_tools import PROJECT, Tools
from cli.weights import ReleaseError
from components.edge.alarms import BAD_MINUTES, api_alarms, balancer_alarms, service_alarms, watch
from components.edge.ingress_settings import Alarms
from settings import load_from_files
from tests.paths import ROOT
from tests.recording import record

LAG_SECONDS = 120
"""How late metrics of load balancers can be."""
ALARM = "cloudwatch/metricAlarm:MetricAlarm"
DOCUMENT = ROOT / "docs" / "components" / "ingress.md"
DIMENSIONS = {"LoadBalancer": "app/smile-prod-private/1", "TargetGroup": "targetgroup/green/2"}
KINDS = {
    "service": lambda: service_alarms("orders, green", Alarms(), DIMENSIONS),
    "balancer": lambda: balancer_alarms(Alarms(), DIMENSIONS),
    "api": lambda: api_alarms(Alarms(), {"ApiName": "smile-prod", "Stage": "live"}),
}


def goes_off(kind, role, **metrics):
    """Whether a minute with these metrics is a bad one; metrics that aren't named have no value then."""
    (alarm,) = (each for each in KINDS[kind]() if each.role == role)
    queries = {query["id"]: query for query in alarm.queries}
    (returned,) = (name for name, query in queries.items() if query["return_data"])

    def value(name):
        if "expression" not in queries[name]:
            return metrics.get(queries[name]["metric"]["metric_name"])
        text = queries[name]["expression"]
        known = {each: value(each) for each in queries if re.search(rf"\b{each}\b", text)}
        try:
            return eval(text, {"IF": choose, "SUM": total} | known)
        except TypeError:  # arithmetic with what isn't there gives nothing
            return None

    result = value(returned)
    return result is not None and result > alarm.above


def choose(condition, yes, no):
    return yes if condition else no


def total(values):
    there = [each for each in values if each is not None]
    return sum(there) if there else None


@pytest.mark.requirement("SMILE-OBS-04")
@pytest.mark.parametrize(
    ("metrics", "bad"),
    [
        ({"RequestCount": 100}, False),
        ({"RequestCount": 100, "HTTPCode_Target_5XX_Count": 5}, False),
        ({"RequestCount": 100, "HTTPCode_Target_5XX_Count": 6}, True),
        ({"RequestCount": 100, "TargetConnectionErrorCount": 6}, True),
        ({"RequestCount": 100, "HTTPCode_Target_5XX_Count": 3, "TargetTLSNegotiationErrorCount": 3}, True),
        ({"RequestCount": 2, "HTTPCode_Target_5XX_Count": 2}, False),
        ({}, False),
    ],
)
def test_a_colour_fails_when_over_five_percent_of_its_requests_do(metrics, bad):
    assert goes_off("service", "failures", **metrics) is bad


@given(st.integers(1, 100_000).flatmap(lambda requests: st.tuples(st.just(requests), st.integers(1, requests))))
def test_the_share_is_of_requests_and_takes_three_failures(minute):
    requests, failed = minute
    bad = failed >= 3 and 100 * failed > 5 * requests
    assert goes_off("service", "failures", RequestCount=requests, HTTPCode_Target_5XX_Count=failed) is bad
    assert goes_off("api", "failures", **{"Count": requests, "5XXError": failed}) is bad


@pytest.mark.requirement("SMILE-OBS-04")
@pytest.mark.parametrize(
    ("metrics", "bad"),
    [
        ({"RequestCount": 20, "TargetResponseTime": 1.1}, True),
        ({"RequestCount": 20, "TargetResponseTime": 1.0}, False),
        ({"RequestCount": 19, "TargetResponseTime": 9.0}, False),
        ({}, False),
    ],
)
def test_a_colour_is_slow_when_its_slowest_five_percent_take_over_a_second(metrics, bad):
    assert goes_off("service", "slow", **metrics) is bad


@pytest.mark.requirement("SMILE-OBS-04")
def test_one_unhealthy_pod_is_worth_a_warning():
    assert goes_off("service", "unhealthy", UnHealthyHostCount=1)
    assert not goes_off("service", "unhealthy", UnHealthyHostCount=0)


@pytest.mark.requirement("SMILE-OBS-04")
@pytest.mark.parametrize(
    ("metrics", "bad"),
    [
        ({"HTTPCode_ELB_5XX_Count": 50}, True),  # no pod anywhere: such requests aren't counted
        ({"RequestCount": 1000, "HTTPCode_ELB_5XX_Count": 40}, False),
        ({"RequestCount": 1000, "HTTPCode_ELB_5XX_Count": 60}, True),
        ({"RequestCount": 1000}, False),
    ],
)
def test_the_load_balancer_fails_when_it_has_to_answer_itself(metrics, bad):
    assert goes_off("balancer", "failures", **metrics) is bad


@pytest.mark.requirement("SMILE-PERF-05")
@pytest.mark.parametrize(
    ("metrics", "bad"),
    [
        ({"RequestCount": 20, "TargetResponseTime": 0.051}, True),
        ({"RequestCount": 20, "TargetResponseTime": 0.05}, False),
        ({"RequestCount": 19, "TargetResponseTime": 9.0}, False),
        ({}, False),
    ],
)
def test_within_the_region_half_of_all_requests_are_answered_in_50_milliseconds(metrics, bad):
    assert goes_off("balancer", "median", **metrics) is bad


@pytest.mark.requirement("SMILE-OBS-04")
def test_the_api_fails_and_is_slow_by_the_same_measure():
    assert goes_off("api", "failures", **{"Count": 100, "5XXError": 6})
    assert not goes_off("api", "failures", **{"Count": 100, "5XXError": 5})
    assert goes_off("api", "slow", Count=100, Latency=1001)
    assert not goes_off("api", "slow", Count=100, Latency=1000)


@pytest.fixture(scope="module")
def watched(context):
    """The alarms of the green pods of orders, as a program registers them."""

    class Parent(pulumi.ComponentResource):
        def __init__(self):
            super().__init__("test:edge:Parent", "parent")
            watch("smile-ingress-orders-green", context, KINDS["service"](), self)

    return record(Parent).of(ALARM)


def test_who_is_told_and_a_minute_without_requests_is_a_good_one(watched, context):
    topics = {name.rpartition("-")[2]: each["alarmActions"] for name, each in watched.items()}
    critical, warning = [context.topics["critical"]], [context.topics["warning"]]
    assert topics == {"failures": critical, "slow": warning, "unhealthy": warning}
    for each in watched.values():
        assert each["okActions"] == each["alarmActions"]
        assert each["treatMissingData"] == "notBreaching"
        assert {query["metric"]["period"] for query in each["metricQueries"] if "metric" in query} == {60}
        assert [query["returnData"] for query in each["metricQueries"]].count(True) == 1


@pytest.mark.requirement("SMILE-DEPLOY-10")
def test_alarms_go_off_while_a_release_watches():
    watches = inspect.signature(account.release.function).parameters["watch_seconds"].default
    assert watches >= BAD_MINUTES * 60 + LAG_SECONDS


@pytest.mark.requirement("SMILE-DEPLOY-10")
@pytest.mark.requirement("SMILE-DEPLOY-14")
def test_failures_of_the_new_colour_take_its_release_back(watched, write):
    root = write("config:\n  smile:workloads: {versions: {orders: {blue: r7, green: r8}}}\n").parent
    name = watched["smile-ingress-orders-green-failures"]["name"]
    assert name.startswith(f"{PROJECT}-prod-")  # what the gate asks CloudWatch for
    deployed = []

    def engine(words):
        if words[0] == "preview":
            return "{}"
        deployed.append(load_from_files("prod", root).release.of("orders").green)
        return ""

    def failing():
        bad = goes_off("service", "failures", RequestCount=50, HTTPCode_Target_5XX_Count=25)
        return [name] if deployed and deployed[-1] and bad else []

    tools = Tools(pulumi=engine, failing=failing, wait=lambda _: None)
    job = Job(root=root, stack="prod", services=["orders"], watch_seconds=30, tools=tools)
    with pytest.raises(ReleaseError, match=rf"rolled back.*{name}"):
        carry_out(job, 10)
    assert deployed == [10, 0]
    assert load_from_files("prod", root).release.of("orders").green == 0


def test_the_document_says_when_alarms_go_off():
    text = " ".join(DOCUMENT.read_text().split())
    defaults = Alarms()
    assert f"over {defaults.failed_percent} % of requests" in text
    assert f"{defaults.response_milliseconds:,} ms" in text
    assert all(f"`{field}`" in text for field in Alarms.model_fields)

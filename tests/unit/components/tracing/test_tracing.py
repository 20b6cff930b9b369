"""X-Ray: how much is traced, what belongs to the stack, and whose key encrypts it."""

import json
from dataclasses import replace

import pytest

from components.tracing.settings import Tracing as Settings
from components.tracing.tracing import Tracing, TracingArgs
from tests.recording import record
from tests.stacks import broken, settings_of
from tests.unit.conftest import KEY

TELEMETRY = KEY.replace("logs", "telemetry")

RULE, GROUP, KEYS = "xray/samplingRule:SamplingRule", "xray/group:Group", "xray/encryptionConfig:EncryptionConfig"
NOTICE, TARGET = "cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget"


@pytest.fixture(scope="module")
def tracing(context):
    def make(given=context, **settings):
        args = TracingArgs(context=given, settings=Settings(**settings), runbook="docs/components/tracing.md")
        return record(lambda: Tracing("smile", args))

    return make


def test_a_share_of_every_request_of_every_service_is_traced_after_the_first_of_each_second(tracing):
    rule = tracing(sampling_percent=10).one(RULE)
    assert (rule["fixedRate"], rule["reservoirSize"]) == (0.1, 1)
    matched = ("serviceName", "serviceType", "host", "httpMethod", "urlPath", "resourceArn")
    assert {rule[each] for each in matched} == {"*"}


def test_rules_of_single_services_go_before(tracing):
    assert tracing().one(RULE)["priority"] == 9999


@pytest.mark.requirement("SMILE-OBS-09")
def test_traces_of_a_stack_are_found_by_their_annotation(tracing, context):
    assert tracing().one(GROUP)["filterExpression"] == 'annotation.environment = "prod"'
    other = replace(context, environment=replace(context.environment, name="dev"))
    assert tracing(other).one(GROUP)["filterExpression"] == 'annotation.environment = "dev"'


def test_insights_reach_people_who_look_in_office_hours(tracing, context):
    made = tracing()
    assert made.one(GROUP)["insightsConfiguration"] == {"insightsEnabled": True, "notificationsEnabled": True}
    pattern = json.loads(made.one(NOTICE)["eventPattern"])
    assert pattern["detail"] == {"GroupName": ["smile-prod"], "State": ["ACTIVE"]}
    assert made.one(TARGET)["arn"] == context.topics["warning"]


def test_without_insights_nothing_is_analyzed_and_nobody_is_told(tracing):
    made = tracing(insights=False)
    assert made.one(GROUP)["insightsConfiguration"] == {"insightsEnabled": False, "notificationsEnabled": False}
    assert made.of(NOTICE) == {}


@pytest.mark.parametrize(("owner", "made"), [("stack", {"type": "KMS", "keyId": TELEMETRY}), ("account", None)])
def test_traces_are_encrypted_with_a_key_of_the_stacks_unless_somebody_else_sets_it(tracing, owner, made):
    assert next(iter(tracing(encryption=owner).of(KEYS).values()), None) == made


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.parametrize(("key", "value"), [("insights", False), ("encryption", "none")])
def test_a_stack_that_people_depend_on_has_insights_and_a_key(stack, key, value):
    (finding,) = broken(settings_of(stack, tracing={key: value}), "tracing")
    assert finding.path == ("tracing", key)
    assert broken(settings_of("dev", tracing={key: value}), "tracing") == []

"""Alarm topics: one for each severity, encrypted, for this account alone."""

import json

import pulumi
import pytest

from components.core.alarms import Alarms
from components.observability.alarm_topics import SEVERITIES, AlarmTopics, AlarmTopicsArgs
from tests.recording import record

KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/queues"


@pytest.fixture(scope="module")
def topics(environment):
    recipients = {"critical": ["oncall@example.org", "lead@example.org"], "warning": []}
    args = AlarmTopicsArgs(environment=environment, key_arn=KEY, recipients=recipients)
    return record(lambda: AlarmTopics("smile", args).arns)


@pytest.mark.requirement("SMILE-OBS-17")
def test_each_severity_has_an_encrypted_topic(topics):
    made = topics.of("sns/topic:Topic")
    assert {topic["name"] for topic in made.values()} == {f"smile-prod-alarms-{each}" for each in SEVERITIES}
    assert {topic["kmsMasterKeyId"] for topic in made.values()} == {KEY}
    assert set(topics.result) == set(SEVERITIES)


@pytest.mark.requirement("SMILE-OBS-17")
def test_recipients_hear_of_their_severity_only(topics):
    made = topics.of("sns/topicSubscription:TopicSubscription").values()
    assert {(each["topic"], each["protocol"], each["endpoint"]) for each in made} == {
        ("arn:of:Topic/smile-critical", "email", "oncall@example.org"),
        ("arn:of:Topic/smile-critical", "email", "lead@example.org"),
    }


def test_an_endpoint_is_told_over_https_and_confirms_by_itself(environment):
    url = "https://alarms.smile.example/chat"
    args = AlarmTopicsArgs(environment=environment, key_arn=KEY, recipients={}, endpoints={"warning": [url]})
    made = record(lambda: AlarmTopics("smile", args)).one("sns/topicSubscription:TopicSubscription")
    assert (made["topic"], made["protocol"], made["endpoint"]) == ("arn:of:Topic/smile-warning", "https", url)
    assert made["endpointAutoConfirms"] is True


def test_only_the_account_and_its_services_publish_and_only_with_tls(topics):
    for name, policy in topics.of("sns/topicPolicy:TopicPolicy").items():
        statements = {each["Sid"]: each for each in json.loads(policy["policy"])["Statement"]}
        topic = f"arn:aws:sns:ap-southeast-3:123456789012:smile-prod-alarms-{name.removeprefix('smile-')}"
        assert {tuple(each["Resource"]) for each in statements.values()} == {(topic,)}
        assert statements["AccountPublishes"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
        services = statements["ServicesPublishForAccount"]
        assert services["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
        assert [sid for sid, each in statements.items() if each["Principal"] == "*"] == ["DenyPlainTransport"]
        plain = statements["DenyPlainTransport"]
        assert (plain["Effect"], plain["Principal"]) == ("Deny", "*")
        assert plain["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_alarm_tells_its_severitys_topic_when_it_begins_and_ends_and_is_tagged(context):
    def program():
        parent = pulumi.ComponentResource("test:alarms:Parent", "parent")
        tags = context.environment.tags(component="queues", data_class="internal")
        made = Alarms(context=context, tags=tags, parent=parent, runbook="queues")
        made.add("smile-jobs-age", "warning", name="smile-prod-jobs-age", description="Late", threshold=5)
        made.add("smile-lag", "critical", name="smile-prod-lag", description="Behind", treat_missing_data="breaching")

    alarms = record(program).of("cloudwatch/metricAlarm:MetricAlarm")
    age, lag = alarms["smile-jobs-age"], alarms["smile-lag"]
    assert age["alarmActions"] == age["okActions"] == [context.topics["warning"]]
    assert lag["alarmActions"] == lag["okActions"] == [context.topics["critical"]]
    assert age["tags"] == {"Name": "smile-prod-jobs-age", "Component": "queues", "DataClass": "internal"}
    assert (age["comparisonOperator"], age["treatMissingData"]) == ("GreaterThanThreshold", "notBreaching")
    assert lag["treatMissingData"] == "breaching"


def test_what_is_watched_is_known_to_whoever_comes_later(foundation_of):
    context = foundation_of()

    def program():
        parent = pulumi.ComponentResource("test:alarms:Parent", "parent")
        tags = context.environment.tags(component="queues", data_class="internal")
        Alarms(context=context, tags=tags, parent=parent, runbook="queues").add(
            "smile-jobs-age", "warning", name="smile-prod-jobs-age", description="Late", metric_name="Age", threshold=5
        )

    record(program)
    (watched,) = context.watched
    assert (watched.component, watched.severity, watched.description) == ("test:alarms:Parent", "warning", "Late")
    assert watched.arn == "arn:aws:cloudwatch:ap-southeast-3:123456789012:alarm:smile-prod-jobs-age"
    assert watched.metric["metric_name"] == "Age"
    assert watched.metric["comparison_operator"] == "GreaterThanThreshold"


def program_of(context, **about):
    def program():
        parent = pulumi.ComponentResource("test:alarms:Parent", "parent")
        tags = context.environment.tags(component="queues", data_class="internal")
        made = Alarms(context=context, tags=tags, parent=parent, runbook="queues", **about)
        made.add("smile-dead", "critical", name="smile-prod-dead", description="Messages failed.", threshold=0)

    return record(program).one("cloudwatch/metricAlarm:MetricAlarm")


@pytest.mark.requirement("SMILE-OBS-03")
def test_an_alarm_says_what_is_wrong_how_urgent_it_is_whose_it_is_and_what_to_do(foundation_of):
    context = foundation_of(owner="platform", runbooks="https://wiki.example.org/runbooks")
    said = program_of(context)["alarmDescription"]
    runbook = "https://wiki.example.org/runbooks/queues.md"
    assert said == f"Messages failed. Severity: critical. Owner: platform. Runbook: {runbook}"


@pytest.mark.parametrize(
    ("pages_incidents", "incident", "topic"),
    [(True, "database", "warning"), (True, None, "critical"), (False, "database", "critical")],
)
def test_a_critical_alarm_pages_unless_a_composite_alarm_does_in_its_place(
    foundation_of, pages_incidents, incident, topic
):
    context = foundation_of(pages_incidents=pages_incidents)
    alarm = program_of(context, incident=incident)
    assert alarm["alarmActions"] == alarm["okActions"] == [context.topics[topic]]
    (watched,) = context.watched
    assert (watched.incident, watched.severity) == (incident, "critical")


def test_a_recipient_that_is_named_twice_subscribes_once(environment):
    twice = ["oncall@example.org", "oncall@example.org"]
    args = AlarmTopicsArgs(environment=environment, key_arn=KEY, recipients={"critical": twice, "warning": []})
    made = record(lambda: AlarmTopics("smile", args).arns).of("sns/topicSubscription:TopicSubscription")
    assert [each["endpoint"] for each in made.values()] == ["oncall@example.org"]

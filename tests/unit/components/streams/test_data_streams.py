"""Data streams: how each is encrypted, who gets its events, who may write, and who hears of a reader that is late."""

import json

import pytest

from components.core.declared import UndeclaredError
from components.core.iam import document
from components.core.protection import Protection
from components.streams.data_streams import DataStreams, DataStreamsArgs
from components.streams.settings import Stream, Streams
from settings import load_from_files
from tests.recording import record

STREAM, CONSUMER = "kinesis/stream:Stream", "kinesis/streamConsumer:StreamConsumer"
ALARM, ACCOUNT = "cloudwatch/metricAlarm:MetricAlarm", "kinesis/accountSettings:AccountSettings"
ARN = "arn:aws:kinesis:ap-southeast-3:123456789012:stream/smile-prod-"


@pytest.fixture(scope="session")
def streams_of(foundation_of):
    """Record the streams of a stack, or others."""

    def make(stack="prod", protection=None, grant=None, **settings):
        section = Streams(**settings) if settings else load_from_files(stack).streams
        context = foundation_of(**({"protection": protection} if protection else {}))

        def program():
            made = DataStreams("smile", DataStreamsArgs(context=context, settings=section))
            return {
                "names": made.names,
                "consumers": made.consumer_arns,
                "grants": document(*grant(made)) if grant else "",
            }

        return record(program)

    return make


@pytest.fixture(scope="session")
def streams(streams_of):
    return streams_of()


def granted(recording):
    return {each["Sid"]: each for each in json.loads(recording.result["grants"])["Statement"]}


@pytest.mark.requirement("SMILE-DATA-04")
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_events_have_an_on_demand_stream_in_staging_and_prod(streams_of, stack):
    (stream,) = streams_of(stack).of(STREAM).values()
    assert stream["streamModeDetails"] == {"streamMode": "ON_DEMAND"}
    assert "shardCount" not in stream
    assert load_from_files(stack).streams.streams["events"].events_per_second == 100_000


def test_dev_has_no_stream(streams_of):
    assert not streams_of("dev").of(STREAM)


def test_streams_are_encrypted_with_the_key_of_their_class(streams, context):
    stream = streams.of(STREAM)["smile-events"]
    assert (stream["encryptionType"], stream["kmsKeyId"]) == ("KMS", context.keys["streams"])
    assert stream["retentionPeriod"] == 168
    assert stream["shardLevelMetrics"] == ["IteratorAgeMilliseconds", "WriteProvisionedThroughputExceeded"]


def test_consumers_of_a_protected_stream_keep_it_from_being_deleted(streams, streams_of):
    (made,) = [each for each in streams.resources if each.type == f"aws:{STREAM}"]
    assert (made.protect, made.retain_on_delete) == (True, True)
    assert made.inputs["enforceConsumerDeletion"] is False
    disposable = streams_of(protection=Protection(protect=False, retain_on_delete=False))
    assert disposable.of(STREAM)["smile-events"]["enforceConsumerDeletion"] is True


@pytest.mark.requirement("SMILE-DATA-05")
def test_notifications_get_events_pushed_with_fan_out(streams):
    consumer = streams.of(CONSUMER)["smile-events-notifications"]
    assert consumer["name"] == "smile-prod-notifications"
    assert consumer["streamArn"] == "arn:of:Stream/smile-events"
    assert streams.result["consumers"] == {"events/notifications": "arn:of:StreamConsumer/smile-events-notifications"}


@pytest.mark.requirement("SMILE-DATA-05")
def test_consumers_more_than_100_ms_behind_raise_an_alarm_and_who_polls_each_second_a_minute_behind(streams, context):
    alarms = streams.of(ALARM)
    polled, pushed = alarms["smile-events-iterator-age"], alarms["smile-events-notifications-latency"]
    assert polled["metricName"] == "GetRecords.IteratorAgeMilliseconds"
    assert pushed["metricName"] == "SubscribeToShardEvent.MillisBehindLatest"
    assert pushed["dimensions"] == {"StreamName": "smile-prod-events", "ConsumerName": "smile-prod-notifications"}
    assert polled["dimensions"] == {"StreamName": "smile-prod-events"}
    for alarm, threshold in ((polled, 60_000), (pushed, 100)):
        assert (alarm["statistic"], alarm["threshold"], alarm["comparisonOperator"]) == (
            "Maximum",
            threshold,
            "GreaterThanThreshold",
        )
        assert (alarm["period"], alarm["evaluationPeriods"], alarm["datapointsToAlarm"]) == (60, 5, 3)
    assert pushed["alarmActions"] == [context.topics["critical"]]
    assert polled["alarmActions"] == [context.topics["warning"]]


def test_a_refused_write_raises_an_alarm(streams, context):
    alarm = streams.of(ALARM)["smile-events-throttles"]
    assert (alarm["metricName"], alarm["statistic"]) == ("WriteProvisionedThroughputExceeded", "Sum")
    assert (alarm["threshold"], alarm["evaluationPeriods"]) == (0, 1)
    assert alarm["alarmActions"] == [context.topics["critical"]]


def test_nothing_rings_where_alarms_are_off(streams_of):
    assert not streams_of(streams={"events": Stream()}, alarms=False).of(ALARM)


@pytest.mark.requirement("SMILE-DATA-04")
def test_warm_throughput_comes_with_the_account_that_pays_for_it(streams, streams_of):
    assert "warmThroughputMibPs" not in streams.of(STREAM)["smile-events"]
    assert not streams.of(ACCOUNT)
    warm = streams_of(streams={"events": Stream(warm_mib_per_second=100)}, on_demand_advantage="stack")
    assert warm.of(STREAM)["smile-events"]["warmThroughputMibPs"] == 100
    assert warm.of(ACCOUNT)["smile"] == {"minimumThroughputBillingCommitment": {"status": "ENABLED"}}
    (stream,) = [each for each in warm.resources if each.type == f"aws:{STREAM}"]
    assert any("AccountSettings" in urn for urn in stream.dependencies)
    somebody_else = streams_of(streams={"events": Stream(warm_mib_per_second=100)}, on_demand_advantage="account")
    assert not somebody_else.of(ACCOUNT)


def test_who_publishes_writes_to_its_streams_and_can_not_read_them(streams_of, context):
    said = granted(streams_of(grant=lambda made: made.grant_publish("events")))
    assert said["PublishEvents"]["Resource"] == [f"{ARN}events"]
    assert not [each for each in said["PublishEvents"]["Action"] if "Get" in each or "Subscribe" in each]
    key = said["PublishEventsWithKey"]
    assert (key["Action"], key["Resource"]) == (["kms:GenerateDataKey"], [context.keys["streams"]])
    assert key["Condition"] == {
        "StringEquals": {
            "kms:ViaService": "kinesis.ap-southeast-3.amazonaws.com",
            "kms:EncryptionContext:aws:kinesis:arn": [f"{ARN}events"],
        }
    }


def test_who_consumes_subscribes_as_itself_alone(streams_of):
    said = granted(streams_of(grant=lambda made: made.grant_consume("events/notifications")))
    assert said["ConsumeEvents"]["Resource"] == [f"{ARN}events/consumer/smile-prod-notifications:*"]
    assert said["ConsumeEventsWithKey"]["Action"] == ["kms:Decrypt"]
    assert not [action for each in said.values() for action in each["Action"] if action.startswith("kinesis:Put")]


def test_streams_that_are_not_there_can_not_be_granted(streams_of):
    with pytest.raises(UndeclaredError, match=r"no stream 'event' is declared.*did you mean events"):
        streams_of(grant=lambda made: made.grant_publish("event"))
    with pytest.raises(UndeclaredError, match="no consumer 'events/other'"):
        streams_of(grant=lambda made: made.grant_consume("events/other"))


def test_nothing_is_granted_without_a_name(streams_of):
    found = []
    streams_of(
        grant=lambda made: found.append([*made.grant_publish(), *made.grant_consume()]) or made.grant_publish("events")
    )
    assert found == [[]]

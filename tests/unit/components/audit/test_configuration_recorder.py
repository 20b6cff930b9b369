"""The recorder of AWS Config: all types, to a bucket of the stack, in the order that AWS demands."""

import json

import pytest

from components.audit.configuration_recorder import ConfigurationRecorder, ConfigurationRecorderArgs
from components.storage.bucket_policy import takes_configuration_history
from tests.recording import record

RECORDER, CHANNEL = "cfg/recorder:Recorder", "cfg/deliveryChannel:DeliveryChannel"
STATUS = "cfg/recorderStatus:RecorderStatus"


@pytest.fixture(scope="module")
def recorded(context):
    args = ConfigurationRecorderArgs(context=context, bucket_name="smile5-logs", runbook="docs/components/audit.md")
    return record(lambda: ConfigurationRecorder("smile-configuration", args))


@pytest.mark.requirement("SMILE-AUDIT-08")
def test_everything_is_recorded_identities_too_with_the_role_of_aws_config(recorded):
    recorder = recorded.one(RECORDER)
    assert recorder["recordingGroup"] == {"allSupported": True, "includeGlobalResourceTypes": True}
    role = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    assert recorder["roleArn"] == f"arn:aws:iam::123456789012:{role}"
    assert recorded.one(STATUS)["isEnabled"] is True


def test_it_delivers_encrypted_every_day(recorded, context):
    channel = recorded.one(CHANNEL)
    assert (channel["s3BucketName"], channel["s3KmsKeyArn"]) == ("smile5-logs", context.keys["logs"])
    assert channel["snapshotDeliveryProperties"] == {"deliveryFrequency": "TwentyFour_Hours"}


@pytest.mark.requirement("SMILE-AUDIT-07")
def test_what_resources_looked_like_is_kept_seven_years(recorded):
    assert recorded.one("cfg/retentionConfiguration:RetentionConfiguration")["retentionPeriodInDays"] == 2557


def test_people_hear_of_a_file_that_the_bucket_does_not_take(recorded, context):
    pattern = json.loads(recorded.one("cloudwatch/eventRule:EventRule")["eventPattern"])
    assert pattern["detail-type"] == [
        "Config Configuration Snapshot Delivery Status",
        "Config Configuration History Delivery Status",
    ]
    assert pattern["detail"] == {"messageType": [{"suffix": "Failed"}]}
    assert recorded.one("cloudwatch/eventTarget:EventTarget")["arn"] == context.topics["warning"]


def test_a_recorder_then_where_it_delivers_then_it_is_switched_on(recorded):
    """AWS takes no channel without a recorder, and starts no recorder without a channel."""
    urns = {each.type: each for each in recorded.resources}
    assert urns[f"aws:{RECORDER}"].urn in urns[f"aws:{CHANNEL}"].dependencies
    assert urns[f"aws:{CHANNEL}"].urn in urns[f"aws:{STATUS}"].dependencies


def test_the_bucket_lets_aws_config_in_for_this_account_alone(environment):
    statements = [each.as_dict() for each in takes_configuration_history(environment, "arn:aws:s3:::smile5-logs")]
    assert {json.dumps(each["Principal"]) for each in statements} == {'{"Service": "config.amazonaws.com"}'}
    assert {each["Condition"]["StringEquals"]["aws:SourceAccount"] for each in statements} == {"123456789012"}
    deliver = next(each for each in statements if each["Action"] == ["s3:PutObject"])
    assert deliver["Resource"] == ["arn:aws:s3:::smile5-logs/AWSLogs/123456789012/Config/*"]

"""The log archive: which logs it copies, where to, who may write there, and what people are told of."""

import json

import pytest

from components.audit.log_archive import LogArchive, LogArchiveArgs
from components.core.log_group import audit_log_group, log_group
from components.storage.object_storage import ObjectStorage, ObjectStorageArgs
from settings import load_from_files
from tests.recording import record

STREAM = "kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
SUBSCRIPTION, ALARM = "cloudwatch/logSubscriptionFilter:LogSubscriptionFilter", "cloudwatch/metricAlarm:MetricAlarm"
BUCKET = "arn:aws:s3:::smile5-log-copies-prod-123456789012"
KEY = "arn:aws:kms:ap-southeast-3:123456789012:key/log-copies"
NAME, PHYSICAL = "smile-log-archive-database-audit", "smile-prod-log-archive-database-audit"
PATH = "/aws/rds/instance/smile-prod-database/audit"


@pytest.fixture(scope="module")
def archive(foundation_of):
    context = foundation_of()
    settings = load_from_files("prod").storage

    def program():
        storage = ObjectStorage("smile", ObjectStorageArgs(context=context, settings=settings))
        log_group("smile-database-error", context, "/aws/rds/instance/smile-prod-database/error", {}, None)
        audit_log_group("smile-database-audit", context, PATH, {}, None)
        audit_log_group("smile-application-control-plane", context, "/aws/eks/smile-prod/cluster", {}, None)
        LogArchive("smile-log-archive", LogArchiveArgs(context=context, bucket=storage.buckets["log-copies"]))

    return record(program)


@pytest.mark.requirement("SMILE-AUDIT-07")
def test_all_of_each_audit_log_goes_to_a_stream_of_its_own(archive):
    subscriptions = archive.of(SUBSCRIPTION)
    assert set(subscriptions) == set(archive.of(STREAM)) == {NAME, "smile-log-archive-application-control-plane"}
    assert subscriptions[NAME] == {
        "name": PHYSICAL,
        "logGroup": PATH,
        "filterPattern": "",
        "destinationArn": f"arn:of:FirehoseDeliveryStream/{NAME}",
        "roleArn": "arn:of:Role/smile-log-archive-sender",
    }


@pytest.mark.requirement("SMILE-AUDIT-07")
def test_copies_lie_in_a_folder_of_their_log_by_the_day_of_the_stacks_time_zone(archive):
    written = archive.of(STREAM)[NAME]["extendedS3Configuration"]
    folder = "aws/rds/instance/smile-prod-database/audit"
    assert written["bucketArn"] == BUCKET
    assert written["prefix"] == f"log-groups/{folder}/day=!{{timestamp:yyyy-MM-dd}}/"
    errors = f"log-groups-errors/{folder}/!{{firehose:error-output-type}}/day=!{{timestamp:yyyy-MM-dd}}/"
    assert written["errorOutputPrefix"] == errors
    assert written["customTimeZone"] == "Asia/Jakarta"


def test_copies_are_lines_of_text_in_gzip(archive):
    """CloudWatch Logs sends each record compressed, without an end of line."""
    written = archive.of(STREAM)[NAME]["extendedS3Configuration"]
    assert written["compressionFormat"] == "GZIP"
    assert written["processingConfiguration"] == {
        "enabled": True,
        "processors": [
            {
                "type": "Decompression",
                "parameters": [{"parameterName": "CompressionFormat", "parameterValue": "GZIP"}],
            },
            {"type": "AppendDelimiterToRecord"},
        ],
    }


@pytest.mark.requirement("SMILE-AUDIT-04")
def test_records_are_encrypted_with_a_key_of_their_own_on_the_way_and_in_the_bucket(archive):
    for stream in archive.of(STREAM).values():
        assert stream["serverSideEncryption"] == {"enabled": True, "keyType": "CUSTOMER_MANAGED_CMK", "keyArn": KEY}
        assert stream["extendedS3Configuration"]["kmsKeyArn"] == KEY


def test_firehose_writes_to_the_two_folders_and_deletes_nothing(archive):
    said = archive.permissions("smile-log-archive-writer")
    assert said["WriteCopies"]["Resource"] == [f"{BUCKET}/log-groups/*", f"{BUCKET}/log-groups-errors/*"]
    assert not [action for each in said.values() for action in each["Action"] if "Delete" in action]
    assert said["WriteCopiesWithKey"]["Condition"]["StringEquals"] == {
        "kms:ViaService": "s3.ap-southeast-3.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": BUCKET,
    }


def test_cloudwatch_logs_sends_to_these_streams_for_logs_of_this_account_alone(archive):
    (send,) = archive.permissions("smile-log-archive-sender").values()
    assert send["Action"] == ["firehose:PutRecord"]
    prefix = "arn:aws:firehose:ap-southeast-3:123456789012:deliverystream/smile-prod-log-archive"
    assert send["Resource"] == [f"{prefix}-database-audit", f"{prefix}-application-control-plane"]
    role = archive.of("iam/role:Role")["smile-log-archive-sender"]
    (trust,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "logs.amazonaws.com"}
    assert trust["Condition"] == {"ArnLike": {"aws:SourceArn": "arn:aws:logs:ap-southeast-3:123456789012:*"}}


def test_a_subscription_is_made_when_its_log_and_its_roles_policy_are_there(archive):
    """CloudWatch Logs tries out what it is told to send to."""
    (made,) = [each for each in archive.resources if each.type == f"aws:{SUBSCRIPTION}" and each.name == NAME]
    before = {urn.rpartition("::")[2] for urn in made.dependencies}
    assert {"smile-database-audit", NAME, "smile-log-archive-sender"} <= before


@pytest.mark.parametrize(
    ("role", "metric", "dimension", "above"),
    [
        ("late", "DeliveryToS3.DataFreshness", {"DeliveryStreamName": PHYSICAL}, 2700),
        ("throttled", "ThrottledRecords", {"DeliveryStreamName": PHYSICAL}, 0),
        ("refused", "DeliveryErrors", {"LogGroupName": PATH}, 0),
    ],
)
def test_copies_that_are_late_or_lost_raise_an_alarm(archive, role, metric, dimension, above):
    alarm = archive.of(ALARM)[f"{NAME}-{role}"]
    assert (alarm["metricName"], alarm["dimensions"], alarm["threshold"]) == (metric, dimension, above)
    assert alarm["alarmDescription"].startswith(f"Records of {PATH} ")
    assert alarm["alarmDescription"].endswith("docs/runbooks/audit.md")


def test_an_archive_before_any_audit_log_is_an_error(foundation_of):
    context = foundation_of()
    settings = load_from_files("prod").storage

    def program():
        storage = ObjectStorage("smile", ObjectStorageArgs(context=context, settings=settings))
        LogArchive("smile-log-archive", LogArchiveArgs(context=context, bucket=storage.buckets["log-copies"]))

    with pytest.raises(ValueError, match="smile-log-archive: no component has made an audit log yet"):
        record(program)

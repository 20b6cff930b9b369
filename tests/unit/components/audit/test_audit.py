"""The audit trail: what it records, where that is kept, and what people are told of."""

import json
from dataclasses import replace

import pytest

from components.audit.audit_trail import AuditTrail, AuditTrailArgs
from components.audit.watches import watches
from settings import load_from_files
from tests.recording import record

TRAIL, FILTER, ALARM = "cloudtrail/trail:Trail", "cloudwatch/logMetricFilter:LogMetricFilter", "cloudwatch/metricAlarm"
ARN = "arn:aws:cloudtrail:ap-southeast-3:123456789012:trail/smile-prod-trail"


@pytest.fixture(scope="module")
def audit(context):
    args = AuditTrailArgs(context=context, bucket_name="smile-audit", unrecorded_buckets=["arn:aws:s3:::smile-logs"])
    return record(lambda: AuditTrail("smile", args).arn)


@pytest.mark.requirement("SMILE-SECRETS-04")
@pytest.mark.requirement("SMILE-AUDIT-01")
def test_every_management_event_is_recorded_reads_included(audit):
    selector = audit.one(TRAIL)["advancedEventSelectors"][0]
    # A selector that names readOnly takes one of the two; without it, both.
    assert selector["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    trail = audit.one(TRAIL)
    assert trail["isMultiRegionTrail"] is trail["includeGlobalServiceEvents"] is True


@pytest.mark.requirement("SMILE-AUDIT-06")
def test_who_touches_objects_and_functions_is_recorded_but_for_buckets_of_logs(audit):
    """The slash is AWS's: without it, a bucket smile-logs-of-users would be left out too."""
    _, objects, functions = audit.one(TRAIL)["advancedEventSelectors"]
    assert objects["fieldSelectors"] == [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::S3::Object"]},
        {"field": "resources.ARN", "notStartsWiths": ["arn:aws:s3:::smile-logs/"]},
    ]
    assert functions["fieldSelectors"] == [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::Lambda::Function"]},
    ]


@pytest.mark.requirement("SMILE-AUDIT-06")
def test_documents_backups_and_audit_records_are_among_the_recorded_buckets():
    storage = load_from_files("prod").storage
    assert {"documents", "backups", "audit", "archive"} <= {*storage.buckets} - {*storage.without_data_events}


def test_far_more_calls_or_errors_than_usual_are_events(audit):
    insights = [each["insightType"] for each in audit.one(TRAIL)["insightSelectors"]]
    assert insights == ["ApiCallRateInsight", "ApiErrorRateInsight"]


@pytest.mark.requirement("SMILE-AUDIT-01")
def test_records_are_encrypted_and_a_change_to_them_is_found_out(audit, context):
    trail = audit.one(TRAIL)
    assert trail["enableLogFileValidation"] is True
    assert trail["kmsKeyId"] == context.keys["logs"]
    assert (trail["name"], trail["s3BucketName"]) == ("smile-prod-trail", "smile-audit")
    assert audit.result == ARN


def test_a_copy_that_can_be_watched_is_written_by_a_role_for_this_trail(audit):
    """CloudTrail names no source as it takes on the role: with a condition on one, no trail could be made."""
    trail = audit.one(TRAIL)
    assert trail["cloudWatchLogsGroupArn"] == "arn:of:LogGroup/smile-trail:*"
    assert trail["cloudWatchLogsRoleArn"] == "arn:of:Role/smile-trail"
    assert audit.one("cloudwatch/logGroup:LogGroup")["skipDestroy"] is True
    trust = json.loads(audit.one("iam/role:Role")["assumeRolePolicy"])["Statement"][0]
    assert trust["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert "Condition" not in trust
    (write,) = json.loads(audit.one("iam/policy:Policy")["policy"])["Statement"]
    stream = "log-group:/smile/prod/trail:log-stream:123456789012_CloudTrail_*"
    assert write["Resource"] == [f"arn:aws:logs:ap-southeast-3:123456789012:{stream}"]


@pytest.mark.requirement("SMILE-SECRETS-04")
def test_people_are_told_when_somebody_else_reads_a_secret(audit, context):
    watched = audit.of(FILTER)["smile-secret-read"]
    assert watched["logGroupName"] == "/smile/prod/trail"
    for part in (
        '$.eventSource = "secretsmanager.amazonaws.com"',
        '$.eventName = "GetSecretValue" || $.eventName = "BatchGetSecretValue"',
        "$.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS",
        '$.userIdentity.sessionContext.sessionIssuer.userName != "smile-*"',
        '$.userIdentity.type != "AWSService"',
    ):
        assert part in watched["pattern"]
    alarm = audit.of(f"{ALARM}:MetricAlarm")["smile-secret-read"]
    assert (alarm["namespace"], alarm["metricName"]) == ("smile-prod/audit", "secret-read")
    assert watched["metricTransformation"] == {"namespace": "smile-prod/audit", "name": "secret-read", "value": "1"}
    assert (alarm["threshold"], alarm["comparisonOperator"]) == (0, "GreaterThanThreshold")
    assert alarm["alarmActions"] == [context.topics["warning"]]


@pytest.mark.requirement("SMILE-SECRETS-03")
def test_people_are_told_when_a_password_could_not_be_replaced(audit, context):
    assert '$.eventName = "RotationFailed"' in audit.of(FILTER)["smile-rotation-failed"]["pattern"]
    alarm = audit.of(f"{ALARM}:MetricAlarm")["smile-rotation-failed"]
    assert alarm["alarmActions"] == [context.topics["critical"]]


@pytest.mark.parametrize(
    ("name", "events", "severity"),
    [
        ("keys-disabled", "DisableKey ScheduleKeyDeletion", "critical"),
        ("trail-changed", "StopLogging DeleteTrail UpdateTrail", "critical"),
        ("iam-changed", "PutRolePolicy AttachRolePolicy CreatePolicyVersion", "warning"),
        ("bucket-access-changed", "PutBucketPolicy DeleteBucketPolicy", "warning"),
        ("config-changed", "StopConfigurationRecorder DeleteDeliveryChannel", "warning"),
        ("security-groups-changed", "AuthorizeSecurityGroupIngress", "warning"),
        ("network-acls-changed", "CreateNetworkAclEntry", "warning"),
        ("gateways-changed", "AttachInternetGateway", "warning"),
        ("routes-changed", "CreateRoute ReplaceRoute", "warning"),
        ("vpcs-changed", "CreateVpc DeleteVpc", "warning"),
    ],
)
def test_a_change_that_opens_the_account_raises_an_alarm(audit, context, name, events, severity):
    pattern = audit.of(FILTER)[f"smile-{name}"]["pattern"]
    assert all(f'$.eventName = "{event}"' in pattern for event in events.split())
    # What the pipeline changes was reviewed; keys and trails concern people whoever did it.
    assert ('sessionIssuer.userName != "smile-prod-deploy"' in pattern) is (severity == "warning")
    alarm = audit.of(f"{ALARM}:MetricAlarm")[f"smile-{name}"]
    assert (alarm["metricName"], alarm["namespace"]) == (name, "smile-prod/audit")
    assert alarm["alarmActions"] == [context.topics[severity]]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("root-used", '$.userIdentity.type = "Root"'),
        ("root-used", '$.eventType != "AwsServiceEvent"'),
        ("sign-in-without-mfa", '$.additionalEventData.MFAUsed != "Yes"'),
        ("user-signed-in", '$.userIdentity.type = "IAMUser"'),
        ("sign-in-failed", '$.errorMessage = "Failed authentication"'),
    ],
)
def test_use_of_the_root_user_and_doubtful_sign_ins_raise_an_alarm(audit, name, part):
    assert part in audit.of(FILTER)[f"smile-{name}"]["pattern"]
    assert audit.of(f"{ALARM}:MetricAlarm")[f"smile-{name}"]["metricName"] == name


@pytest.mark.requirement("SMILE-SECRETS-04")
@pytest.mark.parametrize("environment_name", ["staging", "prod"])
def test_filters_are_balanced_and_short_enough(environment, environment_name):
    for watch in watches(replace(environment, name=environment_name)):
        assert watch.pattern.startswith("{ (")
        assert watch.pattern.endswith(") }")
        assert watch.pattern.count("(") == watch.pattern.count(")")
        assert len(watch.pattern) <= 1024

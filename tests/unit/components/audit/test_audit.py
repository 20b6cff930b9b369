"""The audit trail: what it records, where that is kept, and what people are told of."""

import json

import pytest

from components.audit.audit_trail import AuditTrail, AuditTrailArgs
from tests.recording import record

TRAIL, FILTER, ALARM = "cloudtrail/trail:Trail", "cloudwatch/logMetricFilter:LogMetricFilter", "cloudwatch/metricAlarm"
ARN = "arn:aws:cloudtrail:ap-southeast-3:123456789012:trail/smile-prod-trail"


@pytest.fixture(scope="module")
def audit(context):
    args = AuditTrailArgs(context=context, bucket_name="smile-audit")
    return record(lambda: AuditTrail("smile", args).arn)


@pytest.mark.requirement("SMILE-SECRETS-04")
@pytest.mark.requirement("SMILE-AUDIT-01")
def test_every_management_event_is_recorded_reads_included(audit):
    (selector,) = audit.one(TRAIL)["advancedEventSelectors"]
    # A selector that names readOnly takes one of the two; without it, both.
    assert selector["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]
    trail = audit.one(TRAIL)
    assert trail["isMultiRegionTrail"] is trail["includeGlobalServiceEvents"] is True


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


@pytest.mark.requirement("SMILE-SECRETS-04")
@pytest.mark.parametrize("watch", ["smile-secret-read", "smile-rotation-failed"])
def test_a_filter_is_balanced(audit, watch):
    pattern = audit.of(FILTER)[watch]["pattern"]
    assert pattern.startswith("{ (")
    assert pattern.endswith(") }")
    assert pattern.count("(") == pattern.count(")")
    assert len(pattern) <= 1024

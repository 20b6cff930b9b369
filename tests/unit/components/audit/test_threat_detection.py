"""GuardDuty and IAM Access Analyzer: what is on, whose it is, and who hears of what they find."""

import json

import pytest

from components.audit.settings import Audit
from components.audit.threat_detection import ThreatDetection, ThreatDetectionArgs
from tests.recording import record

DETECTOR, FEATURE = "guardduty/detector:Detector", "guardduty/detectorFeature:DetectorFeature"
ANALYZER = "accessanalyzer/analyzer:Analyzer"
RULE, TARGET = "cloudwatch/eventRule:EventRule", "cloudwatch/eventTarget:EventTarget"


@pytest.fixture(scope="module")
def detection(context):
    def make(**owners):
        args = ThreatDetectionArgs(context=context, settings=Audit(**owners), runbook="docs/components/audit.md")
        return record(lambda: ThreatDetection("smile-detection", args))

    return make


def test_each_protection_plan_that_takes_no_agent_is_on(detection):
    made = detection()
    detector = made.one(DETECTOR)
    assert (detector["enable"], detector["findingPublishingFrequency"]) == (True, "FIFTEEN_MINUTES")
    features = made.of(FEATURE).values()
    assert {each["name"]: each["status"] for each in features} == {
        "EBS_MALWARE_PROTECTION": "ENABLED",
        "EKS_AUDIT_LOGS": "ENABLED",
        "LAMBDA_NETWORK_LOGS": "ENABLED",
        "RDS_LOGIN_EVENTS": "ENABLED",
        "S3_DATA_EVENTS": "ENABLED",
    }
    assert {each["detectorId"] for each in features} == {"Detector/smile-detection"}


def test_what_is_open_to_other_accounts_is_analyzed(detection):
    analyzer = detection().one(ANALYZER)
    assert (analyzer["type"], analyzer["analyzerName"]) == ("ACCOUNT", "smile-prod-external-access")


@pytest.mark.requirement("SMILE-AUDIT-09")
def test_access_that_nobody_used_for_so_long_is_analyzed_where_the_settings_say_how_long(detection):
    found = detection(unused_access_days=90).of(ANALYZER)["smile-detection-unused-access"]
    assert (found["type"], found["analyzerName"]) == ("ACCOUNT_UNUSED_ACCESS", "smile-prod-unused-access")
    assert found["configuration"] == {"unusedAccess": {"unusedAccessAge": 90}}
    assert list(detection().of(ANALYZER)) == ["smile-detection"]


@pytest.mark.parametrize(
    ("role", "detail", "severity"),
    [
        ("threat-high", {"severity": [{"numeric": [">=", 7]}]}, "critical"),
        ("threat-medium", {"severity": [{"numeric": [">=", 4, "<", 7]}]}, "warning"),
        ("external-access", {"status": ["ACTIVE"]}, "critical"),
    ],
)
def test_a_finding_reaches_people_by_its_severity(detection, context, role, detail, severity):
    made = detection()
    rule, target = (made.of(kind)[f"smile-detection-{role}"] for kind in (RULE, TARGET))
    assert json.loads(rule["eventPattern"])["detail"] == detail
    assert (target["rule"], target["arn"]) == (f"smile-prod-{role}", context.topics[severity])
    assert "See docs/components/audit.md" in target["inputTransformer"]["inputTemplate"]


def test_a_message_names_no_person(detection):
    """Mail may leave the country, and a finding's title names users."""
    paths = {
        path for target in detection().of(TARGET).values() for path in target["inputTransformer"]["inputPaths"].values()
    }
    named = ("severity", "type", "id", "resource", "isPublic")
    assert paths == {f"$.detail.{field}" for field in named}


@pytest.mark.parametrize(("service", "type_", "rules"), [("guardduty", DETECTOR, 2), ("access_analyzer", ANALYZER, 1)])
def test_of_somebody_elses_the_stack_has_the_notices_alone_and_of_nobodys_none(detection, service, type_, rules):
    others = {"guardduty": "none", "access_analyzer": "none"} | {service: "account"}
    made = detection(**others)
    assert (made.of(type_), made.of(FEATURE), len(made.of(RULE))) == ({}, {}, rules)
    assert detection(guardduty="none", access_analyzer="none").of(RULE) == {}

"""Whose GuardDuty, Security Hub and Inspector of an account are."""

import pytest

from doctor.checks import security

GUARDDUTY, HUB, INSPECTOR = security.CHECKS
OURS = {"Project": "smile5", "Environment": "prod"}
DETECTOR = {"ServiceRole": "x", "Status": "ENABLED"}
ON, OFF = {"HubArn": "arn:aws:securityhub:ap-southeast-3:210987654321:hub/default"}, "InvalidAccessException"


@pytest.mark.parametrize(
    ("owner", "tags", "verdict", "fix"),
    [
        ("stack", None, "fine", ""),
        ("stack", OURS, "fine", ""),
        ("stack", {}, "blocks", "smile:audit: {guardduty: account}"),
        ("account", {}, "fine", ""),
        ("account", None, "warning", "smile:audit: {guardduty: stack}"),
        ("none", None, "fine", ""),
    ],
)
def test_the_one_detector_is_whose_the_settings_say(says, owner, tags, verdict, fix):
    answers = [("list_detectors", {"DetectorIds": [] if tags is None else ["12abc"]})]
    if tags is not None:
        answers.append(("get_detector", DETECTOR | {"Tags": tags}))
    result = says(GUARDDUTY, {"guardduty": answers}, audit={"guardduty": owner})["GuardDuty"]
    assert result.verdict == verdict
    assert fix in result.fix


@pytest.mark.parametrize(
    ("owner", "answer", "verdict"),
    [("stack", ON, "fine"), ("stack", OFF, "fine"), ("account", ON, "fine"), ("account", OFF, "warning")],
)
def test_a_security_hub_that_somebody_has_is_on(says, owner, answer, verdict):
    result = says(HUB, {"securityhub": [("describe_hub", answer)]}, audit={"security_hub": owner})["Security Hub"]
    assert result.verdict == verdict


@pytest.mark.parametrize(
    ("owner", "status", "verdict"),
    [("stack", "DISABLED", "fine"), ("account", "ENABLED", "fine"), ("account", "DISABLED", "warning")],
)
def test_an_inspector_that_somebody_has_is_on(says, owner, status, verdict):
    state = {"status": status, "errorCode": "RESOURCE_NOT_FOUND", "errorMessage": "-"}
    states = dict.fromkeys(("ec2", "ecr"), state)
    answer = (
        "batch_get_account_status",
        {"accounts": [{"accountId": "1" * 12, "state": state, "resourceState": states}]},
    )
    result = says(INSPECTOR, {"inspector2": [answer]}, audit={"inspector": owner})["Inspector"]
    assert result.verdict == verdict

"""What an account has once: roles of services, AWS Config, AWS Backup's choices, GitHub's identity provider."""

import pytest

from doctor.checks import services
from doctor.needs import service_linked_roles
from settings import load_from_files
from tests.unit.doctor.conftest import REAL

LINKED, CONFIG, BACKUP, PROVIDER = services.CHECKS
OURS = [{"Key": "Project", "Value": "smile5"}, {"Key": "Environment", "Value": "prod"}]


@pytest.mark.parametrize(("missing", "verdict"), [(0, "fine"), (1, "warning")])
def test_service_linked_roles_are_there_first(says, missing, verdict):
    names = [role.name for role in service_linked_roles(load_from_files("prod"))]
    path = "/aws-service-role/rds.amazonaws.com/"
    roles = [
        {
            "Path": path,
            "RoleName": name,
            "RoleId": "A" * 16,
            "Arn": f"arn:aws:iam::{REAL}:role{path}{name}",
            "CreateDate": 0,
        }
        for name in names[missing:]
    ]
    listed = ("list_roles", {"Roles": roles}, {"PathPrefix": "/aws-service-role/"})
    (result,) = says(LINKED, {"iam": [listed]}).values()
    assert result.verdict == verdict
    assert verdict == "fine" or result.found == f"{names[0]} not there"


OWN, LANDING_ZONES = "smile-prod", "aws-controltower-BaselineConfigRecorder"


@pytest.mark.parametrize(
    ("whose", "recorders", "verdict", "fix"),
    [
        ("stack", {}, "fine", ""),
        ("stack", {OWN: True}, "fine", ""),
        ("stack", {OWN: False}, "warning", "the next update turns it on"),
        ("stack", {LANDING_ZONES: True}, "blocks", "configuration_recorder: account"),
        ("stack", {LANDING_ZONES: False}, "blocks", "configuration_recorder: account"),
        ("account", {LANDING_ZONES: True}, "fine", ""),
        ("account", {LANDING_ZONES: False}, "warning", "configuration_recorder: stack"),
        ("account", {}, "warning", "configuration_recorder: stack"),
    ],
)
def test_the_one_recorder_of_aws_config_is_whose_the_settings_say(says, whose, recorders, verdict, fix):
    status = [{"name": name, "recording": recording} for name, recording in recorders.items()]
    answer = ("describe_configuration_recorder_status", {"ConfigurationRecordersStatus": status})
    result = says(CONFIG, {"config": [answer]}, audit={"configuration_recorder": whose})["AWS Config"]
    assert result.verdict == verdict
    assert fix in result.fix


def test_nobodys_recorder_is_not_asked_for(says):
    assert "not needed" in says(CONFIG, audit={"configuration_recorder": "none"})["AWS Config"].found


def test_aws_backup_copies_what_the_plans_name(says):
    answer = ("describe_region_settings", {"ResourceTypeOptInPreference": {"EFS": True, "RDS": False}})
    result = says(BACKUP, {"backup": [answer]})["AWS Backup"]
    assert (result.verdict, result.found) == ("warning", "doesn't copy RDS, S3")
    assert "--resource-type-opt-in-preference RDS=true,S3=true" in result.fix


@pytest.mark.parametrize(
    ("setting", "answer", "verdict"),
    [
        ("create", "NoSuchEntity", "fine"),
        ("create", {"Tags": OURS}, "fine"),
        ("create", {"Tags": []}, "blocks"),
        ("existing", {"Tags": []}, "fine"),
        ("existing", "NoSuchEntity", "blocks"),
    ],
)
def test_an_account_has_one_identity_provider_of_github(says, setting, answer, verdict):
    answers = {"iam": [("get_open_id_connect_provider", answer)]}
    (result,) = says(PROVIDER, answers, deployment={"provider": setting}).values()
    assert result.verdict == verdict
    fix = "smile bootstrap --stack prod" if setting == "existing" else "smile:deployment: {provider: existing}"
    assert result.fix == ("" if verdict == "fine" else fix)

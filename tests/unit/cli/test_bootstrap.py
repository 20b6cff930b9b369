"""``smile bootstrap``: what it asks AWS for, once; what it refuses before anything is changed."""

import pytest

from cli import bootstrap
from cli.__main__ import main
from cli.account_requests import REQUESTS
from doctor import examination
from doctor.needs import STANDARD, service_linked_roles
from doctor.result import Result
from settings import load_from_files
from tests.unit.cli.documents import documented
from tests.unit.doctor.conftest import REAL
from tests.unit.doctor.test_quotas import quota

LINKED, QUOTAS, BACKUP = REQUESTS
NAMES = [role.name for role in service_linked_roles(load_from_files("prod"))]
ENOUGH = [("describe_addresses", {"Addresses": []}), ("describe_vpcs", {"Vpcs": []})]


def role(name):
    path = "/aws-service-role/x.amazonaws.com/"
    arn = f"arn:aws:iam::{REAL}:role{path}{name}"
    return {"Path": path, "RoleName": name, "RoleId": "A" * 16, "Arn": arn, "CreateDate": 0}


def test_roles_that_are_missing_are_made_and_the_others_left(account_of):
    missing = service_linked_roles(load_from_files("prod"))[0]
    listed = ("list_roles", {"Roles": [role(name) for name in NAMES[1:]]})
    made = ("create_service_linked_role", {"Role": role(missing.name)}, {"AWSServiceName": missing.service})
    answers = list(LINKED(account_of({"iam": [listed, made]})))
    assert answers[0] == (f"{missing.name}: made", True)
    assert {each.what for each in answers[1:]} == {f"{name}: there" for name in NAMES[1:]}


def test_a_role_that_is_refused_keeps_no_other_from_being_made(account_of):
    first, second = service_linked_roles(load_from_files("prod"))[:2]
    listed = ("list_roles", {"Roles": [role(name) for name in NAMES[2:]]})
    refused = ("create_service_linked_role", "AccessDenied")
    made = ("create_service_linked_role", {"Role": role(second.name)}, {"AWSServiceName": second.service})
    answers = list(LINKED(account_of({"iam": [listed, refused, made]})))
    assert not answers[0].done
    assert answers[0].what.startswith(f"{first.name}: AccessDenied: ")
    assert answers[1] == (f"{second.name}: made", True)
    assert [each.done for each in answers].count(False) == 1


def quotas(vcpus, *after):
    others = [quota("L-0263D0A3", 10), quota("L-F678F1CE", 5, "vpc")]
    others += [quota("L-0EA8095F", 60, "vpc"), quota("L-29B6F2EB", 50, "vpc"), quota("L-B99A9384", 1000, "lambda")]
    return {
        "service-quotas": [quota("L-1216C47A", vcpus), *after, *others],
        "ec2": ENOUGH,
        "lambda": [("list_functions", {"Functions": []})],
    }


WHICH = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"}
DEFAULT = ("get_aws_default_service_quota", {"Quota": {"Value": 5.0}}, WHICH)
HISTORY = "list_requested_service_quota_change_history_by_quota"


def test_a_quota_is_asked_for_with_room_for_the_largest_size(account_of):
    denied = (HISTORY, {"RequestedQuotas": [WHICH | {"Status": "DENIED", "DesiredValue": 900.0}]}, WHICH)
    asked = ("request_service_quota_increase", {"RequestedQuota": {}}, WHICH | {"DesiredValue": 1102.0})
    first, *others = QUOTAS(account_of(quotas(5, denied, DEFAULT, asked)))
    assert first.what.startswith(f"quota of {STANDARD.what}: 1102 asked for")
    assert all(each.what.endswith("enough") for each in others)


def test_a_quota_is_never_asked_for_below_aws_own_default_and_a_refusal_is_left(account_of):
    default = (DEFAULT[0], {"Quota": {"Value": 2000.0}}, WHICH)
    nothing = (HISTORY, {"RequestedQuotas": []}, WHICH)
    refused = ("request_service_quota_increase", "IllegalArgumentException")
    first, *others = QUOTAS(account_of(quotas(5, nothing, default, refused)))
    assert not first.done
    assert "2000 not asked for" in first.what
    assert all(each.done for each in others)


def test_a_quota_that_may_not_be_looked_up_keeps_no_other_from_being_asked_for(account_of):
    answers = quotas(2000)
    answers["service-quotas"][0] = ("get_service_quota", "AccessDeniedException")
    first, *others = QUOTAS(account_of(answers))
    assert not first.done
    assert first.what.startswith(f"quota of {STANDARD.what}: AccessDeniedException: ")
    assert others
    assert all(each.done for each in others)


def test_a_quota_with_an_open_request_is_not_asked_for_again(account_of):
    pending = (HISTORY, {"RequestedQuotas": [WHICH | {"Status": "CASE_OPENED", "DesiredValue": 1102.0}]}, WHICH)
    first, *_ = QUOTAS(account_of(quotas(5, pending)))
    assert first == (f"quota of {STANDARD.what}: 1102 asked for already, no answer yet", True)


def test_aws_backup_copies_what_the_plans_name_and_other_kinds_stay(account_of):
    choices = ("describe_region_settings", {"ResourceTypeOptInPreference": {"EFS": True, "DynamoDB": False}})
    turned = ("update_region_settings", {}, {"ResourceTypeOptInPreference": {"RDS": True, "S3": True}})
    (answer,) = BACKUP(account_of({"backup": [choices, turned]}))
    assert answer.what.endswith("RDS, S3 turned on")
    (answer,) = BACKUP(
        account_of(
            {"backup": [(choices[0], {"ResourceTypeOptInPreference": dict.fromkeys(["EFS", "RDS", "S3"], True)})]}
        )
    )
    assert "turned on" not in answer.what


def test_what_aws_refuses_is_left_and_keeps_nothing_else_from_being_asked(account_of, capsys, monkeypatch):
    copies = ("describe_region_settings", {"ResourceTypeOptInPreference": dict.fromkeys(["EFS", "RDS", "S3"], True)})
    account = account_of({"iam": [("list_roles", "AccessDenied")], "backup": [copies]} | quotas(2000))
    assert bootstrap.ask(account).tell(as_json=False) == 1
    said = capsys.readouterr()
    assert "LEFT  linked roles: AccessDenied" in said.out
    assert "ok    AWS Backup copies EFS, RDS, S3" in said.out
    assert "run it again" in said.err


def test_all_done_says_what_comes_next(account_of, capsys):
    copies = ("describe_region_settings", {"ResourceTypeOptInPreference": dict.fromkeys(["EFS", "RDS", "S3"], True)})
    there = ("list_roles", {"Roles": [role(name) for name in NAMES]})
    asked = bootstrap.ask(account_of({"iam": [there], "backup": [copies]} | quotas(2000)))
    assert asked.tell(as_json=False) == 0
    assert "next: smile doctor --stack prod" in capsys.readouterr().out
    asked.tell(as_json=True)
    assert all(each["done"] for each in documented("bootstrap", capsys.readouterr().out)["answers"])


def test_other_credentials_change_nothing(monkeypatch, capsys):
    wrong = Result(subject="credentials", found="of account 999999999999", needed="others", check="identity")
    monkeypatch.setattr(examination, "examine", lambda *_, **__: [wrong])
    monkeypatch.setattr("cli.account_program.bring_up", lambda *_, **__: pytest.fail("ran"))
    assert main(["bootstrap", "--stack", "prod", "--yes"]) == 1
    said = capsys.readouterr()
    assert "of account 999999999999" in said.err
    assert "nothing was changed" in said.err


def test_a_stack_without_settings_changes_nothing(capsys):
    assert main(["bootstrap", "--stack", "nowhere", "--yes"]) == 2
    assert "no stack 'nowhere'; valid: dev, prod, staging" in capsys.readouterr().err

"""Whose account it is comes first: other credentials, none, or a Region that isn't enabled end everything else."""

from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from doctor.checks import identity
from doctor.examination import CHECKS, examine, exit_code
from doctor.result import NOT_ASKED, Check, fine
from tests.unit.doctor.conftest import REAL

OWN = ("get_caller_identity", {"Account": REAL, "Arn": f"arn:aws:sts::{REAL}:assumed-role/admin/me", "UserId": "x"})
OTHER = ("get_caller_identity", {"Account": "999999999999", "Arn": "arn:aws:iam::999999999999:user/me", "UserId": "x"})
IDENTITY, REGION = identity.CHECKS


def never(_):
    pytest.fail("asked about an account that isn't the stack's")
    yield


AFTER = [
    Check("anything", never, ("ec2:DescribeVpcs",)),
    Check("here", lambda _: iter([fine("here", "fine")]), (), in_account=False),
]


def test_own_credentials_and_an_enabled_region_let_the_rest_be_asked(account_of):
    asked = Check("anything", lambda _: iter([fine("anything", "there")]))
    account = account_of(
        {
            "sts": [OWN],
            "account": [
                (
                    "get_region_opt_status",
                    {"RegionName": "ap-southeast-3", "RegionOptStatus": "ENABLED"},
                    {"RegionName": "ap-southeast-3"},
                )
            ],
        }
    )
    results = examine(account, checks=[asked])
    assert {each.verdict for each in results} == {"fine"}
    assert [each.check for each in results] == ["identity", "identity", "region", "anything"]
    assert exit_code(results) == 0


def test_credentials_of_another_account_ask_it_nothing(account_of):
    results = examine(account_of({"sts": [OTHER]}), checks=AFTER)
    wrong = next(each for each in results if each.subject == "credentials")
    assert wrong.verdict == "blocks"
    assert "of account 999999999999" in wrong.found
    assert f"credentials of account {REAL}, as smile:account in Pulumi.prod.yaml says" in wrong.needed
    assert [each.found for each in results if each.check == "anything"] == [NOT_ASKED]
    assert [each.verdict for each in results if each.check == "here"] == ["fine"]
    assert exit_code(results) == 2


@pytest.mark.parametrize(("status", "fix"), [("DISABLED", "aws account enable-region"), ("ENABLING", "wait")])
def test_a_region_that_is_not_enabled_blocks_and_ends_the_rest(account_of, status, fix):
    opted = ("get_region_opt_status", {"RegionName": "ap-southeast-3", "RegionOptStatus": status})
    results = examine(account_of({"sts": [OWN], "account": [opted]}), checks=AFTER)
    region = next(each for each in results if each.check == "region")
    assert (region.verdict, region.found, region.needed) == ("blocks", status.lower(), "enabled")
    assert region.fix.startswith(fix)
    assert NOT_ASKED in [each.found for each in results]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        (NoCredentialsError(), "no credentials"),
        (EndpointConnectionError(endpoint_url="https://sts.us-east-1.amazonaws.com/"), "no answer: Could not connect"),
    ],
)
def test_no_credentials_or_no_network_is_a_result(account_of, monkeypatch, refusal, says):
    account = account_of()

    def refuse(**_):
        raise refusal

    monkeypatch.setattr(account.client("sts"), "get_caller_identity", refuse)
    results = examine(account, checks=AFTER)
    (told,) = (each for each in results if each.subject == "identity")
    assert told.verdict == "not checked"
    assert says in told.found
    assert told.fix
    assert exit_code(results) == 1


def test_an_example_account_is_no_account(account_of):
    account = account_of({"sts": [OWN]})
    example = account.settings.account.model_copy(update={"id": "123456789012"})
    account = replace(account, settings=account.settings.model_copy(update={"account": example}))
    (result, _) = identity.identity(account)
    assert result.verdict == "blocks"
    assert "an example of AWS's" in result.needed


def test_every_check_that_asks_aws_says_which_permissions_it_takes():
    for check in (*identity.CHECKS, *CHECKS):
        assert check.in_account == bool(check.permissions), check.name
    assert len({check.name for check in CHECKS}) == len(CHECKS)


def test_permissions_are_actions_of_iam_that_only_read():
    from policy_sentry.querying.actions import get_action_data

    for check in (*identity.CHECKS, *CHECKS):
        for permission in check.permissions:
            service, _, action = permission.partition(":")
            data = get_action_data(service, action)
            assert data, permission
            assert {each["access_level"] for each in data[service]} <= {"Read", "List"}, permission

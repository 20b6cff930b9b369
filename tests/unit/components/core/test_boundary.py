"""The boundary of the platform's roles, and their names."""

import json
import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.cluster.roles import NodeRole
from components.core.boundary import DENIED, SERVICES, PermissionsBoundary, boundary_arn, statements
from components.core.environment import Environment
from components.core.iam import Statement, document
from components.core.service_role import LONGEST_ROLE, ServiceRole, ServiceRoleArgs
from guardrails.iam.actions import PERMISSIONS_MANAGEMENT, every_action
from tests.recording import record

LONGEST_POLICY_TEXT = 6144
"""Characters that IAM takes of a managed policy."""
BOUNDARY = "arn:aws:iam::123456789012:policy/smile-prod-boundary"
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,100}", fullmatch=True)


@pytest.fixture(scope="module")
def bounded():
    def program():
        plain = Environment(name="prod", account_id="123456789012", region="ap-southeast-3", project="smile")
        boundary = PermissionsBoundary("smile", plain)
        environment = Environment(
            name="prod", account_id="123456789012", region="ap-southeast-3", project="smile", boundary=boundary.arn
        )
        write = Statement(sid="Write", actions=["sqs:SendMessage"], resources=[environment.arn("sqs", "smile-prod-a")])
        args = ServiceRoleArgs(
            environment=environment, service="lambda.amazonaws.com", description="Work", statements=[write], tags={}
        )
        ServiceRole("smile-work", args)
        NodeRole("smile-application-nodes", environment, {}, tags={})
        return boundary.arn

    return record(program)


def actions(effect, environment):
    return {action for each in statements(environment) if each.effect == effect for action in each.actions}


@pytest.mark.requirement("SMILE-SEC-19")
def test_every_role_carries_the_boundary_and_waits_for_it(bounded):
    assert bounded.result == BOUNDARY
    roles = [each for each in bounded.resources if each.type == "aws:iam/role:Role"]
    assert {each.inputs["name"] for each in roles} == {"smile-prod-work", "smile-prod-application-nodes"}
    (policy,) = [each for each in bounded.resources if each.inputs.get("name") == "smile-prod-boundary"]
    for role in roles:
        assert role.inputs["permissionsBoundary"] == BOUNDARY
        assert policy.urn in role.dependencies


def test_policies_have_the_stack_in_their_names(bounded):
    assert {each["name"] for each in bounded.of("iam/policy:Policy").values()} == {
        "smile-prod-boundary",
        "smile-prod-work",
    }


def test_boundary_keeps_work_in_the_country(environment):
    work = next(each for each in statements(environment) if each.sid == "WorkInTheCountry")
    assert work.conditions == {"StringEquals": {"aws:RequestedRegion": ("ap-southeast-3",)}}
    everywhere = {
        action
        for each in statements(environment)
        if each.effect == "Allow" and not each.conditions
        for action in each.actions
    }
    assert {action.partition(":")[0] for action in everywhere} == {"iam", "pricing"}


def test_boundary_has_no_way_to_identities_accounts_or_audit(environment):
    allowed = actions("Allow", environment)
    reached = {action.partition(":")[0] for action in allowed}
    assert not reached & {"organizations", "account", "sts", "cloudtrail", "config", "guardduty", "sso", "billing", "*"}
    changing = {action for action in allowed if action.startswith("iam:")} - {"iam:PassRole"}
    assert all("InstanceProfile" in action for action in changing)


@pytest.mark.parametrize(
    "action",
    ["kms:ScheduleKeyDeletion", "backup:DeleteRecoveryPoint", "s3:BypassGovernanceRetention", "ec2:DeleteFlowLogs"],
)
def test_boundary_denies_the_end_of_keys_backups_and_audit(environment, action):
    assert action in actions("Deny", environment)
    assert all(list(each.resources) == ["*"] for each in statements(environment) if each.sid in DENIED)


OPENS = re.compile(
    r":(createaccessgrant|(put|add|set|modify)\w*"
    r"(policy(forobjectlambda)?|permissions?|acl|publicaccessblock|snapshotattribute|(queue|topic)attributes))$"
)


def test_boundary_denies_each_action_by_which_a_service_opens_a_resource_to_others(environment):
    """By the access levels of AWS's service authorization reference."""
    opening = {
        each.lower
        for each in every_action()
        if each.level == PERMISSIONS_MANAGEMENT
        and each.lower.partition(":")[0] in SERVICES
        and OPENS.search(each.lower)
    }
    denied = [action.lower() for each in statements(environment) if each.sid in DENIED for action in each.actions]
    assert len(opening) > 20
    assert {each for each in opening if not any(fnmatchcase(each, action) for action in denied)} == set()


def test_boundary_denies_what_belongs_to_other_accounts(environment):
    deny = next(each for each in statements(environment) if each.sid == "DenyOtherAccounts")
    assert deny.effect == "Deny"
    assert deny.conditions["StringNotEquals"] == {"aws:ResourceAccount": "123456789012"}
    assert {"s3:*", "kms:*", "secretsmanager:*", "sqs:*"} <= set(deny.actions)


def test_boundary_is_within_what_iam_takes():
    environment = Environment(name="staging", account_id="123456789012", region="ap-southeast-3", project="smile")
    assert len(document(*statements(environment))) <= LONGEST_POLICY_TEXT
    assert boundary_arn(environment).endswith(":policy/smile-staging-boundary")
    assert json.loads(document(*statements(environment)))


@given(first=NAMES, second=NAMES)
def test_physical_names_fit_and_stay_apart(first, second):
    environment = Environment(name="staging", account_id="123456789012", region="ap-southeast-3", project="smile")
    one, other = (environment.physical_name(f"smile-{name}", LONGEST_ROLE) for name in (first, second))
    assert one.startswith("smile-staging-")
    assert len(one) <= LONGEST_ROLE
    assert (one == other) == (first == second)


def test_a_program_names_the_services_that_its_roles_work_with_besides(environment):
    first = next(statements(environment, ("codebuild", "ses", "s3")))
    assert {"codebuild:*", "ses:*"} <= set(first.actions)
    assert list(first.actions).count("s3:*") == 1
    assert "codebuild:*" not in next(statements(environment)).actions

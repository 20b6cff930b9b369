"""What documents allow, from the service data; where documents are; and what that costs."""

import json
import os
import subprocess
import sys

import pytest
from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.shared.constants import PRIVILEGE_ESCALATION_METHODS
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.controls.security.iam import permissions, policies, principals, trust
from guardrails.engine.packs import load_controls
from guardrails.iam.actions import every_action, expand, is_known_condition_key
from guardrails.iam.analysis import escalation_methods, escalations, unconstrained_grants
from guardrails.iam.document import parse
from guardrails.iam.sources import policy_sources
from guardrails.model.control import Context, Violation
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from tests.paths import ROOT

MODULES = (principals, permissions, policies, trust)
POLICIES = ROOT / "policies"


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def resource(type_, **properties):
    return Resource(type_, f"urn:pulumi:t::p::{type_}::x", "x", lambda: (properties, frozenset()))


def verdict(control_id, subject):
    control = load_controls()[control_id]
    defaults = {name: schema["default"] for name, schema in control.parameters.items()}
    return list(control.check(subject, Context({"allowedAccounts": [], **defaults})))


@pytest.mark.parametrize("pattern", ["s3:GetObject", "S3:GETOBJECT", "s3:get*", "s3:?etObject", "s?:GetObject"])
def test_actions_expand_whatever_their_case(pattern):
    assert "s3:GetObject" in {action.name for action in expand(pattern)}


def test_an_unknown_action_expands_to_nothing_and_a_star_to_everything():
    assert expand("s3:GetObjects") == frozenset()
    assert expand("*") == every_action()
    assert len(every_action()) > 15_000


def test_condition_keys_of_services_templates_and_identity_providers_are_known():
    known = [
        "kms:EncryptionContext:x",
        "s3:ExistingObjectTag/a",
        "aws:RequestTag/a",
        "gitlab.com:sub",
        "sts:ExternalId",
    ]
    assert all(map(is_known_condition_key, known))
    assert not any(map(is_known_condition_key, ["aws:SourceAcount", "s3:prefixx", "nothing:here"]))


SAMPLE = sorted(action.name for needs in escalation_methods().values() for need in needs for action in expand(need))
"""Spelt as AWS does: cloudsplaining takes any other spelling for an action that can't be limited to an ARN."""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(SAMPLE), min_size=1, max_size=4),
            st.sampled_from(["*", "arn:aws:iam::111122223333:role/one"]),
            st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
            st.sampled_from([{}, {}, {"Condition": {"StringEquals": {"aws:ResourceTag/team": "smile"}}}]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_danger_is_the_one_cloudsplaining_finds(statements):
    """Where it and IAM agree: denials are unconditional, and every action can be limited to an ARN."""
    written = document(
        *(
            {**allow(actions, "*" if effect == "Deny" else on, **({} if effect == "Deny" else more)), "Effect": effect}
            for actions, on, effect, more in statements
        )
    )
    theirs = {found["type"] for found in PolicyDocument(written).allows_privilege_escalation}
    granted, unknown = unconstrained_grants(parse(written))
    comparable = {
        name
        for name, needs in PRIVILEGE_ESCALATION_METHODS.items()
        if all(any(action.arn_formats for action in expand(need)) for need in needs)
    }
    assert len(comparable) > 30
    ours = {name for name, needs in escalation_methods().items() if needs <= granted}
    assert not unknown
    assert ours & comparable == theirs & comparable


# https://pathfinding.cloud: code that runs with a role which exists already, and IAM Identity Center
FURTHER = """
    apprunner:UpdateService bedrock-agentcore:InvokeAgentRuntimeCommand codebuild:StartBuild codebuild:StartBuildBatch
    cloudformation:UpdateStack ecs:ExecuteCommand eks:AssociateAccessPolicy lambda:UpdateFunctionConfiguration
    sagemaker:CreatePresignedDomainUrl sso:CreateAccountAssignment sso:PutInlinePolicyToPermissionSet
    sso:AttachManagedPolicyToPermissionSet identitystore:CreateGroupMembership iam:DeleteRolePermissionsBoundary
    iam:DeleteUserPermissionsBoundary iam:UpdateSAMLProvider ssm:SendCommand ssm:StartSession batch:SubmitJob
"""


@pytest.mark.parametrize("action", FURTHER.split())
def test_an_action_that_alone_leads_to_more_permissions_is_a_danger(action):
    assert escalations(frozenset([action.lower()]))


def test_a_larger_method_is_not_reported_beside_the_smaller_that_is_enough():
    found = escalations(frozenset({"iam:attachuserpolicy", "iam:createaccesskey"}))
    assert found.keys() == {"AttachUserPolicy", "CreateAccessKey"}


def test_a_conditional_or_partial_denial_takes_nothing_away():
    for deny in (
        {**allow("iam:PutRolePolicy"), "Effect": "Deny", "Condition": {"Bool": {"aws:ViaAWSService": "true"}}},
        {**allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/one"), "Effect": "Deny"},
    ):
        granted, _ = unconstrained_grants(parse(document(allow("iam:PutRolePolicy"), deny)))
        assert "iam:putrolepolicy" in granted


def test_an_unknown_statement_does_not_hide_the_violation_in_the_next():
    policy = document(allow("s3:GetObject", UNKNOWN), allow("*"))
    first, second = verdict("LP-IAM-015", resource("aws:iam/policy:Policy", policy=policy))
    assert isinstance(first, UndeterminedError)
    assert first.path == "policy.Statement[0].Resource"
    assert isinstance(second, Violation)
    assert second.path == "policy.Statement[1]"


def writes(action):
    return verdict("LP-IAM-015", resource("aws:iam/policy:Policy", policy=document(allow(action))))


@pytest.mark.parametrize(
    "action",
    [
        *("ssm:PutParameter", "ssm:SendCommand", "ssm:UpdateInstanceInformation", "lambda:UpdateFunctionCode"),
        *("sqs:DeleteQueue", "secretsmanager:PutSecretValue", "rds:ModifyDBInstance", "backup:DeleteRecoveryPoint"),
    ],
)
def test_a_write_on_everything_is_refused_where_an_arn_could_be_named(action):
    (found,) = writes(action)
    assert found.why == f"changes any resource: {action}"


def test_a_write_on_everything_is_refused_in_every_service():
    restrictable = sorted(each.name for each in every_action() if each.level == "Write" and each.arn_formats)
    first = {name.partition(":")[0]: name for name in reversed(restrictable)}
    assert len(first) > 300
    assert [name for name in first.values() if not writes(name)] == []


def test_a_write_that_takes_no_arn_is_not_refused():
    assert not writes(["ssm:PutInventory", "ssm:PutConfigurePackageResult", "ssmmessages:OpenDataChannel"])


CHECKOV = {
    "LP-IAM-002": ([allow("*", "arn:aws:s3:::b")], [allow("s3:*", "arn:aws:s3:::b")]),
    "LP-IAM-004": ([allow("s3:ListBucket")], [allow(["xray:PutTraceSegments", "ec2:DescribeInstances"])]),
    "LP-IAM-009": ([allow("iam:UpdateLoginProfile")], [allow("lambda:CreateFunction", "s3")]),
    "LP-IAM-012": ([allow("iam:*")], [allow("s3:*", "arn:aws:s3:::example")]),
    "LP-IAM-013": ([allow(["s3:GetObject", "ssm:GetParameter"])], [allow("s3:GetObject", "arn:aws:s3:::b/*")]),
    "LP-IAM-014": ([allow("iam:CreateAccessKey")], [allow("lambda:CreateFunction", "arn:aws:s3:::b")]),
    "LP-IAM-015": ([allow("s3:*")], [allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"])]),
}
"""Statements that checkov's published tests expect to fail and to pass, by the control with its id."""


@pytest.mark.parametrize("control_id", CHECKOV)
def test_the_verdict_is_checkovs(control_id):
    failing, passing = (document(*statements) for statements in CHECKOV[control_id])
    assert verdict(control_id, resource("aws:iam/policy:Policy", policy=json.dumps(failing)))
    assert not verdict(control_id, resource("aws:iam/policy:Policy", policy=json.dumps(passing)))


ELEMENTS = ["Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "X"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Allow", "*", "s3:*", "arn:aws:s3:::b", ":", "", "é"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["AWS", "StringLike", "a:b"]), inner),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(ELEMENTS), VALUES), st.booleans())
def test_no_document_makes_a_control_fail(statement, allows):
    written = json.dumps(document({**statement, "Effect": "Allow"} if allows else statement))
    for control in (
        each for each in load_controls().values() if each.id.startswith("LP-IAM") and each.scope == "resource"
    ):
        for type_, name in (("aws:iam/policy:Policy", "policy"), ("aws:iam/role:Role", "assumeRolePolicy")):
            if type_ in control.types:
                try:
                    findings = verdict(control.id, resource(type_, **{name: written}))
                except UndeterminedError:
                    continue
                assert all(isinstance(each, Violation | UndeterminedError) for each in findings)


@pytest.mark.requirement("SMILE-SEC-20")
def test_users_keys_and_passwords_are_refused():
    for control_id, type_ in (
        ("LP-IAM-034", "aws:iam/user:User"),
        ("LP-IAM-036", "aws:iam/accessKey:AccessKey"),
        ("LP-IAM-037", "aws:iam/userLoginProfile:UserLoginProfile"),
    ):
        assert load_controls()[control_id].level == "mandatory"
        assert len(verdict(control_id, resource(type_))) == 1


ADMINISTRATOR = json.dumps(document(allow("*")))


@pytest.mark.parametrize(
    ("type_", "properties", "paths"),
    [
        ("aws:kms/key:Key", {"policy": ADMINISTRATOR, "description": "{}"}, ["policy"]),
        ("aws:sns/topicPolicy:TopicPolicy", {"policy": json.loads(ADMINISTRATOR)}, ["policy"]),
        ("aws:opensearch/domain:Domain", {"accessPolicies": UNKNOWN}, ["accessPolicies"]),
        ("aws:new/thing:Thing", {"somePolicy": ADMINISTRATOR, "other": "{}"}, ["somePolicy"]),
        ("aws:sqs/queue:Queue", {"redrivePolicy": '{"maxReceiveCount": 3}', "policy": None}, []),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": ADMINISTRATOR, "inlinePolicies": [{"name": "a", "policy": ADMINISTRATOR}]},
            ["assumeRolePolicy", "inlinePolicies[0].policy"],
        ),
    ],
)
def test_documents_are_found_in_any_resource(type_, properties, paths):
    assert [source.path for source in policy_sources(resource(type_, **properties))] == paths


def test_the_service_data_is_not_loaded_until_a_document_is_judged():
    program = (
        f"import sys, {', '.join(module.__name__ for module in MODULES)}; "
        "assert not [m for m in sys.modules if m.split('.')[0] in "
        "{'policy_sentry', 'cloudsplaining', 'parliament', 'botocore'}]"
    )
    path = os.pathsep.join([str(POLICIES), str(POLICIES.parent)])
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

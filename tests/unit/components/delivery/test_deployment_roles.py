"""The pipeline's roles: who takes them on, and what they may never do."""

import json
from fnmatch import fnmatchcase

import pytest

from components.core.environment import Environment
from components.core.iam import document
from components.core.protection import Protection
from components.delivery import container_services, services
from components.delivery.deployment_roles import DeploymentRoles, DeploymentRolesArgs
from components.delivery.permissions import Program, changes, reading
from components.delivery.settings import Deployment
from layers.delivery import program as program_of
from settings import load_from_files
from settings.deployment import CI_ROLE, IMAGE_WORKFLOW
from tests.recording import record

ISSUER = "token.actions.githubusercontent.com"
PUSH = "arn:aws:iam::123456789012:policy/push"
LONGEST_POLICY_TEXT = 6144


@pytest.fixture(scope="module")
def roles_of(foundation_of):
    """Record the roles with other settings than prod's."""

    def make(push=PUSH, *, protect=True, **settings):
        def program():
            context = foundation_of(protection=Protection(protect=protect))
            args = DeploymentRolesArgs(
                context=context,
                settings=Deployment(**{"repository": "health/smile", **settings}),
                program=program_of(context.environment, load_from_files("prod").storage),
                ci_role=CI_ROLE,
                image_workflow=IMAGE_WORKFLOW,
                push_policy_arn=push,
            )
            return DeploymentRoles("smile-delivery", args).arns

        return record(program)

    return make


@pytest.fixture(scope="module")
def roles(roles_of):
    return roles_of()


def by_name(recorded):
    return {each["name"]: each for each in recorded.of("iam/role:Role").values()}


def claims(role):
    (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
    assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}
    assert set(statement["Condition"]) == {"StringEquals"}  # nothing by pattern
    return {key.removeprefix(f"{ISSUER}:"): value for key, value in statement["Condition"]["StringEquals"].items()}


@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_each_role_is_for_its_task_alone(roles):
    named = by_name(roles)
    assert set(named) == {"smile-prod-preview", "smile-prod-deploy", "smile-ci"}
    assert all(claims(role)["aud"] == "sts.amazonaws.com" for role in named.values())
    assert claims(named["smile-prod-deploy"]) == {
        "aud": "sts.amazonaws.com",
        "sub": ["repo:health/smile:environment:prod"],
        "ref": "refs/heads/main",
    }
    assert claims(named["smile-prod-preview"])["sub"] == ["repo:health/smile:ref:refs/heads/main"]
    assert claims(named["smile-ci"])["sub"] == ["repo:health/smile:ref:refs/heads/main"]


@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_sessions_last_an_hour_or_as_long_as_an_update_and_have_a_boundary(roles):
    for role in by_name(roles).values():
        assert role["maxSessionDuration"] == (14_400 if role["name"].endswith("-deploy") else 3600)
        assert role["permissionsBoundary"] == "arn:of:Policy/smile-delivery-boundary"


@pytest.mark.requirement("SMILE-DEPLOY-01")
def test_the_account_knows_github_and_keeps_no_thumbprint(roles, roles_of):
    provider = roles.one("iam/openIdConnectProvider:OpenIdConnectProvider")
    assert provider["url"] == f"https://{ISSUER}"
    assert provider["clientIdLists"] == ["sts.amazonaws.com"]
    assert "thumbprintLists" not in provider
    assert not roles_of(provider="existing").of("iam/openIdConnectProvider:OpenIdConnectProvider")


@pytest.mark.requirement("SMILE-DEPLOY-17")
def test_pull_requests_look_only_where_the_settings_say_so(roles_of):
    preview = by_name(roles_of(pull_requests=True))["smile-prod-preview"]
    assert claims(preview)["sub"][1:] == ["repo:health/smile:pull_request"]


@pytest.mark.requirement("SMILE-DEPLOY-02")
def test_images_are_pushed_by_one_workflow_for_named_repositories(roles_of):
    made = roles_of(repository="health@1/smile@2", image_repositories=("health/orders", "health@1/web@3"))
    claimed = claims(by_name(made)["smile-ci"])
    assert claimed["sub"] == ["repo:health/orders:ref:refs/heads/main", "repo:health@1/web@3:ref:refs/heads/main"]
    assert claimed["job_workflow_ref"] == "health/smile/.github/workflows/images.yml@refs/heads/main"
    attached = made.of("iam/rolePolicyAttachment:RolePolicyAttachment")
    assert [each["policyArn"] for name, each in attached.items() if "-ci-" in name] == [PUSH]


def test_only_the_registrys_stack_makes_the_role_that_pushes(roles_of):
    assert set(by_name(roles_of(push=None))) == {"smile-prod-preview", "smile-prod-deploy"}


def test_preview_has_the_policy_that_reads_and_no_other(roles):
    attached = roles.of("iam/rolePolicyAttachment:RolePolicyAttachment").values()
    mine = [each["policyArn"] for each in attached if each["role"] == "smile-prod-preview"]
    assert mine == ["arn:of:Policy/smile-delivery-read"]


@pytest.fixture(scope="module")
def policies():
    """With the longest names that a stack has."""
    environment = Environment(name="staging", account_id="123456789012", region="ap-southeast-3", project="smile")
    program = program_of(environment, load_from_files("staging").storage)
    parts = reading(environment, program) | changes(environment, program)
    return {part: json.loads(document(*statements))["Statement"] for part, statements in parts.items()}


def granted(statements, action):
    return [each for each in statements if any(fnmatchcase(action, pattern) for pattern in each["Action"])]


@pytest.mark.parametrize(
    ("way", "action"),
    [("vpc_link_v1", "ec2:CreateVpcEndpointServiceConfiguration"), ("direct", "wafv2:CreateRuleGroup")],
)
def test_policies_are_within_what_iam_takes_with_each_way_in(policies, way, action):
    environment = Environment(name="staging", account_id="123456789012", region="ap-southeast-3", project="smile")
    program = program_of(environment, load_from_files("staging").storage, **{way: True})
    longer = json.loads(document(*changes(environment, program)["network"]))["Statement"]
    assert len(json.dumps(longer)) <= LONGEST_POLICY_TEXT
    assert granted(longer, action)
    assert not granted(policies["network"], action)
    assert len(policies) <= 10
    assert all(len(json.dumps(each)) <= LONGEST_POLICY_TEXT for each in policies.values())


@pytest.mark.parametrize(
    "action",
    [
        *("s3:GetObject", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "logs:GetLogEvents"),
        *("dynamodb:GetItem", "rds-data:ExecuteStatement", "ssm:StartSession", "kms:Decrypt", "ssm:GetParameter"),
    ],
)
def test_reading_is_of_settings_never_of_data(policies, action):
    for statement in granted(policies["read"], action):
        narrow = {
            "kms:Decrypt": "kms:ResourceAliases",
            "ssm:GetParameter": "parameter/",
            "s3:GetObject": "smile-state-",
        }
        assert narrow[action] in json.dumps(statement)


def test_reading_changes_nothing(policies):
    from policy_sentry.querying.actions import get_actions_with_access_level

    for level in ("Write", "Permissions management", "Tagging"):
        changing = {action.lower() for action in get_actions_with_access_level("all", level)}
        patterns = [pattern.lower() for each in policies["read"] for pattern in each["Action"]]
        found = {action for action in changing if any(fnmatchcase(action, pattern) for pattern in patterns)}
        assert found <= {"kms:decrypt"}, level


def test_no_policy_allows_a_whole_service(policies):
    every = [action for part in policies.values() for each in part for action in each["Action"]]
    assert [action for action in every if action.endswith((":*", "*:*")) or action == "*"] == []


HERE, GLOBAL = "ap-southeast-3:123456789012", "us-east-1:123456789012"


@pytest.mark.parametrize(
    ("part", "action", "resources"),
    [
        ("network", "events:PutRule", [f"events:{HERE}:rule/smile-*"]),
        ("data", "ssm:PutParameter", [f"ssm:{HERE}:parameter/smile*/*"]),
        ("data", "secretsmanager:CreateSecret", [f"secretsmanager:{HERE}:secret:smile-staging/*"]),
        ("compute", "ssm:StartSession", None),
        (
            "compute",
            "s3:PutObject",
            [
                *(f"s3:::smile5-{part}-staging-123456789012/*" for part in ("code", "canary")),
                "s3:::smile5-lake-staging-123456789012/jobs/*",
            ],
        ),
        ("edge", "cloudfront:CreateInvalidation", ["cloudfront::123456789012:*"]),
        ("edge", "route53:ChangeResourceRecordSets", ["route53:::healthcheck/*", "route53:::hostedzone/*"]),
        (
            "edge",
            "wafv2:UpdateWebACL",
            [
                f"wafv2:{HERE}:regional/managedruleset/*/*",
                f"wafv2:{HERE}:regional/webacl/smile-staging-*/*",
                f"wafv2:{GLOBAL}:global/managedruleset/*/*",
                f"wafv2:{GLOBAL}:global/webacl/smile-staging-*/*",
            ],
        ),
        (
            "operations",
            "s3:PutBucketPolicy",
            ["s3:::smile5-*-staging-123456789012", "s3:::aws-waf-logs-smile5-staging-123456789012"],
        ),
        ("audit", "cloudtrail:CreateTrail", [f"cloudtrail:{HERE}:trail/smile-*"]),
        ("network", "synthetics:UpdateCanary", [f"synthetics:{HERE}:canary:smile-*"]),
        ("network", "lambda:UpdateFunctionCode", [f"lambda:{HERE}:function:cwsyn-smile-*"]),
        (
            "network",
            "xray:UpdateSamplingRule",
            [f"xray:{HERE}:group/smile-staging/*", f"xray:{HERE}:sampling-rule/smile-staging"],
        ),
        ("audit", "config:PutConformancePack", [f"config:{HERE}:conformance-pack/smile-staging-*/*"]),
        ("audit", "securityhub:DisableSecurityHub", [f"securityhub:{HERE}:hub/default"]),
    ],
)
def test_changes_are_to_what_the_program_names_alone(policies, part, action, resources):
    named = [arn for statement in granted(policies[part], action) for arn in statement["Resource"]]
    assert named == [f"arn:aws:{each}" for each in resources or ()]


def test_roles_are_made_with_the_boundary_or_not_at_all(policies):
    for action in ("iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"):
        (statement,) = granted(policies["roles"], action)
        assert statement["Condition"]["StringEquals"] == {
            "iam:PermissionsBoundary": "arn:aws:iam::123456789012:policy/smile-staging-boundary"
        }
        assert statement["Resource"] == ["arn:aws:iam::123456789012:role/smile-staging-*"]
    assert granted(policies["roles"], "iam:DeleteRolePermissionsBoundary") == []
    assert granted(policies["roles"], "iam:PutRolePolicy") == []


def test_roles_are_passed_to_named_services_only(policies):
    (statement,) = granted(policies["roles"], "iam:PassRole")
    services = statement["Condition"]["StringEquals"]["iam:PassedToService"]
    assert "lambda.amazonaws.com" in services
    assert all(service.endswith(".amazonaws.com") and "*" not in service for service in services)


def boundary(recorded):
    (policy,) = [each for name, each in recorded.of("iam/policy:Policy").items() if name == "smile-delivery-boundary"]
    return {each["Sid"]: each for each in json.loads(policy["policy"])["Statement"]}


def test_pipeline_never_changes_itself_the_boundaries_or_the_identity_provider(roles):
    deny = boundary(roles)["NotItself"]
    assert deny["Effect"] == "Deny"
    reached = {arn.partition("::123456789012:")[2] for arn in deny["Resource"]}
    assert reached == {
        "role/smile-prod-preview",
        "role/smile-prod-deploy",
        "role/smile-ci",
        "policy/smile-prod-boundary",
        "policy/smile-prod-delivery-*",
        f"oidc-provider/{ISSUER}",
    }
    for action in (
        *("iam:AttachRolePolicy", "iam:CreatePolicyVersion", "iam:DeleteRole", "iam:PassRole", "iam:PutRolePolicy"),
        *("iam:SetDefaultPolicyVersion", "iam:UpdateAssumeRolePolicy", "iam:UpdateOpenIDConnectProviderThumbprint"),
        *("iam:AddClientIDToOpenIDConnectProvider", "iam:CreateRole", "iam:TagRole"),
    ):
        assert granted([deny], action), action


def test_pipeline_changes_the_stacks_budget_and_no_other(roles, policies):
    (budget,) = granted(policies["cost"], "budgets:ModifyBudget")
    assert budget["Resource"] == ["arn:aws:budgets::123456789012:budget/smile-staging"]
    (monitor,) = granted(policies["cost"], "ce:CreateAnomalyMonitor")
    assert monitor["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}}
    assert granted(boundary(roles).values(), "budgets:ModifyBudget")
    assert granted(boundary(roles).values(), "ce:CreateAnomalyMonitor")


def test_what_limits_the_pipeline_covers_its_own_policies(roles):
    own = {each["name"] for each in roles.of("iam/policy:Policy").values()}
    assert len(own) == 11
    assert all(name.startswith("smile-prod-delivery-") for name in own)


def test_pipeline_makes_no_users_and_leaves_the_country_only_for_cloudfront(roles):
    allowed = [each for each in boundary(roles).values() if each["Effect"] == "Allow"]
    for action in ("iam:CreateUser", "iam:CreateAccessKey", "organizations:LeaveOrganization", "sts:AssumeRole"):
        assert granted(allowed, action) == []
    regions = {tuple(each["Action"]): each.get("Condition") for each in allowed}
    (abroad,) = [
        actions for actions, condition in regions.items() if condition and "us-east-1" in json.dumps(condition)
    ]
    assert set(abroad) == {"acm:*", "logs:*", "wafv2:*"}
    (anywhere,) = [actions for actions, condition in regions.items() if condition is None]
    assert {action.partition(":")[0] for action in anywhere} == {"budgets", "ce", "cloudfront", "iam", "route53"}


@pytest.mark.parametrize("protect", [True, False])
def test_pipeline_ends_nothing_that_lasts_in_a_protected_stack(roles_of, protect):
    statements = boundary(roles_of(protect=protect))
    assert ("NoEndOfWhatLasts" in statements) is protect
    if protect:
        assert granted([statements["NoEndOfWhatLasts"]], "rds:DeleteDBInstance")
        assert granted([statements["NoEndOfWhatLasts"]], "kms:ScheduleKeyDeletion")


def test_api_gateway_may_make_its_own_role_under_the_name_that_iam_knows(policies):
    (linked,) = (each for each in policies["roles"] if each["Sid"] == "ServicesMakeTheirOwnRoles")
    services = linked["Condition"]["StringEquals"]["iam:AWSServiceName"]
    assert "ops.apigateway.amazonaws.com" in services
    assert "apigateway.amazonaws.com" not in services


CONTAINERS = Program(
    state_bucket="clinics-state",
    state_key="alias/clinics-state",
    buckets=["clinics-*"],
    code_buckets=[],
    work=container_services.WORK,
    reads=container_services.READS,
    passed_to=container_services.HANDED_TO,
    has_apis=False,
)


def test_a_program_of_containers_gets_nothing_of_kubernetes_gateways_and_hosts(environment):
    policies = reading(environment, CONTAINERS) | changes(environment, CONTAINERS)
    granted = {action for part in policies.values() for each in part for action in each.actions}
    services = {action.partition(":")[0] for action in granted}
    assert {"ecs", "application-autoscaling", "servicediscovery", "rds", "elasticache"} <= services
    assert not services & {"apigateway", "eks", "elasticfilesystem", "emr-containers", "glue", "kinesis"}
    assert not granted & {"ec2:RunInstances", "ec2:CreateLaunchTemplate"}
    passed = next(each for each in policies["roles"] if each.sid == "PassRolesToServices")
    handed = passed.conditions["StringEquals"]["iam:PassedToService"]
    assert "ecs-tasks.amazonaws.com" in handed
    assert "eks.amazonaws.com" not in handed


def test_every_policy_of_a_program_of_containers_fits(environment):
    for name, statements in (reading(environment, CONTAINERS) | changes(environment, CONTAINERS)).items():
        assert len(document(*statements)) <= LONGEST_POLICY_TEXT, name


def test_a_table_can_be_cut_down_to_some_services():
    cut = container_services.of_services(services.DATA, "sqs", "rds")
    assert {each.service for each in cut} == {"sqs", "rds"}

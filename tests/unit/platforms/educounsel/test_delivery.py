"""How Educounsel is deployed: the pipeline's roles and its workflow."""

import json
import re

import yaml

from platforms.educounsel.pipeline import WORKFLOW
from tests.paths import ROOT
from tests.unit.platforms.pipelines import gaps, granted

OWN = "educounsel-delivery"
SUBJECT = "token.actions.githubusercontent.com:sub"
UNUSED = {
    "functions with provisioned concurrency or files": "lambda:*ProvisionedConcurrencyConfig elasticfilesystem:*",
    "hooks, notifications, classic load balancers and managed fleets of a group": """
        autoscaling:*LifecycleHook autoscaling:*NotificationConfiguration autoscaling:*tachLoadBalancers
        managed-fleets:*""",
    "what is read is named singly": "ec2:Get* ssm:Get*",
    "other targets of a web ACL or of logs": "apigateway:SetWebACL firehose:TagDeliveryStream",
}
"""What AWS's schemas name for the types, but the program goes without: why -> patterns."""


def test_github_takes_on_a_role_in_an_environment_of_the_programs_own(program):
    roles = {each["name"]: each for name, each in program.of("iam/role:Role").items() if name.startswith(OWN)}
    assert set(roles) == {"educounsel-prod-preview", "educounsel-prod-deploy"}
    (trust,) = json.loads(roles["educounsel-prod-deploy"]["assumeRolePolicy"])["Statement"]
    claims = trust["Condition"]["StringEquals"]
    # SMILE has a stack of that name, too: its jobs can't take on this role, whatever the repository.
    assert claims[SUBJECT] == ["repo:example/educounsel-infrastructure:environment:educounsel-prod"]


def test_the_pipeline_may_do_whatever_the_types_of_the_stack_take(program):
    """By AWS's resource schemas, where they say it."""
    missing, looked_at = gaps(program, OWN, UNUSED)
    assert looked_at > 200
    assert missing == {}


def test_the_pipeline_has_no_service_that_the_program_has_not(program):
    services = {each.partition(":")[0] for each in granted(program, OWN)}
    assert not services & {"apigateway", "backup", "ecs", "eks", "elasticfilesystem", "glue", "kinesis", "xray"}
    for name, each in program.of("iam/policy:Policy").items():
        assert len(re.sub(r"\s", "", each["policy"])) <= 6144, name  # what IAM takes


def test_without_a_pipeline_there_are_no_roles_for_one(program_of):
    made = program_of("educounsel", "prod", {"educounsel:deployment": {"enabled": False}})
    assert not any(name.startswith(OWN) for name in made.of("iam/role:Role"))


def test_a_push_deploys_with_the_packs_and_the_role_of_the_stack_once_somebody_has_approved_it():
    workflow = yaml.safe_load(re.sub(r"(?m)^on:", '"on":', (ROOT / WORKFLOW).read_text()))
    assert workflow["on"]["push"]["branches"] == ["main"]
    assert "platforms/educounsel/**" in workflow["on"]["push"]["paths"]
    jobs = workflow["jobs"]
    assert jobs["preview"]["steps"][-1]["run"].startswith("make preview report PLATFORM=educounsel")
    assert jobs["deploy"]["environment"] == "educounsel-prod"
    assert jobs["deploy"]["if"] == "github.event_name == 'push' && vars.EDUCOUNSEL_ACCOUNT_PROD"
    (credentials,) = (each for each in jobs["deploy"]["steps"] if "configure-aws" in each.get("uses", ""))
    assert credentials["with"]["role-to-assume"].endswith(":role/educounsel-prod-deploy")
    assert jobs["deploy"]["steps"][-1]["run"] == "make plan apply PLATFORM=educounsel STACK=prod"

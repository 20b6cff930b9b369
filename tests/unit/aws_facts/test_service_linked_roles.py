"""Service-linked roles, against AWS's own managed policies and the SDK's types."""

import re
from itertools import chain

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES
from components.delivery.permissions import roles
from components.delivery.services import PASSED_TO
from offline.schema.catalogue import resource_type
from tests.paths import ROOT

NAMED = dict(re.findall(r"role/aws-service-role/([a-z0-9.-]+)/(AWSServiceRole[\w-]+)", aws_managed_policies_data))
"""Service -> its role, where one of AWS's managed policies names both."""
SOURCE = "\n".join(file.read_text() for file in (ROOT / "components").rglob("*.py"))


def test_names_are_those_of_aws_managed_policies():
    known = {role.service: role.name for role in SERVICE_LINKED_ROLES if role.service in NAMED}
    assert len(known) >= 8
    assert known == {service: NAMED[service] for service in known}


def test_each_role_is_listed_once():
    services = [role.service for role in SERVICE_LINKED_ROLES]
    assert len(services) == len(set(services))


@pytest.mark.parametrize("token", sorted({*chain.from_iterable(role.needed_by for role in SERVICE_LINKED_ROLES)}))
def test_what_needs_a_role_is_a_type_that_a_component_makes(token):
    made = resource_type(token).token.rpartition(":")[2]
    assert re.search(rf"\b\w+\.{made}\(", SOURCE) or token == "aws:eks/cluster:Cluster"  # by pulumi-eks


def test_the_pipeline_may_make_each_of_them(environment):
    (statement,) = (each for each in roles(environment, PASSED_TO) if "iam:CreateServiceLinkedRole" in each.actions)
    allowed = statement.conditions["StringEquals"]["iam:AWSServiceName"]
    assert {role.service for role in SERVICE_LINKED_ROLES} < set(allowed)
    # API Gateway's and restore testing's principals aren't the service's own
    assert {"ops.apigateway.amazonaws.com", "restore-testing.backup.amazonaws.com"} < set(allowed)

"""Roles that services keep for themselves: each program's README names those that its accounts need before a stack."""

import pytest

from aws_facts.service_linked_roles import FURTHER_ROLES, roles_for
from tests.unit.platforms.conftest import PLATFORMS, beside_its_own_tests, loader_of

WITHIN = {"eks:index:Cluster": "aws:eks/cluster:Cluster"}
"""Component that is one resource under mocks -> what it makes."""
PROGRAMS = ("educounsel", "epicvibe", "learning_hub", "pdfetl")


def stacks(name):
    return sorted(file.name.split(".")[1] for file in loader_of(name).root.glob("Pulumi.*.yaml"))


def types_of(program_of, name):
    found = {each.type for stack in stacks(name) for each in program_of(name, stack).resources}
    return found | {WITHIN[kind] for kind in WITHIN.keys() & found}


@pytest.mark.parametrize("name", beside_its_own_tests(PROGRAMS))
def test_a_readme_names_each_role_that_an_administrator_makes_before_the_first_stack(program_of, name):
    needed = {role.service for role in roles_for(types_of(program_of, name))}
    assert needed
    text = (PLATFORMS / name / "README.md").read_text()
    (line,) = (each for each in text.splitlines() if each.startswith("Service-linked roles: "))
    assert set(line.removeprefix("Service-linked roles: ").rstrip(".").split(", ")) == {f"`{each}`" for each in needed}


def test_a_broker_needs_the_role_of_amazon_mq():
    assert [role.name for role in roles_for(["aws:mq/broker:Broker"])] == ["AWSServiceRoleForAmazonMQ"]
    assert {role.service for role in FURTHER_ROLES} == {"mq.amazonaws.com", "ses.amazonaws.com", "shield.amazonaws.com"}

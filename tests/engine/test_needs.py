"""What `smile doctor` computes from a stack's settings is what the stack really makes."""

from collections import Counter

from lives import STACKS, looks_at

from aws_facts.ec2_instance_types import vcpus
from aws_facts.service_linked_roles import SERVICE_LINKED_ROLES
from components.functions.settings import UNRESERVED
from doctor.needs import (
    ADDRESSES,
    CONCURRENCY,
    ENDPOINTS,
    RULES,
    SPOT,
    STANDARD,
    VPCS,
    needs,
    service_linked_roles,
)
from settings import load_from_files

GROUP, HOST = "aws:eks/nodeGroup:NodeGroup", "aws:ec2/instance:Instance"
DIRECTIONS = ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",)
DIRECTIONS += ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",)


def of_type(life, *types):
    return [(each["type"], each["inputs"]) for each in life.resources if each["type"] in types]


def nodes(life, size):
    """vCPUs at the smallest or largest size of all groups, and those of hosts."""
    groups = [inputs for _, inputs in of_type(life, GROUP)]
    hosts = [inputs for _, inputs in of_type(life, HOST)]
    of_groups = sum(vcpus(each["instanceTypes"][0]) * int(each["scalingConfig"][size]) for each in groups)
    return of_groups + sum(vcpus(each["instanceType"]) for each in hosts)


@looks_at(*STACKS)
def test_needs_are_what_the_stack_makes(life):
    wanted = {need.quota: need for need in needs(load_from_files(life.stack))}
    assert wanted[STANDARD].least == nodes(life, "minSize")
    assert wanted[STANDARD].most > nodes(life, "maxSize")  # with the surge of an update
    assert wanted[ADDRESSES].most == len(of_type(life, "aws:ec2/eip:Eip"))
    assert wanted[VPCS].most == len(of_type(life, "aws:ec2/vpc:Vpc"))
    endpoints = [inputs for _, inputs in of_type(life, "aws:ec2/vpcEndpoint:VpcEndpoint")]
    assert wanted[ENDPOINTS].most == sum(each.get("vpcEndpointType") == "Interface" for each in endpoints)
    rules = Counter((direction, inputs["securityGroupId"]) for direction, inputs in of_type(life, *DIRECTIONS))
    assert wanted[RULES].most == max(rules.values())
    functions = [inputs for _, inputs in of_type(life, "aws:lambda/function:Function")]
    reserved = sum(int(each.get("reservedConcurrentExecutions", 0)) for each in functions)
    assert wanted[CONCURRENCY].least == (reserved + UNRESERVED if reserved else 0)


@looks_at(*STACKS)
def test_service_linked_roles_are_those_of_what_the_stack_makes(life):
    types = {each["type"] for each in life.resources}
    needed = {role.name for role in SERVICE_LINKED_ROLES if types & {*role.needed_by} and role.service != SPOT}
    assert {role.name for role in service_linked_roles(load_from_files(life.stack))} >= needed
    if life.stack == "prod":
        assert {role.name for role in service_linked_roles(load_from_files("prod"))} == needed

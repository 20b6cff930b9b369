"""Each role may do what it is there for, by all policies that have a say, and nothing else."""

from collections import defaultdict
from fnmatch import fnmatchcase

import pytest
from excess import beyond, spelled_out
from judgement import changed, judged
from lives import STACKS, looks_at
from role_needs import written
from simulation import OF_AWS, of_aws, statements

from cli.docs.access.permissions import logical
from cli.docs.access.policy_documents import as_list

OF_PIPELINE = ("smile-delivery-deploy", "smile-delivery-preview")
"""Their policies name what AWS's schemas do: test_deployment_roles.py."""


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_every_role_says_what_it_is_for(life):
    assert judged(life).needs.without_entry() == []


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_every_role_may_do_what_it_is_for(life):
    answers = judged(life).answers
    assert len(answers) > 300
    assert {str(request): answer.why for request, answer in answers.items() if answer.why} == {}


@looks_at(*STACKS)
def test_a_need_claims_no_context_that_the_action_lacks(life):
    claimed = {
        key for entry in written()["roles"].values() for need in entry.get("needs", ()) for key in need.get("with", {})
    }
    answers = judged(life).answers
    assert {
        str(request): answer.ignored & claimed for request, answer in answers.items() if answer.ignored & claimed
    } == {}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_no_role_may_do_what_it_is_not_for(life):
    found = judged(life)
    used = defaultdict(list)
    for request, answer in found.answers.items():
        for policy, number in answer.by:
            used[request.role, policy, number].append(request)
    pipeline = {found.stack.state.role_called(role) for role in found.policies.of_role}
    assert pipeline
    unneeded = [
        f"{role}: {each}"
        for role, policies in found.policies.of_role.items()
        if logical(found.stack.state.roles[role]) not in OF_PIPELINE
        for policy in policies
        if not policy.startswith(OF_AWS)
        for number, statement in enumerate(statements(found.policies.bodies[policy]), start=1)
        if statement["Effect"] == "Allow"
        for each in beyond(statement, used[role, policy, number])
    ]
    assert unneeded == []


@pytest.mark.parametrize(
    ("entry", "reference"),
    [(name, each["reference"]) for name, each in written()["roles"].items() if "reference" in each],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_aws_gives_such_a_role_is_needed_or_answered(entry, reference):
    document = of_aws()[f"{OF_AWS}{reference['policy']}"]
    given = {
        action
        for each in statements(document)
        for pattern in as_list(each["Action"])
        for action in spelled_out(pattern)
    }
    needs = written()["roles"][entry]["needs"]
    needed = {action for each in needs for action in each["do"].split()}
    without = [pattern for why in reference.get("without", {}).values() for pattern in why.split()]
    assert {each for each in given - needed if not any(fnmatchcase(each, pattern) for pattern in without)} == set()
    assert [pattern for pattern in without if not any(fnmatchcase(each, pattern) for each in given - needed)] == []


@looks_at("prod")
@pytest.mark.parametrize(
    "case",  # role, policy, Sid, Action or Resource, what is dropped of it, the action that is missing then
    [
        ("restore", "restore", "RestoreDatabase", "Resource", ":subgrp:*", "rds:RestoreDBInstanceFromDBSnapshot"),
        ("restore", "restore", "RestoreDatabase", "Resource", ":og:*", "rds:CreateDBInstance"),
        ("api-logging", "api-logging", "WriteLogs", "Action", "logs:FilterLogEvents", "logs:FilterLogEvents"),
        ("trail", "boundary", "WorkInTheCountry", "Action", "logs:*", "logs:PutLogEvents"),
    ],
)
def test_a_dropped_permission_is_missing_by_name(life, case):
    role, policy, sid, part, dropped, missing = case
    found = judged(life)

    def drop(by_sid):
        (value,) = (each for each in by_sid[sid][part] if each.endswith(dropped))
        by_sid[sid][part].remove(value)

    lost = found.missing(changed(found.policies.bodies, f"smile-prod-{policy}", drop), f"smile-prod-{role}")
    assert missing in lost
    assert all(each.endswith(dropped.replace("*", "x")) for each in lost[missing]) or part == "Action"
    assert all("not allowed by" in why for whys in lost.values() for why in whys.values())


@looks_at("prod")
def test_every_statement_is_needed(life):
    """Without it, a request of its role fails, or another statement allows the same."""
    found = judged(life)
    used = {(each, policy, number) for each, answer in found.answers.items() for policy, number in answer.by}
    alone = [(request, policy, number) for request, policy, number in used if len(found.answers[request].by) == 1]
    bodies, requests = dict(found.policies.bodies), []
    assert len(alone) > 300
    for request, policy, number in alone:
        body = found.policies.bodies[policy]
        kept = [each for position, each in enumerate(statements(body), start=1) if position != number]
        bodies[f"{policy} without {number}"] = body | {"Statement": kept}
        requests.append((request, policy, f"{policy} without {number}"))
    answers = found.ask_with(requests, bodies)
    assert [str(request) for (request, *_), answer in zip(requests, answers, strict=True) if not answer.why] == []

"""AWS's services may do what the stack has them do without a role of it: write logs, publish alarms, use its keys."""

from functools import cache
from pathlib import Path

import pytest
import yaml
from judgement import judged
from lives import STACKS, looks_at
from role_needs import Words
from simulation import ask

NEEDS = yaml.safe_load(Path(__file__).with_name("service_needs.yaml").read_text())


@cache
def questions(life):
    """Each as the simulator takes it."""
    found = judged(life)
    return [each for service, needs in NEEDS.items() for need in needs for each in of_need(found, service, need)]


def of_need(found, service, need):
    stack, words = found.stack, Words(found.stack, found.needs.words)
    for owner in stack.arns_of(words.fill(need.get("key_of") or need["resource"])):
        resource = stack.key_of(stack.owner(owner)) if "key_of" in need else owner
        assert resource, f"{service}: {owner} has no key of the stack"
        names = Words(stack, words | {"owner": owner})
        context = {"aws:PrincipalIsAWSService": "true", "aws:PrincipalServiceName": words.fill(service)}
        context |= {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
        context |= {key: names.fill(value) for key, value in need.get("with", {}).items()}
        for action in need["do"].split():
            yield {
                "principal": words.fill(service),
                "action": action,
                "resource": resource,
                "account": stack.state.account,
                "context": context,
                "identity": [],
                "own": found.policies.own.get(stack.arn_of_owner(resource)),
            }


def refused(found, asked, bodies):
    return {
        f"{each['principal']}: {each['action']} on {each['resource']}": answer.why
        for each, answer in zip(asked, ask(bodies, asked), strict=True)
        if answer.why
    }


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-19")
def test_services_may_do_what_they_are_set_up_for(life):
    found, asked = judged(life), questions(life)
    assert len(asked) > 100
    assert refused(found, asked, found.policies.bodies) == {}


@looks_at("prod")
@pytest.mark.parametrize("resource", ["key smile-logs", "key smile-queues", "key smile-objects", "bucket smile-audit"])
def test_without_the_resources_own_policy_they_are_refused(life, resource):
    found = judged(life)
    own = found.stack.arns[resource]
    asked = [each | {"own": None} for each in questions(life) if each["resource"].startswith(own)]
    assert asked
    assert len(refused(found, asked, found.policies.bodies)) == len(
        {(each["principal"], each["action"], each["resource"]) for each in asked}
    )

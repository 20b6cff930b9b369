"""Whatever a property holds, each control answers, or is mandatory where it can't: none hangs or lets it pass."""

from __future__ import annotations

import json
import random
import time

import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.rpc import UNKNOWN

from guardrails.engine.packs import ALL
from guardrails.testing.judging import InProcess
from guardrails.testing.requests import analyze_request, stack_request
from tests.policies.conftest import load_fixtures

WRONG = (
    "",
    "text",
    5,
    -1.5,
    True,
    None,
    [],
    {},
    ["text"],
    [5],
    {"a": "b"},
    [[]],
    [{}],
    [None],
    UNKNOWN,
    "{",
    "[",
    '{"a": 1}',
)
SEED, CASES = 20, 250


def subjects():
    """A resource of every type that a fixture has, the fullest of each."""
    fullest = {}
    for kinds in load_fixtures().values():
        for case in (each for kind in ("compliant", "violating") for each in kinds.get(kind) or ()):
            for resource in case.get("resources") or [case]:
                properties = resource.get("properties") or {}
                if len(properties) >= len(fullest.get(resource["type"], {})):
                    fullest[resource["type"]] = properties
    return sorted(fullest.items())


def mutated(value, chance):
    """The value with some of its parts of a wrong type."""
    if chance.random() < 0.25:
        return chance.choice(WRONG)
    if isinstance(value, dict):
        return {key: mutated(each, chance) for key, each in value.items()}
    return [mutated(each, chance) for each in value] if isinstance(value, list) else value


def failed(resources):
    """The diagnostics in which a control says that it failed itself."""
    pack = InProcess(ALL)
    found = [each for resource in resources for each in pack.Analyze(analyze_request(resource)).diagnostics]
    found += pack.AnalyzeStack(stack_request(resources)).diagnostics
    return [each for each in found if "the control itself failed" in each.message]


def test_a_wrong_type_in_any_property_ends_no_run_and_what_fails_on_it_is_mandatory():
    """The provider refuses a wrong type; until then, a control that it stops lets nothing pass."""
    chance = random.Random(SEED)
    made = [
        {
            "type": type_,
            "name": f"{index}",
            "properties": {key: mutated(each, chance) for key, each in properties.items()},
        }
        for index, (type_, properties) in enumerate(chance.choices(subjects(), k=CASES))
    ]
    found = failed(made)
    assert {each.enforcementLevel for each in found} <= {proto.MANDATORY}
    assert len(found) < CASES / 10, sorted(each.message for each in found)


@pytest.mark.long
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(
            {"Statement": [{"Effect": "Allow", "Action": f"s3:Get{index}", "Resource": "*"} for index in range(10_000)]}
        ),
        "[" * 5_000_000,
        '{"a":' * 900 + "1" + "}" * 900,
        "a: &a [x]\n" + "".join(f"b{index}: [*a, *a]\n" for index in range(1000)),
        "curl " * 1_000_000,
        "x=" * 2_500_000,
        "AKIA ghp_ xox SG.eyJ mysql:// Bearer chpasswd " * 100_000,
        '{"Statement": {"Statement": []}, "Statement": 5}',
    ],
    ids=["long", "open", "deep", "aliases", "words", "assignments", "credentials", "twice"],
)
@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("aws:sns/topicPolicy:TopicPolicy", "policy"),
        ("aws:cloudformation/stack:Stack", "templateBody"),
        ("aws:ecs/taskDefinition:TaskDefinition", "containerDefinitions"),
        ("aws:ec2/instance:Instance", "userData"),
    ],
)
def test_a_document_of_five_megabytes_a_deep_one_and_one_that_multiplies_itself_are_judged_in_seconds(
    type_, name, text
):
    before = time.process_time()
    assert failed([{"type": type_, "name": "a", "properties": {name: text}}]) == []
    assert time.process_time() - before < 10

"""A control says the same of every name that the provider has for a type: an alias, or ``alb`` for ``lb``."""

import json

import pytest

from guardrails.engine.packs import load_controls
from guardrails.testing import judge
from offline.schema.catalogue import resource_tokens, resource_type
from tests.policies.conftest import load_fixtures


def synonyms():
    """Name -> the others of the same type, by the installed SDK; one that it spells otherwise than all is no name."""
    found = {}
    for token in resource_tokens("aws"):
        twin = token.replace("aws:alb/", "aws:lb/")
        aliases = (alias for alias in resource_type(token).aliases if alias.partition("/")[2][0].islower())
        names = {token, twin, *aliases, *found.get(twin, ())}
        found |= dict.fromkeys(names, names)
    return {name: names - {name} for name, names in found.items() if len(names) > 1}


SYNONYMS = synonyms()
SDK = set(resource_tokens("aws"))


def renamed(case):
    """The case with a type by each other name that it has, where its inputs are the same."""
    resources = case.get("resources", [case])
    for name in {each["type"] for each in resources} & SYNONYMS.keys():
        given = {key for each in resources if each["type"] == name for key in each.get("properties", ())}
        for other in SYNONYMS[name]:
            if other not in SDK or given <= resource_type(other).inputs.keys():
                yield other, json.loads(json.dumps(case).replace(f'"{name}"', f'"{other}"'))


CASES = {
    control_id: [case for kind in ("compliant", "violating") for case in load_fixtures()[control_id][kind]]
    for control_id in load_controls()
}


@pytest.mark.parametrize("control_id", [each for each, cases in CASES.items() if any(map(list, map(renamed, cases)))])
def test_a_control_says_the_same_of_a_type_by_another_name(control_id):
    for case in CASES[control_id]:
        said = len(judge(control_id, case).violations)
        assert {name: len(judge(control_id, other).violations) for name, other in renamed(case)} == dict.fromkeys(
            (name for name, _ in renamed(case)), said
        )


def test_a_control_of_a_type_is_one_of_its_other_names():
    lacking = [
        f"{control.id}: {other}"
        for control in load_controls().values()
        for name in control.types
        for other in SYNONYMS.get(name, set()) & SDK - set(control.types)
    ]
    assert lacking == []

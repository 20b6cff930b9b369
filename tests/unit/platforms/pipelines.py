"""What the roles of a program's pipeline may do, beside what the program's types take."""

import json

from pipeline_needs import needed

from tests.unit.layers.test_program import allows, is_of_a_resource


def granted(program, own):
    """Patterns of actions that the pipeline's policies allow."""
    policies = program.of("iam/policy:Policy")
    return {
        action
        for name, each in policies.items()
        if name.startswith(own) and not name.endswith("-boundary")
        for statement in json.loads(each["policy"])["Statement"]
        for action in statement["Action"]
    }


def gaps(program, own, unused):
    """Type -> actions that AWS's schema of it names and the pipeline hasn't; and how many were looked at.

    Args:
        program: what was registered.
        own: what the logical names of the pipeline's policies begin with.
        unused: why -> patterns of what the program goes without.
    """
    patterns, left_out = granted(program, own), [each for found in unused.values() for each in found.split()]
    types = {each.type for each in program.resources if each.type.startswith("aws:")}
    actions = {
        type_: [
            each
            for each in needed(type_)
            if is_of_a_resource(each) and not any(allows(pattern, each) for pattern in left_out)
        ]
        for type_ in types
    }
    missing = {
        type_: [each for each in found if not any(allows(pattern, each) for pattern in patterns)]
        for type_, found in actions.items()
    }
    return {type_: lacking for type_, lacking in missing.items() if lacking}, sum(map(len, actions.values()))

"""Stacks of a few resources, as an engine exports them."""

import json

import pytest

from cli.cost.resources import parse

PREFIX = "urn:pulumi:prod::smile::"


def state(kind, name, component=None, needs=None, **inputs):
    """One resource, in a component of the platform such as ``network:Network``."""
    parent = f"{PREFIX}platform:{component}::smile" if component else ""
    return {
        "urn": f"{PREFIX}{kind}::{name}",
        "type": kind,
        "parent": parent,
        "inputs": inputs,
        "propertyDependencies": {key: [f"{PREFIX}{urn}"] for key, urn in (needs or {}).items()},
    }


def exported(*states):
    """The text of an export, with the components that resources are in."""
    parents = {each["parent"] for each in states if each["parent"]}
    components = [{"urn": urn, "type": urn.split("::")[2], "parent": ""} for urn in sorted(parents)]
    return json.dumps({"version": 3, "deployment": {"resources": [*components, *states]}})


@pytest.fixture(scope="session")
def make():
    """A stack of these resources."""
    return lambda *states: parse(exported(*states), "a test")

"""Values that switch a protection off, wherever a service has the property: each is found, and its opposite is not."""

import json
import re
from pathlib import Path

import pytest
import yaml

from guardrails.testing import judge
from offline.schema.catalogue import resource_tokens

TABLE = yaml.safe_load(Path(__file__).with_name("values.yaml").read_text())


def written_each_way(values):
    """A switch as programs and as templates and parameters have it; what is on where it is off."""
    if not isinstance(values, bool):
        return values
    return [values, str(values).lower()], [not values, str(not values).lower()]


def resource(kind, path, value):
    path, _, parameter = path.rstrip("}").partition("{")
    properties = [{"name": parameter, "value": value}] if parameter else value
    for name in reversed(path.split("/" if "/" in path else ".")):
        inner = json.dumps(properties) if name == "desiredState" else properties
        properties = {name.removesuffix("[]"): [inner] if name.endswith("[]") else inner}
    return {"type": kind, "properties": properties}


@pytest.mark.parametrize(
    ("control_id", "kind", "path", "values"),
    [
        pytest.param(
            control_id, kind, path, written_each_way(values), id=re.sub(r"aws:.*:", "", f"{control_id} {kind}.{path}")
        )
        for control_id, types in TABLE.items()
        for kind, paths in types.items()
        for path, values in paths.items()
    ],
)
def test_each_value_that_switches_a_protection_off_is_found(control_id, kind, path, values):
    where = f"(at {re.split(r'[/{[]', path)[0]}"

    def is_found(value):
        return any(where in message for message in judge(control_id, resource(kind, path, value)).violations)

    off, on = values
    assert ([*filter(is_found, off)], [*filter(is_found, on)]) == (off, [])


def test_every_type_is_one_of_the_provider():
    assert {kind for types in TABLE.values() for kind in types} - set(resource_tokens("aws")) == set()

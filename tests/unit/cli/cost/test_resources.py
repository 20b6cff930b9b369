"""Exports and previews are read into resources, and anything else is refused by name."""

import json

import pytest

from cli.cost.problems import CostError
from cli.cost.resources import parse, read
from tests.unit.cli.cost.conftest import exported, state

KEY = state("aws:kms/key:Key", "smile-logs", "encryption:EncryptionKeys", multiRegion=False)


def test_an_export_gives_resources_with_the_component_they_are_part_of():
    stack = parse(exported(KEY), "a test")
    (key,) = stack.of("aws:kms/key:Key")
    assert (stack.name, key.component, key.inputs) == ("prod", "encryption", {"multiRegion": False})


def test_a_preview_gives_the_same():
    steps = [{"op": "create", "newState": each} for each in json.loads(exported(KEY))["deployment"]["resources"]]
    previewed = parse(json.dumps({"steps": [*steps, {"op": "delete", "oldState": {}}]}), "a preview")
    assert previewed == parse(exported(KEY), "an export")


def test_a_resource_that_waits_for_its_deletion_is_not_counted():
    assert parse(exported(KEY, KEY | {"urn": "urn:pulumi:prod::smile::x::y", "delete": True}), "a test").of("x") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", r"no JSON \(line 1\)"),
        ("[]", "neither deployment.resources nor steps"),
        ('{"deployment": {"resources": []}}', "no resource"),
    ],
)
def test_what_is_no_stack_is_refused_with_what_is_valid(tmp_path, text, said):
    file = tmp_path / "state.json"
    file.write_text(text)
    with pytest.raises(CostError, match=rf"state\.json: {said}; valid: what `pulumi stack export`"):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CostError, match=r"gone\.json: No such file"):
        read(tmp_path / "gone.json")

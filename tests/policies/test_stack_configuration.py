"""What is stricter or laxer in one stack: policies/config/STACK.json, as the engine takes it."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from guardrails.engine.configuration import configure
from guardrails.engine.configuration_file import check
from guardrails.engine.packs import ALL
from guardrails.model.control import Level

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "policies" / "config").glob("*.json"))
every_stack = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


@every_stack
def test_every_key_and_value_is_one_that_the_controls_know(file):
    """The engine refuses to start a pack with a control that has parameters but no level."""
    check(file)
    given = json.loads(file.read_text())
    levels = {name: Level(about.pop("enforcementLevel")) for name, about in given.items()}
    made = configure("all", ALL.controls, {name: (levels[name], about) for name, about in given.items()})
    assert {name: made.levels[name] for name in levels} == levels


@every_stack
def test_the_pipeline_may_be_administrator_of_its_own_stacks_clusters_and_of_no_others(file):
    patterns = json.loads(file.read_text())["LP-EKS-007"]["breakGlassPrincipals"]
    roles = [f"arn:aws:iam::123456789012:role/smile-{stack}-deploy" for stack in (each.stem for each in FILES)]
    assert [role for role in roles if any(fnmatchcase(role, each) for each in patterns)] == [
        f"arn:aws:iam::123456789012:role/smile-{file.stem}-deploy"
    ]

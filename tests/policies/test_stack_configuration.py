"""What is stricter or laxer in one stack: policies/config/STACK.json, as the engine takes it."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from guardrails.engine.packs import load_controls

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "policies" / "config").glob("*.json"))
every_stack = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


@every_stack
def test_every_control_is_one_that_exists_and_says_its_level(file):
    """The engine refuses to start a pack with a control that has parameters but no level."""
    configuration = json.loads(file.read_text())
    assert set(configuration) <= {"settings", *load_controls()}
    levels = {each["enforcementLevel"] for each in configuration.values()}
    assert levels <= {"mandatory", "advisory", "disabled"}


@every_stack
def test_the_pipeline_may_be_administrator_of_its_own_stacks_clusters_and_of_no_others(file):
    patterns = json.loads(file.read_text())["LP-EKS-007"]["breakGlassPrincipals"]
    roles = [f"arn:aws:iam::123456789012:role/smile-{stack}-deploy" for stack in (each.stem for each in FILES)]
    assert [role for role in roles if any(fnmatchcase(role, each) for each in patterns)] == [
        f"arn:aws:iam::123456789012:role/smile-{file.stem}-deploy"
    ]

"""Tests of controls: one's own, and these.

from guardrails.testing import judge, load_file, prove

def test_a_key_that_never_rotates_is_found():
    assert judge("ENC-KMS-001", {"type": "aws:kms/key:Key", "properties": {}}).violations

@pytest.mark.parametrize(("control", "kinds"), load_file(Path("kms.yaml")).items())
def test_fixtures(control, kinds):
    prove(control, kinds)
"""

from guardrails.testing.fixtures import FixtureError, load_file, load_folder
from guardrails.testing.judging import Outcome, judge, prove

__all__ = ["FixtureError", "Outcome", "judge", "load_file", "load_folder", "prove"]

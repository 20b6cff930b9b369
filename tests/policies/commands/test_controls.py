"""Which controls are found by words, service, framework and severity."""

import pytest

from guardrails.commands.controls import NoSuchControlError, matching
from guardrails.engine.packs import load_controls

ALL = load_controls().values()


@pytest.mark.parametrize("severity", sorted({each.severity for each in ALL}))
def test_a_severity_is_that_one_alone(severity):
    assert matching((), None, None, severity) == [each for each in ALL if each.severity == severity] != []


def test_a_service_is_that_of_the_id():
    assert {each.id.split("-")[1] for each in matching((), "rds", None, None)} == {"RDS"}


def test_all_that_is_asked_for_has_to_fit():
    found = matching(("ROTATION",), "kms", "soc 2", None)
    assert found
    assert {each.id.split("-")[1] for each in found} == {"KMS"}
    assert {each.id for each in found} < {each.id for each in matching(("rotation",), None, None, None)}
    with pytest.raises(NoSuchControlError, match="fewer words"):
        matching(("rotation", "no such word"), "kms", None, None)


def test_without_a_question_all_are_found():
    assert matching((), None, None, None) == [*ALL]

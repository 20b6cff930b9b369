"""A configuration file is read strictly: what the engine takes in silence is refused with file and line."""

import pytest

from guardrails.engine.configuration import ConfigurationError
from guardrails.engine.configuration_file import check


def refusal(tmp_path, text):
    path = tmp_path / "prod.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as refused:
        check(path)
    assert str(path) in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"settings": {"allowedRegions": ["ap-southeast-3"]}}',
        '{"ENC-KMS-001": "advisory", "all": "mandatory"}',
        '{\n\t"ENC-KMS-002": {"enforcementLevel": "disabled", "maximumDays": 90}}',
    ],
)
def test_a_good_file_is_taken(tmp_path, text):
    path = tmp_path / "prod.json"
    path.write_text(text)
    check(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{\n"A": "advisory",\n"A": "disabled"}', "line 3: A: written twice; valid: once"),
        ('{\n"A": {"enforcementLevel": "advisory", "x": 1,\n"x": 2}}', "line 3: A.x: written twice; valid: once"),
        (
            '{"A":\n{"enforcementLevel": "strict"}}',
            "line 2: A.enforcementLevel: got 'strict', valid: disabled, advisory",
        ),
        ('{\n"A": "strict"}', "line 2: A: got 'strict', valid: disabled, advisory, mandatory"),
        ('{\n"A": {"x": 1}}', "line 2: A: no enforcementLevel; valid: disabled, advisory, mandatory"),
        (
            '{\n"all": "disabled"}',
            "line 2: all: disables every control; valid: the controls to disable, each by its id",
        ),
        ('{"all": {"enforcementLevel": "disabled"}}', "line 1: all: disables every control"),
        ('{\n"A": "advisory",\n}', "prod.json:2: not JSON: "),
        ("[]", "valid: an object with a level or parameters for each control"),
    ],
)
def test_each_mistake_is_named_with_its_line(tmp_path, text, expected):
    said = refusal(tmp_path, text)
    assert expected in said or expected.replace(":2:", ":3:") in said  # Python 3.13 counts to the brace


def test_all_mistakes_are_in_one_error_in_the_order_of_the_file(tmp_path):
    said = refusal(tmp_path, '{\n"B": "loud",\n"A": "soft",\n"B": "advisory"}')
    assert [line.split(":")[0] for line in said.splitlines()[1:]] == ["  - line 2", "  - line 3", "  - line 4"]

"""What is used in a month: documented defaults, and a file that is read strictly."""

import pytest

from cli.cost.problems import CostError
from cli.cost.usage import read_usage, uses
from settings.stack import KINDS


def test_each_use_has_a_meaning_and_an_amount_for_every_kind_of_environment():
    for use in uses():
        assert use.means, use.name
        assert set(use.amounts) == set(KINDS), use.name
        assert all(amount >= 0 for amount in use.amounts.values()), use.name


def test_a_file_says_what_is_different_and_nothing_else_changes(tmp_path):
    file = tmp_path / "usage.yaml"
    file.write_text("nat_gib: 123.5\n")
    assert read_usage("production", file) == read_usage("production") | {"nat_gib": 123.5}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nat_gb: 5", "nat_gb: no such key, did you mean nat_gib[?]; valid: nat_gib, "),
        ("nat_gib: -1", "nat_gib: got -1; valid: a number, 0 or more"),
        ("nat_gib: lots", "nat_gib: got 'lots'; valid: a number"),
        ("nat_gib: true", "nat_gib: got True; valid: a number"),
        ("nat_gib: .inf", "nat_gib: got inf; valid: a number"),
        ("- nat_gib", "holds a list; valid: a mapping"),
        ("a: b: c", "mapping values are not allowed"),
    ],
)
def test_a_file_is_refused_with_its_key_its_value_and_what_is_valid(tmp_path, text, said):
    file = tmp_path / "usage.yaml"
    file.write_text(text)
    with pytest.raises(CostError, match=rf"(?s)usage\.yaml: {said}"):
        read_usage("staging", file)


def test_an_empty_file_changes_nothing(tmp_path):
    file = tmp_path / "usage.yaml"
    file.write_text("# later\n")
    assert read_usage("development", file) == read_usage("development")

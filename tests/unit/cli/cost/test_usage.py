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
        ("nat_gb: 5", "nat_gb: unknown key, did you mean nat_gib[?] valid: nat_gib, "),
        ("nat_gib: -1", "nat_gib: got -1; valid: a number, 0 or more"),
        ("nat_gib: lots", 'nat_gib: got "lots"; valid: a number'),
        ("nat_gib: true", "nat_gib: got true; valid: a number"),
        ("nat_gib: .inf", 'nat_gib: got ".inf"; valid: a number'),
        ("- nat_gib", "not a mapping; valid: YAML, key: amount"),
        ("a: b: c", "not YAML: mapping values are not allowed here; valid: YAML, key: amount"),
    ],
)
def test_a_file_is_refused_with_its_key_its_value_and_what_is_valid(tmp_path, text, said):
    file = tmp_path / "usage.yaml"
    file.write_text(text)
    with pytest.raises(CostError, match=rf"^usage\.yaml:1: {said}.*$"):  # one line
        read_usage("staging", file)


def test_every_mistake_of_a_file_is_told_a_key_that_stands_twice_too(tmp_path):
    file = tmp_path / "usage.yaml"
    file.write_text("nat_gib: 1\nnat_gib: 2\nnat_gb: 3\ninternet_gb: -4\n")
    with pytest.raises(CostError) as refused:
        read_usage("staging", file)
    places = [line.split(": ")[:2] for line in str(refused.value).splitlines()]
    assert places == [["usage.yaml:2", "nat_gib"], ["usage.yaml:3", "nat_gb"], ["usage.yaml:4", "internet_gb"]]


def test_an_empty_file_changes_nothing(tmp_path):
    file = tmp_path / "usage.yaml"
    file.write_text("# later\n")
    assert read_usage("development", file) == read_usage("development")

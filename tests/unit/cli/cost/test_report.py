"""What a person reads: shares, unknown items apart, and what a change does."""

import pytest

from cli.cost import report
from cli.cost.estimate import estimate
from cli.cost.usage import read_usage
from tests.unit.cli.cost.conftest import state
from tests.unit.cli.cost.test_estimate import ADDRESS, CLUSTER, GATEWAY, PRICES


@pytest.fixture
def of(make):
    return lambda *states: estimate(make(*states), read_usage("development"), PRICES)


def test_the_dearest_component_comes_first_with_the_longest_bar(of):
    lines = report.text(of(ADDRESS, CLUSTER)).splitlines()
    totals = [line.split() for line in lines[1:5] if not line.startswith(" ")]
    assert [each[:2] for each in totals] == [["cluster", "73.00"], ["network", "3.65"]]
    assert [len(each[2]) for each in totals] == [24, 1]


def test_what_is_unknown_is_listed_and_said_not_to_be_in_the_sum(of):
    text = report.text(of(ADDRESS, GATEWAY, state("aws:new/thing:Thing", "x")))
    known, _, unknown = text.partition("without a price")
    assert "known part of prod: 3.65 USD a month" in known
    assert "nat.hours" not in known
    assert "not in the sum" in unknown
    assert "~ 20 GiB" in unknown
    assert "no price model" in unknown
    assert "aws:new/thing:Thing" in unknown


def test_a_difference_has_what_is_added_and_what_is_gone(of):
    two = [CLUSTER, state("aws:ec2/eip:Eip", "b", "network:Network"), ADDRESS]
    found = report.changes(of(ADDRESS, GATEWAY), of(*two))
    assert found[:2] == [
        {"component": "cluster", "item": "eks.hours", "from": 0.0, "to": 730, "usd": 73.0},
        {"component": "network", "item": "ipv4.hours", "from": 730, "to": 1460, "usd": 3.65},
    ]
    gone = {each["item"]: each for each in found}["nat.hours"]
    assert (gone["from"], gone["to"], gone["usd"]) == (730, 0.0, None)


def test_a_difference_ends_in_one_sum(of):
    assert report.difference(of(ADDRESS), of(ADDRESS, CLUSTER)).endswith(
        "known part of prod 3.65 -> prod 76.65: +73.00 USD a month"
    )


def test_no_difference_is_said(of):
    assert "nothing that is billed changes" in report.difference(of(ADDRESS), of(ADDRESS))

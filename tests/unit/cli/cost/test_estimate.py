"""Quantities times prices; what has no price or no model is said, not left out."""

from datetime import date
from decimal import Decimal

import pytest

from cli.cost.estimate import as_data, by_component, estimate, free, has_model, is_free
from cli.cost.models import MODELS
from cli.cost.prices import Price
from cli.cost.usage import read_usage
from tests.unit.cli.cost.conftest import state

DAY = date(2026, 11, 30)
PRICES = {
    name: Price(item=name, usd=Decimal(usd), unit="hour", source="https://aws.amazon.com", date=DAY)
    for name, usd in {"eks.hours": "0.1", "ipv4.hours": "0.005"}.items()
}
ADDRESS = state("aws:ec2/eip:Eip", "a", "network:Network")
CLUSTER = state("aws:eks/cluster:Cluster", "b", "cluster:Cluster")
GATEWAY = state("aws:ec2/natGateway:NatGateway", "c", "network:Network")


@pytest.fixture
def found(make):
    return estimate(make(ADDRESS, CLUSTER, GATEWAY), read_usage("development"), PRICES)


def test_what_has_a_price_is_summed(found):
    assert found.known_usd == Decimal("76.65")
    assert by_component(found.lines) == {"cluster": Decimal(73), "network": Decimal("3.65")}


def test_what_has_no_price_keeps_its_quantity_and_is_in_no_sum(found):
    unknown = {line.item: (line.quantity, line.unit, line.usd) for line in found.unknown}
    assert unknown["nat.hours"] == (730, "hour", None)
    assert unknown["nat.gib"] == (20, "GiB", None)


def test_use_counts_only_where_there_is_what_is_used(make):
    items = {line.item for line in estimate(make(ADDRESS), read_usage("production"), PRICES).lines}
    assert items == {"ipv4.hours"}


def test_a_type_that_nobody_has_looked_at_is_named(make):
    stack = make(ADDRESS, state("aws:bedrock/model:Model", "x"), state("aws:bedrock/model:Model", "y"))
    assert estimate(stack, read_usage("staging"), PRICES).unmodelled == {"aws:bedrock/model:Model": 2}


def test_data_says_where_each_price_is_from(found):
    data = as_data(found)
    assert (data["stack"], data["known_usd"]) == ("prod", 76.65)
    lines = {each["item"]: each for each in data["lines"]}
    assert lines["eks.hours"]["source"] == "https://aws.amazon.com"
    assert lines["eks.hours"]["date"] == "2026-11-30"
    assert lines["nat.hours"]["usd"] is None
    assert data["unknown_items"] == len({each["item"] for each in data["lines"] if each["usd"] is None})


@pytest.mark.parametrize("kind", ["aws:iam/role:Role", "aws:ec2/subnet:Subnet", "aws:s3/bucketPolicy:BucketPolicy"])
def test_what_costs_nothing_by_itself_is_free(kind):
    assert is_free(kind)


@pytest.mark.parametrize("kind", ["aws:s3/bucket:Bucket", "aws:ec2/natGateway:NatGateway", "aws:rds/instance:Instance"])
def test_what_costs_is_not_taken_to_be_free(kind):
    assert not is_free(kind)
    assert has_model(kind)


def test_no_type_is_both_billed_and_free():
    assert [kind for kind in MODELS if is_free(kind)] == []
    assert all(page.startswith("https://") for page in free().values())

"""Every type of AWS in the stacks is priced, free, or counted without a price; and the program buys no reservation."""

import re

import pytest
from lives import STACKS, looks_at

from cli.cost.estimate import estimate, has_model
from cli.cost.prices import read_prices
from cli.cost.resources import stack_of
from cli.cost.usage import read_usage
from settings import load_from_files

PURCHASE = re.compile(
    r"aws:(\w+/reserved\w+|savingsplans/\w+|ec2/(capacityReservation|capacityBlockReservation))", re.IGNORECASE
)


@pytest.fixture
def found(life):
    kind = load_from_files(life.stack).kind
    return estimate(stack_of(life.resources, life.stack), read_usage(kind), read_prices())


@looks_at(*STACKS)
def test_nothing_that_costs_is_left_out(life, found):
    kinds = {each["type"] for each in life.resources if each["type"].startswith("aws:")}
    assert len(kinds) > 80
    assert {kind for kind in kinds if not has_model(kind)} == set()
    assert found.unmodelled == {}


@looks_at(*STACKS)
def test_the_known_part_of_a_month_is_below_the_budgets_warning(life, found):
    cost = load_from_files(life.stack).cost
    assert 0 < found.known_usd < cost.budget_usd * cost.warn_percent / 100


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-COST-03")
def test_the_account_has_a_budget_of_the_settings_limit_that_tells_the_topics(life):
    (budget,) = (each["inputs"] for each in life.resources if each["type"] == "aws:budgets/budget:Budget")
    assert budget["limitAmount"] == str(load_from_files(life.stack).cost.budget_usd)
    topics = {each["outputs"]["arn"] for each in life.resources if each["type"] == "aws:sns/topic:Topic"}
    told = {arn for each in budget["notifications"] for arn in each["subscriberSnsTopicArns"]}
    assert told <= topics
    assert len(told) == 2


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-COST-02")
def test_the_program_buys_no_reserved_capacity(life):
    assert not any(PURCHASE.match(each["type"]) for each in life.resources)
    groups = [each["inputs"] for each in life.resources if each["type"] == "aws:eks/nodeGroup:NodeGroup"]
    assert {each["capacityType"] for each in groups} == {"ON_DEMAND"}


def test_what_would_be_a_purchase_is_one():
    bought = ("rds/reservedInstance:ReservedInstance", "elasticache/reservedCacheNode:ReservedCacheNode")
    for kind in (*bought, "savingsplans/savingsPlan:SavingsPlan", "savingsplans/plan:Plan"):
        assert PURCHASE.match(f"aws:{kind}"), kind
    assert not PURCHASE.match("aws:rds/instance:Instance")

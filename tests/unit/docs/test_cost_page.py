"""The page on costs is made of recorded estimates, and says what may be reserved, which the program never buys."""

import ast

import pytest

from cli.docs import cost
from cli.docs.cost_picture import picture
from settings import load_from_files
from tests.paths import ROOT
from tests.stacks import STACKS

TEXT = (ROOT / "docs" / "cost.md").read_text()
PROGRAM = [file for folder in ("layers", "components", "platforms") for file in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("stack", STACKS)
def test_the_warning_of_the_budget_lies_above_the_known_part(stack):
    known = cost.recorded()[stack]["known_usd"]
    assert 0 < known < cost.warning(load_from_files(stack).cost)


@pytest.mark.parametrize("stack", STACKS)
def test_the_record_has_every_line_of_the_sum_and_no_type_without_a_model(stack):
    data = cost.recorded()[stack]
    assert data["known_usd"] == pytest.approx(sum(line["usd"] or 0 for line in data["lines"]), abs=0.5)
    assert data["no_price_model"] == {}


@pytest.mark.requirement("SMILE-COST-02")
def test_the_page_says_how_staging_buys_what_runs_all_month():
    section = " ".join(TEXT.partition("\n## Reservations\n")[2].partition("\n## ")[0].split())
    assert "the program buys nothing" in section
    assert "Staging is meant to have reserved capacity" in section
    staging = load_from_files("staging")
    for bought in (
        f"rds.mysql.{staging.database.instance_class}.single",
        f"elasticache.redis.{staging.cache.node_type}",
    ):
        assert f"| {bought} |" in section
    for command in (
        "purchase-reserved-db-instances-offering", "purchase-reserved-cache-nodes-offering", "create-savings-plan"
    ):  # fmt: skip
        assert command in section


@pytest.mark.requirement("SMILE-COST-02")
def test_no_part_of_the_program_can_buy_reserved_capacity():
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.name
        for file in PROGRAM
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute | ast.alias)
    }
    assert "NodeGroup" in names
    assert not {name for name in names if name.startswith(("Reserved", "SavingsPlan", "savingsplans", "CapacityRes"))}


@pytest.mark.requirement("SMILE-COST-01")
def test_the_page_shows_what_dev_keeps_small():
    rows = {row.split(" | ")[0].strip("| "): row.strip("| ").split(" | ")[1:] for row in cost.small().splitlines()[2:]}
    assert rows["data cluster"] == ["no", "yes", "yes"]
    assert rows["NAT gateways"][0] == "1"
    assert rows["cache"][0] == "cache.t4g.micro, 2 nodes"
    assert rows["capacity"] == ["on demand"] * 3


def test_bars_are_in_proportion_and_named():
    drawn = picture({"cluster": {"dev": 50.0, "staging": 100.0, "prod": 200.0}})
    assert 'width="520.0"' in drawn
    assert 'width="260.0"' in drawn
    assert 'width="130.0"' in drawn
    assert ">cluster</text>" in drawn
    assert ">200</text>" in drawn

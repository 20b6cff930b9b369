"""The price table: every line has source and date, and one without is refused by its line."""

import re

import pytest

from cli.cost.items import item, items
from cli.cost.prices import read_prices, write_prices
from cli.cost.problems import CostError
from cli.cost.usage import uses
from settings.node_types import NODE_TYPES

HEAD = "item,usd,unit,source,date\n"
GOOD = "kms.key,1,key,https://aws.amazon.com/kms/pricing/,2026-03-14\n"


def table(tmp_path, text):
    file = tmp_path / "prices.csv"
    file.write_text(text)
    return file


def test_the_table_that_ships_has_a_source_and_a_date_for_each_price_and_a_known_unit():
    prices = read_prices()
    assert len(prices) > 400
    for name, price in prices.items():
        assert price.source.startswith("https://")
        assert price.unit == item(name).unit, name


@pytest.mark.parametrize("kind", NODE_TYPES)
def test_every_type_of_node_has_a_price(kind):
    assert f"ec2.{kind}" in read_prices()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("kms.key,1,key,,2026-03-14", "source is empty"),
        ("kms.key,1,key,https://aws.amazon.com,", "date is empty"),
        ("kms.key,1,key,a friend,2026-03-14", "source is 'a friend'; valid: a URL"),
        ("kms.key,1,key,https://aws.amazon.com,yesterday", "date is 'yesterday'; valid: a day"),
        ("kms.key,-1,key,https://aws.amazon.com,2026-03-14", "usd is '-1'; valid: a number of USD, 0 or more"),
        ("kms.key,NaN,key,https://aws.amazon.com,2026-03-14", "usd is 'NaN'"),
        ("kms.key,one,key,https://aws.amazon.com,2026-03-14", "usd is 'one'"),
        ("kms.key,1,,https://aws.amazon.com,2026-03-14", "unit is empty"),
        ("kms.key,1,key,https://aws.amazon.com,2026-03-14,more", "more than 5 columns"),
    ],
)
def test_a_line_that_lacks_something_is_refused_by_its_number(tmp_path, line, said):
    with pytest.raises(CostError, match=rf"prices\.csv:3: {said}"):
        read_prices(table(tmp_path, f"{HEAD}{GOOD}{line.replace('kms.key', 'kms.other')}\n"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nat.gib,1,furlong,https://x,2026-03-14", "unit of nat.gib is 'furlong'; valid: GiB"),
        (
            "nat.gob,1,GiB,https://x,2026-03-14",
            "item is 'nat.gob'; valid: those of items.yaml, did you mean 'nat.gib'?",
        ),
        ("nat.gib,1,GiB,https://x,2999-01-01", "date is 2999-01-01, which is yet to come"),
    ],
)
def test_a_price_of_something_else_or_of_the_future_is_refused(tmp_path, line, said):
    with pytest.raises(CostError, match=rf"prices\.csv:3: {re.escape(said)}"):
        read_prices(table(tmp_path, f"{HEAD}{GOOD}{line}\n"))


def test_an_item_has_one_price(tmp_path):
    with pytest.raises(CostError, match=r"item 'kms\.key' twice"):
        read_prices(table(tmp_path, HEAD + GOOD + GOOD))


def test_other_columns_are_refused_with_those_that_there_are(tmp_path):
    with pytest.raises(CostError, match=r"prices\.csv:1: .*valid: the columns item, usd, unit, source, date"):
        read_prices(table(tmp_path, "item,usd\nkms.key,1\n"))


def test_what_is_written_is_what_is_read(tmp_path):
    file = tmp_path / "prices.csv"
    write_prices(read_prices().values(), file)
    assert read_prices(file) == read_prices()
    assert [path.name for path in tmp_path.iterdir()] == ["prices.csv"]


def test_every_item_that_is_used_is_known_with_its_unit():
    for use in uses():
        assert not use.item or item(use.item).unit == use.unit, use.name
    assert all(about.sku for about in items().values() if about.service)

"""The price table of ap-southeast-3: a line for each item, with where its price is from and of which day it is."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from pathlib import Path

from cli.cost.items import item, items
from cli.cost.problems import CostError

FILE = Path(__file__).with_name("prices.csv")
COLUMNS = ("item", "usd", "unit", "source", "date")


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one unit of an item costs.

    Attributes:
        item: such as ``ec2.m5.large``.
        usd: of one unit, the first tier where AWS has several.
        unit: such as ``hour``.
        source: who says so, a URL.
        date: of which day the price is, or on which the source was read.
    """

    item: str
    usd: Decimal
    unit: str
    source: str
    date: date


def read_prices(file: Path = FILE) -> Mapping[str, Price]:
    """Item -> its price.

    Raises:
        CostError: a line lacks a source or a date, or says something that can't be; it names the line.
    """
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise CostError(f"{file}:1: got {reader.fieldnames}; valid: the columns {', '.join(COLUMNS)}")
            found = [price(row, f"{file}:{reader.line_num}") for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise CostError(f"{file}: {getattr(error, 'strerror', None) or error}; valid: a price table") from None
    prices = {each.item: each for each in found}
    if len(prices) != len(found):
        twice = next(each.item for number, each in enumerate(found) if each.item in {e.item for e in found[:number]})
        raise CostError(f"{file}: item {twice!r} twice; valid: one line for each item")
    return prices


def price(row: Mapping[str, str | None], where: str) -> Price:
    """One line of the table."""
    for column in COLUMNS:
        if not (row.get(column) or "").strip():
            raise CostError(f"{where}: {column} is empty; valid: every line has {', '.join(COLUMNS)}")
    if None in row:
        raise CostError(f"{where}: more than {len(COLUMNS)} columns; valid: {', '.join(COLUMNS)}")
    text = {column: str(row[column]).strip() for column in COLUMNS}
    try:
        usd = Decimal(text["usd"])
    except InvalidOperation:
        usd = Decimal(-1)
    if not (usd.is_finite() and usd >= 0):
        raise CostError(f"{where}: usd is {text['usd']!r}; valid: a number of USD, 0 or more")
    if not text["source"].startswith("https://"):
        raise CostError(f"{where}: source is {text['source']!r}; valid: a URL that begins with https://")
    try:
        day = date.fromisoformat(text["date"])
    except ValueError:
        raise CostError(f"{where}: date is {text['date']!r}; valid: a day such as 2026-11-30") from None
    check(text["item"], text["unit"], day, where)
    return Price(item=text["item"], usd=usd, unit=text["unit"], source=text["source"], date=day)


def check(name: str, unit: str, day: date, where: str) -> None:
    """Whether there is such an item, priced in its own unit, on a day that has been.

    Raises:
        CostError: one of these isn't so.
    """
    if day > date.today():
        raise CostError(f"{where}: date is {day}, which is yet to come; valid: the day on which the source was read")
    try:
        valid = item(name).unit
    except KeyError:
        close = get_close_matches(name, items(), n=1)
        hint = f", did you mean {close[0]!r}?" if close else ""
        raise CostError(f"{where}: item is {name!r}; valid: those of items.yaml{hint}") from None
    if unit != valid:
        raise CostError(f"{where}: unit of {name} is {unit!r}; valid: {valid}")


def write_prices(prices: Iterable[Price], file: Path = FILE) -> None:
    """Write the table, all of it or nothing, by item."""
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for each in sorted(prices, key=lambda each: each.item):
            writer.writerow([each.item, format(each.usd.normalize(), "f"), each.unit, each.source, each.date])
    draft.replace(file)

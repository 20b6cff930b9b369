"""``smile cost --refresh``: prices of the day from AWS's public price list.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cli.cost.items import Item, items
from cli.cost.prices import Price
from cli.cost.problems import CostError

LIST = "https://pricing.us-east-1.amazonaws.com"
"""AWS's own; it takes no credentials."""
REGION = "ap-southeast-3"
SECONDS = 120
"""That a service's file may take."""


def refreshed(old: Mapping[str, Price], today: date, base: str = LIST) -> tuple[dict[str, Price], list[str]]:
    """The table with the prices of the list, and the items that the list doesn't have; those keep what they had.

    Raises:
        CostError: the list can't be reached, or isn't what AWS documents; nothing is written then.
    """
    by_service: defaultdict[str, dict[str, Item]] = defaultdict(dict)
    for name, item in items().items():
        if item.service:
            by_service[item.service][name] = item
    found: dict[str, Price] = {}
    missing = [name for name, item in items().items() if not item.service and name not in old]
    for service, wanted in sorted(by_service.items()):
        url = f"{base}/offers/v1.0/aws/{service}/current/{REGION}/index.json"
        offer = fetch(url)
        for name, item in wanted.items():
            matching = {each.item: each for each in prices_of(name, item, offer, url, today)}
            found |= matching
            missing += [] if matching else [name]
    return {**old, **found}, sorted(missing)


def fetch(url: str) -> Mapping[str, Any]:
    """One service's file, in one Region."""
    try:
        with urllib.request.urlopen(url, timeout=SECONDS) as answer:  # noqa: S310 - of the list, or of a test's own
            offer = json.load(answer)
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or error
        raise CostError(f"AWS's price list can't be read: {url}: {reason}; the table stays as it is") from None
    except ValueError:
        raise CostError(f"AWS's price list can't be read: {url}: no JSON; the table stays as it is") from None
    if not (isinstance(offer, dict) and "products" in offer and "OnDemand" in offer.get("terms", {})):
        raise CostError(f"AWS's price list can't be read: {url}: no products or terms; the table stays as it is")
    return offer


def prices_of(name: str, item: Item, offer: Mapping[str, Any], url: str, today: date) -> Iterator[Price]:
    """The price of an item, or of all items that a pattern stands for."""
    seen: dict[str, Decimal] = {}
    for sku, product in offer["products"].items():
        value = matched(item, product)
        usd = None if value is None else on_demand(offer["terms"]["OnDemand"].get(sku, {}))
        if value is None or usd is None:
            continue
        full = name.replace("*", value)
        if seen.setdefault(full, usd) != usd:
            raise CostError(f"{url}: {full} has two prices, {seen[full]} and {usd}; valid: one (cli/cost/items.yaml)")
        yield Price(
            item=full, usd=usd * item.per, unit=item.unit, source=url if url.startswith("https") else LIST, date=today
        )


def matched(item: Item, product: Mapping[str, Any]) -> str | None:
    """What stands for ``*`` in a product with the item's attributes, empty where there is none; None for others."""
    about = {"productFamily": product.get("productFamily", ""), **product.get("attributes", {})}
    found = ""
    for key, value in item.sku.items():
        if key not in about or value not in {"*", about[key]}:
            return None
        found = about[key] if value == "*" else found
    return found


def on_demand(terms: Mapping[str, Any]) -> Decimal | None:
    """USD of one unit in the first tier."""
    for term in terms.values():
        for dimension in term.get("priceDimensions", {}).values():
            if dimension.get("beginRange", "0") == "0":
                try:
                    return Decimal(dimension["pricePerUnit"]["USD"])
                except (KeyError, InvalidOperation):
                    return None
    return None

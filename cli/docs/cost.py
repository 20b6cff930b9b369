"""What the stacks are expected to cost, from the estimates that ``smile docs --cost`` records."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from cli.cost import previewed
from cli.cost.estimate import as_data, estimate
from cli.cost.models import HOURS
from cli.cost.prices import Price, read_prices
from cli.cost.usage import read_usage, uses
from cli.docs.markdown import table
from cli.docs.stacks import STACKS, by_stack, throughput, yes
from cli.program import smile
from cli.sandbox import ROOT
from settings import load_from_files

RECORD = ROOT / "docs" / "cost.json"
KEPT = ("component", "item", "quantity", "unit", "by_use", "usd")
BOUGHT = ("ec2.*", "rds.*.db.*", "elasticache.*.cache.*")
"""Items that a reservation or a Savings Plan can cover."""
Parts = Mapping[str, tuple[str, tuple[str, ...], str]]
"""Part of a document's estimate -> USD as it says, patterns of our items for it, the component where one is meant."""
DOCUMENTED: Parts = {
    "EKS, 3 to 6 workers": ("150 to 300", ("eks.*", "ec2.*"), "cluster"),
    "RDS, db.t3.medium with a standby": ("200 to 400", ("rds.*",), "database"),
    "ElastiCache, cache.t3.medium": ("50 to 100", ("elasticache.*",), "cache"),
    "S3 and CloudFront": ("50 to 150", ("s3.*", "cloudfront.*"), ""),
    "load balancer": ("20 to 40", ("alb.*",), ""),
    "data transfer": ("50 to 200", ("transfer.*", "nat.gib"), ""),
}
"""What the documents of the sister platform LH estimate (LH-DR-03), in USD -> our items for it, of one component."""


def record() -> None:
    """Preview the three stacks, and keep what they are estimated to cost."""
    found: dict[str, Any] = {}
    prices = read_prices()
    for stack in STACKS:
        data = as_data(estimate(previewed(smile(), stack), read_usage(load_from_files(stack).kind), prices))
        data["lines"] = [{key: line[key] for key in KEPT} for line in data["lines"]]
        found[stack] = data
    RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def recorded() -> dict[str, Any]:
    """Stack -> its estimate."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def totals() -> str:
    """The known part of each stack beside its budget."""
    found = recorded()
    return table(
        ("stack", "known part, USD a month", "items without a price", "budget, USD", "warning from, USD"),
        [
            (stack, f"{data['known_usd']:,.0f}", data["unknown_items"], f"{cost.budget_usd:,}", f"{warning(cost):,.0f}")
            for stack, data in found.items()
            for cost in [load_from_files(stack).cost]
        ],
    )


def warning(cost: Any) -> float:
    """The sum at which the topic of warnings is notified."""
    return cost.budget_usd * cost.warn_percent / 100


def shares() -> str:
    """USD of each component in each stack, the dearest first."""
    sums = components()
    return table(
        ("component", *STACKS),
        [(name, *(f"{sums[name][stack]:,.0f}" for stack in STACKS)) for name in sums],
    )


def components() -> dict[str, dict[str, float]]:
    """Component -> stack -> what is known of its cost; those that cost something, the dearest of prod first."""
    sums: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(STACKS, 0.0))
    for stack, line in every():
        sums[line["component"]][stack] += line["usd"] or 0
    paid = {name: each for name, each in sums.items() if any(usd >= 1 for usd in each.values())}
    return dict(sorted(paid.items(), key=lambda pair: -pair[1][STACKS[-1]]))


def every() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line of each stack."""
    for stack, data in recorded().items():
        for line in data["lines"]:
            yield stack, line


def without_price() -> str:
    """Quantities that are in no sum."""
    amounts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for stack, line in every():
        if line["usd"] is None:
            amounts[line["item"], line["unit"]][stack] += line["quantity"]
    return table(
        ("item", "unit", *STACKS),
        [(item, unit, *(f"{used[stack]:,.6g}" for stack in STACKS)) for (item, unit), used in sorted(amounts.items())],
    )


def documented() -> str:
    """What a document names beside what prod is estimated to cost for the same."""
    lines = recorded()[STACKS[-1]]["lines"]
    head = ("part", "the document, USD", "known part of prod, USD", "without a price")
    return table(head, beside(lines, DOCUMENTED))


def beside(lines: Iterable[dict[str, Any]], parts: Parts) -> list[tuple[str, str, str, str]]:
    """Each part of a document with the known sum of our items for it, and those that are in no sum."""
    return [
        (part, usd, f"{sum(each['usd'] or 0 for each in mine):,.0f}", ", ".join(unpriced(mine)) or "-")
        for part, (usd, patterns, component) in parts.items()
        for mine in [[each for each in lines if covers(each, patterns, component)]]
    ]


def covers(line: dict[str, Any], patterns: Iterable[str], component: str) -> bool:
    """Whether a line is of one of these items, and of that component where one is said."""
    return component in {"", line["component"]} and any(fnmatchcase(line["item"], each) for each in patterns)


def unpriced(lines: Iterable[dict[str, Any]]) -> list[str]:
    """Names of items that are in no sum."""
    return sorted({each["item"] for each in lines if each["usd"] is None})


def reservable() -> str:
    """What runs all month in staging and prod, so could be reserved."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for stack, line in every():
        if stack != "dev" and not line["by_use"] and any(fnmatchcase(line["item"], each) for each in BOUGHT):
            counts[line["item"]][stack] += line["quantity"] / HOURS
    prices = read_prices()
    return table(
        ("item", "in staging", "in prod", "on demand, USD a month each"),
        [
            (name, f"{found['staging']:g}", f"{found['prod']:g}", monthly(prices.get(name)))
            for name, found in sorted(counts.items())
        ],
    )


def monthly(price: Price | None) -> str:
    """Of an hour, for a month."""
    return "unknown" if price is None else f"{float(price.usd) * HOURS:,.2f}"


def small() -> str:
    """What each stack has of what costs by the hour (SMILE-COST-01)."""
    return by_stack(
        lambda it: it,
        ("data cluster", lambda it: yes("data" in it.enabled_clusters)),
        ("NAT gateways", lambda it: len(it.network.nat_zones)),
        ("database", lambda it: f"{it.database.instance_class}{', standby' * it.database.multi_az}"),
        ("cache", lambda it: f"{it.cache.node_type}, {it.cache.shards * (1 + it.cache.replicas_per_shard)} nodes"),
        ("files", lambda it: throughput(it.files)),
        ("copy of the files", lambda it: yes(it.files.replica)),
        ("bastion runs", lambda it: it.bastion.runs),
        ("capacity", lambda _: "on demand"),
    )


def assumed() -> str:
    """How much use is assumed, by kind of environment."""
    kinds = ("development", "staging", "production")
    return table(
        ("key", "a month of", "unit", *kinds),
        [(f"`{each.name}`", each.means, each.unit, *(f"{each.amounts[kind]:,g}" for kind in kinds)) for each in uses()],
    )


def sources() -> str:
    """Where prices are from, and of which day."""
    found = Counter((each.source, str(each.date)) for each in read_prices().values())
    return table(
        ("source", "of", "prices"),
        [(source, day, count) for (source, day), count in sorted(found.items())],
    )

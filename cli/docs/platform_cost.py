"""What programs in ``platforms/`` are expected to cost beside what their documents say, from ``smile docs --cost``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from cli.cost import previewed, used
from cli.cost.estimate import as_data, estimate
from cli.cost.prices import read_prices
from cli.docs.cost import DOCUMENTED, KEPT, Parts, beside, covers, unpriced
from cli.docs.markdown import table
from cli.program import program_of
from cli.sandbox import ROOT

RECORD = ROOT / "docs" / "cost.platforms.json"
STACKS = {"educounsel": "prod", "learning_hub": "prod"}
"""Programs whose documents have a sum -> the stack that it is of."""
EDUCOUNSEL: Parts = {
    "S3 and CloudFront": ("15", ("s3.*", "cloudfront.*"), ""),
    "EC2, two t3.medium": ("60", ("ec2.*", "ebs.*"), ""),
    "RDS with a standby": ("30", ("rds.*",), ""),
    "ElastiCache": ("12", ("elasticache.*",), ""),
    "load balancer": ("25", ("alb.*",), ""),
    "CloudWatch": ("8", ("cloudwatch.*", "logs.*"), ""),
    "Route 53": ("1", ("route53.*",), ""),
}
"""What the document of Educounsel estimates (EDU-PERF-03), in USD -> our items for it."""


def record() -> None:
    """Preview the stacks, and keep what they are estimated to cost."""
    prices = read_prices()
    found: dict[str, Any] = {}
    for name, stack in STACKS.items():
        program = program_of(name)
        data = as_data(estimate(previewed(program, stack), used(program, stack, None), prices))
        data["lines"] = [{key: line[key] for key in KEPT} for line in data["lines"]]
        found[name] = data | {"budget_usd": program.settings(stack).cost.budget_usd}
    RECORD.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def recorded(name: str) -> Mapping[str, Any]:
    """The estimate of a program, and its budget."""
    return json.loads(RECORD.read_text(encoding="utf-8"))[name]


def educounsel() -> str:
    """Its document's table, beside what the program has."""
    return compared("educounsel", EDUCOUNSEL)


def learning_hub() -> str:
    """The same of Learning Hub."""
    return compared("learning_hub", DOCUMENTED)


def compared(name: str, parts: Parts) -> str:
    """What a document names, what it leaves out, and both against the budget."""
    data = recorded(name)
    lines = data["lines"]
    left = [each for each in lines if not any(covers(each, items, of) for _, items, of in parts.values())]
    return table(
        ("part", "the document, USD", "known part, USD", "without a price"),
        [
            *beside(lines, parts),
            ("left out by the document", "-", total(left), ", ".join(unpriced(left))),
            ("all", f"budget {data['budget_usd']:,}", total(lines), f"{data['unknown_items']} items"),
        ],
    )


def total(lines: Iterable[Mapping[str, Any]]) -> str:
    """The known part of a sum."""
    return f"{sum(each['usd'] or 0 for each in lines):,.0f}"


def dearest(name: str, most: int = 8) -> str:
    """The items that cost the most."""
    lines = sorted(recorded(name)["lines"], key=lambda each: -(each["usd"] or 0))[:most]
    return table(
        ("component", "item", "quantity", "USD"),
        [(each["component"], each["item"], f"{each['quantity']:,.6g} {each['unit']}", total([each])) for each in lines],
    )


def educounsel_dearest() -> str:
    """Where Educounsel's money goes."""
    return dearest("educounsel")


def learning_hub_dearest() -> str:
    """Where Learning Hub's money goes."""
    return dearest("learning_hub")

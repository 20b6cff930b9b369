"""The classes of MySQL instances that RDS has in Jakarta, and what each can do."""

from __future__ import annotations

from aws_facts.instance_names import spelled

SIZES = {
    "t3 t4g": "micro small medium large xlarge 2xlarge",
    "m5 m5d r5 r5d": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge",
    "m6g m6gd m7g r6g r6gd r7g": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
    "m6i": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
    "m7i r7i r8g r8gd": "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
}
"""Families and sizes that AWS's price list has for MySQL in ap-southeast-3, as cfn-lint carries it (tested)."""
CLASSES = spelled("db", SIZES)
TOO_SMALL_FOR_INSIGHTS = ("db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small")
"""AWS offers no Performance Insights, and so no Database Insights, for MySQL on these."""
SMALL_SIZES_GIB = {"micro": 1, "small": 2, "medium": 4}
LARGE_GIB = {"t": 8, "m": 8, "r": 16}
"""Memory of a ``large``, by the first letter of the family; an ``xlarge`` has twice that, an ``Nxlarge`` N times as
much again."""


def memory_gib(instance_class: str) -> int:
    """Memory of a class: 16 for ``db.r5.large``."""
    _, family, size = instance_class.split(".")
    if size in SMALL_SIZES_GIB:
        return SMALL_SIZES_GIB[size]
    multiple = size.removesuffix("large")
    return LARGE_GIB[family[0]] * (2 * int(multiple.rstrip("x") or 1) if multiple else 1)

"""vCPUs of EC2 instance types: the rule by which AWS names them, and those that it doesn't hold for.

As of November 2026, from EC2's DescribeInstanceTypes as moto keeps it; a test compares them.
"""

from __future__ import annotations

import re

_SMALL = {"nano": 2, "micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4}
_OTHERS = {
    "c1.xlarge": 8,
    "c4.8xlarge": 36,
    "d2.8xlarge": 36,
    "m1.small": 1,
    "t1.micro": 1,
    "m2.xlarge": 2,
    "m2.2xlarge": 4,
    "m2.4xlarge": 8,
}
_METAL = {
    8: "mac2 mac2-m2",
    10: "mac-m4",
    12: "mac1 mac2-m2pro",
    14: "mac-m4pro",
    16: "a1 mac-m4max",
    20: "mac2-m1ultra",
    28: "mac-m3ultra",
    48: "m5zn x2iezn z1d",
    64: "c6g c6gd c7g c7gd c7gn g5g m6g m6gd m7g m7gd r6g r6gd r7g r7gd x2gd",
    72: "c5n",
    96: "c5 c5d g4dn i3en m5 m5d m5dn m5n r5 r5b r5d r5dn r5n",
    128: "c6i c6id c6in i4i m6i m6id m6idn m6in r6i r6id r6idn r6in x2idn x2iedn",
    192: "c6a m6a r6a",
}
_WHOLE = {f"{family}.metal": count for count, families in _METAL.items() for family in families.split()}
"""Whole machines, whose name tells no size."""
_WITHOUT_THREADS = re.compile(r"hpc\d+(?:a|id)")
"""Families that have one vCPU for each core, where others have two."""
_SINGLE = re.compile(r"(?:a1|m1|m3|is4gen|m8azn|[cmrx]\d+g\w*|[cmr][78]a)\.medium|t2\.(?:nano|micro|small)")


def vcpus(instance_type: str) -> int | None:
    """How many vCPUs an instance type has; None where neither its name nor the table tells."""
    known = _OTHERS.get(instance_type) or _WHOLE.get(instance_type)
    if known:
        return known
    family, _, size = instance_type.partition(".")
    many = re.fullmatch(r"(?:metal-)?(\d+)xl(?:arge)?", size)
    if many:
        return int(many[1]) * (2 if _WITHOUT_THREADS.fullmatch(family) else 4)
    return 1 if _SINGLE.fullmatch(instance_type) else _SMALL.get(size)
